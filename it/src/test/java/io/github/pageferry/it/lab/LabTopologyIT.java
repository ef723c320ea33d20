package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.lab.guest.GuestFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the topology's reader and the pinner make of odd machines, in guests that were built so. */
class LabTopologyIT {

  private static Map<String, String> facts(LabBackend lab, String about) {
    Map<String, String> facts = new TreeMap<>();
    lab.factsOf(about).lines().map(line -> line.split("=", 2)).forEach(fact -> facts.put(fact[0], fact[1]));
    return facts;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', value = {
      "no-memory   | 0,1,2   | 0-1   | 0:256,1:256,2:none        | 0:0,1:1,2:2     | 0:256,1:256             | 0:256,1:256",
      "no-cpu      | 0,1,2,3 | 0-3   | 0:256,1:256,2:256,3:256   | 0:0,1:1,2:,3:   | 0:128,1:128,2:128,3:128 | 0:85,1:86,2:85,3:256",
      "hole        | 0,2,3   | 0,2-3 | 0:256,2:256,3:256         | 0:0,2:2,3:3     | 0:170,2:171,3:171       | 0:102,2:103,3:307",
      "memory-hole | 0,1,2,3 | 0,2-3 | 0:256,1:none,2:256,3:256  | 0:0,1:1,2:2,3:3 | 0:170,2:171,3:171       | 0:102,2:103,3:307",
      "uneven      | 0,1,2   | 0-2   | 0:512,1:128,2:256         | 0:0-1,1:2,2:    | 0:170,1:171,2:171       | 0:102,1:103,2:307",
  })
  void isReadAsItWasBuilt(String topology, String nodes, String withMemory, String memory, String cpus,
      String interleaved, String spread) {
    List<String> notes = new ArrayList<>();
    try (LabBackend lab = LabMachines.open("6.1", LabTopology.parse(topology), notes)) {
      Map<String, String> facts = facts(lab, GuestFacts.TOPOLOGY);
      assertThat(facts).containsEntry("nodes", nodes).containsEntry("with memory", withMemory)
          .containsEntry("allowed", withMemory);
      pairs(memory).forEach((node, megabytes) -> assertThat(facts).containsEntry("memory of " + node, megabytes));
      pairs(cpus).forEach((node, list) -> assertThat(facts).containsEntry("CPUs of " + node, list));
      for (String from : nodes.split(",")) {
        for (String to : nodes.split(",")) {
          assertThat(facts).containsEntry("distance " + from + " " + to, from.equals(to) ? "10" : "20");
        }
      }
      assertPins(facts(lab, GuestFacts.PINNER), pairs(memory), interleaved, spread);
    }
  }

  private static void assertPins(Map<String, String> facts, Map<String, String> memory, String interleaved, String spread) {
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
    assertThat(facts).containsEntry("interleave", "complete " + interleaved).containsEntry("spread", "complete " + spread);
  }

  private static Map<String, String> pairs(String text) {
    Map<String, String> pairs = new TreeMap<>();
    for (String pair : text.split(",")) {
      String[] parts = pair.split(":", -1);
      pairs.put(parts[0], parts[1]);
    }
    return pairs;
  }
}
