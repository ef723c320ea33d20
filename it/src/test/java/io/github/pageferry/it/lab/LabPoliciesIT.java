package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.lab.guest.GuestFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies that no step of a workload can set, in guests with three nodes. */
@ParameterizedClass(name = "Linux {0}")
@ValueSource(strings = {"6.1", "6.12", "7.3"})
class LabPoliciesIT {

  private static final List<String> NODES = List.of("0", "1", "2");

  private static Map<String, String> facts = Map.of();

  @Parameter
  private String kernel;

  @BeforeParameterizedClassInvocation
  static void ask(String of) {
    try (LabBackend lab = LabMachines.open(of, LabTopology.of(NODES.size()), new ArrayList<>())) {
      facts = LabMachines.facts(lab, GuestFacts.POLICIES);
    }
  }

  @Test
  void theNodeThatAThreadIsBoundToIsTaken() {
    NODES.forEach(node -> assertThat(facts).as(kernel).containsEntry("memory, bind " + node, node + ":16"));
  }

  @Test
  void aPreferredNodeIsTakenWhileItHasRoom() {
    NODES.forEach(node -> assertThat(facts).as(kernel).containsEntry("memory, preferred " + node, node + ":16"));
  }

  @Test
  void oneOfManyPreferredNodesIsTaken() {
    for (List<String> two : List.of(List.of("0", "1"), List.of("1", "2"))) {
      Map<String, String> counts = LabMachines.pairs(facts.get("memory, many preferred " + String.join(" ", two)));
      assertThat(two).containsAll(counts.keySet());
      assertThat(total(counts)).isEqualTo(16);
    }
  }

  /** Without it new pages come to node 0, whose CPU touches them. */
  @Test
  void aHomeNodeIsWhereABoundRangeBegins() {
    assertThat(facts).as(kernel).containsEntry("memory, home 2 of all", "2:16");
  }

  @Test
  void interleavingGoesRound() {
    assertThat(facts).as(kernel).containsEntry("memory, interleave", "0:16,1:16,2:16");
  }

  @Test
  void aFilesPagesComeWhereTheThreadsPolicySays() {
    for (String node : NODES) {
      assertThat(facts).as(kernel).containsEntry("files, bind " + node, node + ":16")
          .containsEntry("files, preferred " + node, node + ":16");
    }
  }

  /** Within a tenth, since a file system's own blocks take turns, too. */
  @Test
  void filesPagesAreInterleavedByTheThreadsPolicy() {
    Map<String, String> counts = LabMachines.pairs(facts.get("files, interleave"));
    assertThat(counts.keySet()).containsExactlyInAnyOrderElementsOf(NODES);
    int share = total(counts) / NODES.size();
    assertThat(share).as("thirty files of 16 pages and more").isEqualTo((30 * 16 + 29 * 30 / 2) / 3);
    counts.forEach((node, count) -> assertThat(Integer.parseInt(count)).as(node).isBetween(share * 9 / 10, share * 11 / 10));
  }

  private static int total(Map<String, String> counts) {
    return counts.values().stream().mapToInt(Integer::parseInt).sum();
  }
}
