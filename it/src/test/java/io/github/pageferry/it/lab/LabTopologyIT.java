package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.pageferry.it.lab.guest.GuestFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the topology's reader and the pinner make of odd machines, in guests that were built so. */
class LabTopologyIT {

  private static final int PAGES = 512;

  /** Each oddity on one kernel, all of them at once on others, which need more memory: on a small node little of it is left. */
  @ParameterizedTest(name = "{1} on {0}")
  @CsvSource(delimiter = '|', value = {
      "6.1  | no-memory   | 0,1,2   | 0-1   | 0:256,1:256,2:none       | 0:0,1:1,2:2",
      "6.1  | no-cpu      | 0,1,2,3 | 0-3   | 0:256,1:256,2:256,3:256  | 0:0,1:1,2:,3:",
      "6.1  | hole        | 0,2,3   | 0,2-3 | 0:256,2:256,3:256        | 0:0,2:1,3:2",
      "6.1  | memory-hole | 0,1,2,3 | 0,2-3 | 0:256,1:none,2:256,3:256 | 0:0,1:1,2:2,3:3",
      "6.1  | uneven      | 0,1,2   | 0-2   | 0:512,1:128,2:256        | 0:0-1,1:2,2:",
      "6.1  | one-cpu     | 0,1,2,3 | 0-3   | 0:256,1:256,2:256,3:256  | 0:0,1:,2:,3:",
      "6.1  | 256M/2cpus,-,1cpu,256M/1cpu,256M | 0,2,3,4 | 0,3-4 | 0:256,2:none,3:256,4:256 | 0:0-1,2:2,3:3,4:",
      "6.12 | 256M/2cpus,-,1cpu,256M/1cpu,256M | 0,2,3,4 | 0,3-4 | 0:256,2:none,3:256,4:256 | 0:0-1,2:2,3:3,4:",
      "7.3  | 256M/2cpus,-,1cpu,256M/1cpu,256M | 0,2,3,4 | 0,3-4 | 0:256,2:none,3:256,4:256 | 0:0-1,2:2,3:3,4:",
  })
  void isReadAsItWasBuilt(String kernel, String topology, String nodes, String withMemory, String memory, String cpus) {
    List<String> notes = new ArrayList<>();
    try (LabBackend lab = LabMachines.open(kernel, LabTopology.parse(topology), notes)) {
      Map<String, String> facts = LabMachines.facts(lab, GuestFacts.TOPOLOGY);
      assertThat(facts).containsEntry("nodes", nodes).containsEntry("with memory", withMemory)
          .containsEntry("allowed", withMemory);
      LabMachines.pairs(memory).forEach((node, megabytes) -> assertThat(facts).containsEntry("memory of " + node, megabytes));
      LabMachines.pairs(cpus).forEach((node, list) -> assertThat(facts).containsEntry("CPUs of " + node, list));
      for (String from : nodes.split(",")) {
        for (String to : nodes.split(",")) {
          assertThat(facts).containsEntry("distance " + from + " " + to, from.equals(to) ? "10" : "20");
        }
      }
      assertPins(LabMachines.facts(lab, GuestFacts.PINNER), LabMachines.pairs(memory));
    }
  }

  private static void assertPins(Map<String, String> facts, Map<String, String> memory) {
    int pins = 0;
    for (Map.Entry<String, String> fact : facts.entrySet()) {
      if (fact.getKey().startsWith("pin to ")) {
        String node = fact.getKey().substring("pin to ".length());
        boolean hasMemory = !memory.getOrDefault(node, "none").equals("none");
        if (hasMemory) {
          assertThat(fact.getValue()).as(fact.getKey()).isEqualTo("complete " + node + ":512 " + node + ":512");
        } else {
          assertThat(fact.getValue()).as(fact.getKey()).startsWith("refused: no memory on node " + node + " of ");
        }
        pins++;
      }
    }
    assertThat(pins).as("every number, and one more than there are").isGreaterThan(memory.size());
    List<String> targets = memory.keySet().stream().filter(node -> !memory.get(node).equals("none")).toList();
    assertShares(facts.get("interleave"), targets, node -> 1);
    // the last of all nodes weighs as much as three others
    String last = memory.keySet().stream().max(String::compareTo).orElseThrow();
    assertShares(facts.get("spread"), targets, node -> node.equals(last) ? 3 : 1);
  }

  /** Each node has its share of all pages, give or take what the last, incomplete round brings it. */
  private static void assertShares(String moved, List<String> nodes, ToIntFunction<String> weight) {
    assertThat(moved).startsWith("complete ");
    Map<String, String> counts = LabMachines.pairs(moved.substring("complete ".length()));
    assertThat(counts.keySet()).containsExactlyElementsOf(nodes);
    int weights = nodes.stream().mapToInt(weight).sum();
    for (String node : nodes) {
      double share = (double) PAGES * weight.applyAsInt(node) / weights;
      assertThat(Double.parseDouble(counts.get(node))).as("node %s of %s", node, moved)
          .isCloseTo(share, within((double) weight.applyAsInt(node)));
    }
    assertThat(counts.values().stream().mapToInt(Integer::parseInt).sum()).isEqualTo(PAGES);
  }
}
