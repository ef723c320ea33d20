package io.github.pageferry.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MachineSpecTest {

  private static final long GIB = 1L << 30;

  @ParameterizedTest
  @CsvSource({
      "nodes:4 memory:16GiB,                  4,  4294967296, 1",
      "nodes:4 memory:16GiB cpus:3,           4,  4294967296, 3",
      "memory:3GiB nodes:3,                   3,  1073741824, 1",
      "memory:10MiB nodes:3,                  3,     3493888, 1",
      "NODES:2 Memory:2g,                     2,  1073741824, 1",
      "memory:1TB nodes:64,                  64, 17179869184, 1",
      "cpus:8,                                2, 68719476736, 8",
      "node:2 core:2 pu:1,                    2, 68719476736, 2",
      "pack:2 node:1 l2:1 core:2 pu:1,        2, 68719476736, 2",
      "Package:2 L3:2 NUMANode:2 core:4 pu:2, 8, 68719476736, 8",
      "pack:2 [numa(memory=8GiB)] core:4,     2,  8589934592, 4",
      "node:3(memory=256MB) pu:2,             3,   268435456, 2",
      "core:4 pu:2,                           1, 68719476736, 8",
      "node:2 pu:1 memory:1GiB,               2,   536870912, 1"
  })
  void wordsDescribeAMachine(String text, int nodes, long bytesPerNode, int cpusPerNode) {
    assertThat(MachineSpec.parse(text)).isEqualTo(new MachineSpec(nodes, bytesPerNode, cpusPerNode));
  }

  @Test
  void noWordsAreTheDefault() {
    assertThat(MachineSpec.parse("  ")).isEqualTo(MachineSpec.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "4", "nodes", "nodes:", "nodes:0", "nodes:-1", "nodes:x", "nodes:65", "nodes:9999999", "nodes:2 nodes:2", "memory:1",
      "memory:0", "memory:16XB", "memory:9999999999999999999GiB", "memory:5TiB", "memory:1MiB nodes:2", "cpus:0", "cpus:1025", "cheese:2",
      "node:2 node:2", "[core]", "[numa", "numa]", "[numa:2]", "node:2(indexes=1)", "node:2(memory=x)", "node:64 pack:2 core:4096 pu:4096",
      "pack:64 pack:64 node:64", "nodes:2 6.18", "memory:1GiB node:2(memory=1GiB)", "nodes:2(memory=1GiB)",
      "memory:16GiB(x)", "cpus:2()", "pu:1 core:2 node:2", "node:2 pu:2 core:2", "pack:2 pu:2 [numa]", "node:2 pu:2 pu:2", "nodes:2;", "(", "node:2("
  })
  void whatDescribesNoMachineIsRefused(String text) {
    assertThatThrownBy(() -> MachineSpec.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageMatching("(?s).{20,}");
  }

  @Test
  void theWordThatIsNotUnderstoodIsNamedWithAnExample() {
    assertThatThrownBy(() -> MachineSpec.parse("nodes:2 cheese:3")).hasMessageContainingAll("cheese:3", "nodes:4 memory:16GiB");
  }

  @Test
  void sizesThatNoMachineHasAreRefused() {
    assertThatThrownBy(() -> new MachineSpec(0, GIB, 1)).hasMessageContaining("1 to 64 nodes");
    assertThatThrownBy(() -> new MachineSpec(65, GIB, 1)).hasMessageContaining("1 to 64 nodes");
    assertThatThrownBy(() -> new MachineSpec(1, GIB + 1, 1)).hasMessageContaining("whole pages");
    assertThatThrownBy(() -> new MachineSpec(2, 1 << 19, 1)).hasMessageContaining("1 MiB");
    assertThatThrownBy(() -> new MachineSpec(2, MachineSpec.MAX_BYTES, 1)).hasMessageContaining("4 TiB");
    assertThatThrownBy(() -> new MachineSpec(2, GIB, 0)).hasMessageContaining("CPUs");
  }

  @Test
  void theLargestMachineBoots() {
    SimulatedMachine machine = Machines.boot(new MachineSpec(64, MachineSpec.MAX_BYTES / 64, 1024), "2.6.36");
    assertThat(machine.topology().nodes()).hasSize(64);
    assertThat(machine.topology().nodes().get(63).cpus().limit()).isEqualTo(64 * 1024);
  }
}
