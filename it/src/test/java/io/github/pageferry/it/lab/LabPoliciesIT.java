package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.lab.guest.GuestFacts;
import io.github.pageferry.it.lab.guest.PolicyAnswers;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.SimulatedMigrator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies that no step of a workload can set or read, and arguments that none can pass, in guests with three nodes. */
@ParameterizedClass(name = "Linux {0}")
@ValueSource(strings = {"6.1", "6.12", "7.3"})
class LabPoliciesIT {

  private static final List<String> NODES = List.of("0", "1", "2");

  private static Map<String, String> facts = Map.of();
  private static Map<String, String> answers = Map.of();
  private static Map<String, String> arguments = Map.of();

  @Parameter
  private String kernel;

  @BeforeParameterizedClassInvocation
  static void ask(String of) {
    try (LabBackend lab = LabMachines.open(of, LabTopology.of(NODES.size()), new ArrayList<>())) {
      arguments = LabMachines.facts(lab, GuestFacts.ARGUMENTS);
      answers = LabMachines.facts(lab, GuestFacts.POLICY_ANSWERS);
      facts = LabMachines.facts(lab, GuestFacts.POLICIES);
    }
  }

  @Test
  void whatIsToldOfPoliciesIsWhatTheSimulatorTells() {
    try (SimulatedMigrator simulator = SimulatedMigrator.open(kernel, new MachineSpec(NODES.size(), 256L << 20, 1))) {
      assertThat(PolicyAnswers.of(simulator, 1L << 40)).isEqualTo(answers);
    }
    assertThat(answers).as(kernel).containsEntry("random ranges", "as set")
        .containsEntry("no memory", "EFAULT EFAULT EFAULT").containsEntry("nodes of moved pages", "0120120");
  }

  @Test
  void argumentsThatTheApiDoesNotPassAreRefused() {
    Map<String, String> expected = new TreeMap<>();
    for (String where : List.of("in the kernel's half", "without access", "of no mapping")) {
      for (String call : List.of("migrate_pages, both masks ", "migrate_pages, target mask ", "mbind, mask ",
          "set_mempolicy, mask ")) {
        expected.put(call + where, "EFAULT");
      }
    }
    for (String what : List.of("get_mempolicy, the address 0", "get_mempolicy, the node of no access",
        "get_mempolicy, a mode that cannot be written")) {
      expected.put(what, "EFAULT");
    }
    for (int mode : new int[] {-1, 1 << 10, Integer.MIN_VALUE}) {
      expected.put("mbind, mode " + mode, "EINVAL");
      expected.put("set_mempolicy, mode " + mode, "EINVAL");
    }
    for (String what : List.of("mbind, flags -1", "mbind, flags 1048576", "get_mempolicy, flags -1",
        "get_mempolicy, flags 1048576", "get_mempolicy, flags that exclude each other",
        "get_mempolicy, an address without MPOL_F_ADDR", "get_mempolicy, mask of one bit", "move_pages, flags -1",
        "move_pages, flags 1048576", "move_pages, MPOL_MF_STRICT", "migrate_pages, masks wider than a page",
        "mbind, mask wider than a page", "set_mempolicy, mask wider than a page")) {
      expected.put(what, "EINVAL");
    }
    assertThat(arguments).as(kernel).isEqualTo(expected);
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

  /** Without it new pages come to the node of the CPU that touches them, and that is the same for all homes. */
  @Test
  void aHomeNodeIsWhereABoundRangeBegins() {
    NODES.forEach(node -> assertThat(facts).as(kernel).containsEntry("memory, home " + node + " of all", node + ":16"));
  }

  @Test
  void interleavingGoesRound() {
    assertThat(facts).as(kernel).containsEntry("memory, interleave", "0:16,1:16,2:16")
        .containsEntry("memory, interleave 0 1", "0:8,1:8").containsEntry("memory, interleave 1 2", "1:8,2:8");
  }

  /** As a child of fork(2) has that of its parent. */
  @Test
  void aThreadHasThePolicyOfTheOneThatStartedIt() {
    for (String node : NODES) {
      assertThat(facts).as(kernel).containsEntry("memory of a thread started under bind " + node, node + ":16")
          .containsEntry("memory of a thread started under preferred " + node, node + ":16");
    }
    assertThat(facts).as(kernel).containsEntry("memory of a thread started under interleave", "0:16,1:16,2:16");
  }

  /** From whichever node it begins with. */
  @Test
  void sharedMemoryIsInterleavedByPlace() {
    assertThat(facts).as(kernel).containsEntry("shared memory, interleave", "012".repeat(16));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4", "vfat"})
  void aFilesPagesComeWhereTheThreadsPolicySays(String kind) {
    for (String node : NODES) {
      assertThat(facts).as(kernel).containsEntry(kind + " files, bind " + node, node + ":16")
          .containsEntry(kind + " files, preferred " + node, node + ":16");
    }
  }

  /** Within a tenth, since a file system's own blocks take turns, too. */
  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4", "vfat"})
  void filesPagesAreInterleavedByTheThreadsPolicy(String kind) {
    Map<String, String> counts = LabMachines.pairs(facts.get(kind + " files, interleave"));
    assertThat(counts.keySet()).containsExactlyInAnyOrderElementsOf(NODES);
    int share = total(counts) / NODES.size();
    assertThat(share).as("thirty files of 16 pages and more").isEqualTo((30 * 16 + 29 * 30 / 2) / 3);
    counts.forEach((node, count) -> assertThat(Integer.parseInt(count)).as(node).isBetween(share * 9 / 10, share * 11 / 10));
  }

  private static int total(Map<String, String> counts) {
    return counts.values().stream().mapToInt(Integer::parseInt).sum();
  }
}
