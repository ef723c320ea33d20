package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.mm.NodeMask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code update_nodemask()} and {@code cpuset_attach()} of kernel/cpuset.c: which nodes a cpuset may name. */
class CpusetTest {

  private static final NodeMask ALL = NodeMask.of(0, 1, 2, 3);

  /** validate_change(); the answers are these releases' own. */
  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "6.1", "6.12", "6.18", "6.19"})
  void nodesThatTasksHaveAreNotTakenFromThemAltogether(String release) {
    TestKernel t = new TestKernel(Machines.SMALL, release);
    assertThat(t.self.confine(NodeMask.of(1, 2))).isZero();
    assertThat(t.self.confine(NodeMask.NONE)).isEqualTo(-Err.ENOSPC);
    assertThat(t.k.current.memsAllowed).isEqualTo(NodeMask.of(1, 2));
  }

  /** The answers of a real 7.0 and 7.3. */
  @ParameterizedTest
  @ValueSource(strings = {"7.0", "7.3"})
  void inV2TasksHaveTheGroupAbovesNodesThenAtLast(String release) {
    TestKernel t = new TestKernel(Machines.SMALL, release);
    assertThat(t.self.confine(NodeMask.of(1))).isZero();
    assertThat(t.self.confine(NodeMask.NONE)).isZero();
    assertThat(t.k.current.memsAllowed.and(ALL)).isEqualTo(ALL);
  }

  /** cpuset_can_attach(): cgroup v1 lets no task into a cpuset without nodes; in v2 it has its parent's. */
  @ParameterizedTest
  @CsvSource({"2.6.36, -28", "6.1, -28", "6.12, 0"})
  void aNewCpusetWithoutNodesTakesTasksInV2Alone(String release, int result) {
    TestKernel t = new TestKernel(Machines.SMALL, release);
    assertThat(t.self.confine(NodeMask.NONE)).isEqualTo(result);
    assertThat(t.k.current.memsAllowed.and(ALL)).isEqualTo(ALL);
    assertThat(t.self.confine(NodeMask.of(3))).isZero();
    assertThat(t.k.current.memsAllowed).isEqualTo(NodeMask.of(3));
  }

  /** The answers of a real 6.12: only nodes that a group has named itself are not taken from its tasks. */
  @Test
  void aCpusetThatNamesNoNodesMayBeToldSoAgain() {
    TestKernel t = new TestKernel(Machines.SMALL, "6.12");
    assertThat(t.self.confine(NodeMask.NONE)).isZero();
    assertThat(t.self.confine(NodeMask.NONE)).isZero();
    assertThat(t.self.confine(NodeMask.of(1))).isZero();
    assertThat(t.self.confine(NodeMask.NONE)).isEqualTo(-Err.ENOSPC);
    assertThat(t.k.current.memsAllowed).isEqualTo(NodeMask.of(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "6.1", "6.12"})
  void aNodeWithoutMemoryIsRefused(String release) {
    TestKernel t = new TestKernel(Machines.SMALL, release);
    assertThat(t.self.confine(NodeMask.of(0, 5))).isEqualTo(-Err.EINVAL);
    assertThat(t.k.current.memsAllowed.and(ALL)).isEqualTo(ALL);
  }

  /** bitmap_parselist() stops at a node that fits no mask, before anybody asks which nodes there are. */
  @ParameterizedTest
  @CsvSource({"2.6.18, 63, -28", "2.6.18, 64, -34", "2.6.36, 63, -22", "2.6.36, 64, -34", "6.1, 1023, -22", "6.1, 1024, -34",
      "6.12, 1024, -34"})
  void nodesBeyondAMaskAreOutOfRange(String release, int node, int result) {
    TestKernel t = new TestKernel(Machines.SMALL, release);
    assertThat(t.self.confine(NodeMask.of(node))).isEqualTo(result);
    assertThat(t.self.confine(NodeMask.of(5, node))).isEqualTo(result);
    assertThat(t.k.current.memsAllowed.and(ALL)).isEqualTo(ALL);
  }
}
