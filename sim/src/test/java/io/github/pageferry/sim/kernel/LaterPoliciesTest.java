package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.Pte;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code mm/mempolicy.c} does otherwise since 4.13: interleaving, many preferred nodes, and what a failing {@code mbind(2)} says. */
class LaterPoliciesTest {

  private static final long PAGE = TestKernel.PAGE;
  private static final int INTERLEAVE = PolicyMode.INTERLEAVE.number();
  private static final int PREFERRED_MANY = PolicyMode.PREFERRED_MANY.number();
  private static final int STATIC = Policy.F_STATIC_NODES;
  private static final int STRICT_MOVE = Mbind.MPOL_MF_STRICT | Mbind.MPOL_MF_MOVE;

  private static TestKernel boot(String release) {
    return new TestKernel(Machines.SMALL, release);
  }

  /** The node of a page that the task's policy gives next, as to the page cache. */
  private static int nextPage(TestKernel t) {
    int page = t.k.mempolicy.allocPagesCurrent(Gfp.HIGHUSER_MOVABLE);
    int node = t.frames.pageToNid(page);
    t.free(page);
    return node;
  }

  @ParameterizedTest
  @CsvSource({"2.6.36, 2", "5.10, 1", "6.1, 1", "7.3, 1"})
  void interleavingGoesOnAfterTheLastNodeAndNotAtOneThatWasToBeNext(String release, int next) {
    TestKernel t = boot(release);
    assertThat(t.self.confine(NodeMask.of(0, 2))).isZero();
    assertThat(t.self.setPolicy(INTERLEAVE, NodeMask.of(0, 2))).isZero();
    assertThat(nextPage(t)).isZero();
    assertThat(t.self.getPolicy(0, Mempolicy.F_NODE).policy()).isEqualTo(2);
    assertThat(t.self.confine(NodeMask.of(1, 2))).isZero();
    assertThat(t.self.getPolicy(0, Mempolicy.F_NODE).policy()).isEqualTo(next);
    assertThat(nextPage(t)).isEqualTo(next);
    assertThat(nextPage(t)).isEqualTo(3 - next);
    t.self.resetPolicy();
  }

  @ParameterizedTest
  @CsvSource({"2.6.36, 3", "5.10, 1"})
  void aPolicyOfAnotherProcessThatIsBoundAnewTurnsWhereTheCallerInterleaves(String release, int next) {
    TestKernel t = boot(release);
    assertThat(t.self.confine(NodeMask.of(0, 1, 2))).isZero();
    SimulatedProcess child = t.self.fork();
    long address = t.place();
    child.mapPrivate(address, 1, TestKernel.RW);
    assertThat(child.bind(address, PAGE, Policy.BIND, NodeMask.of(2), 0)).isZero();
    assertThat(t.self.setPolicy(INTERLEAVE | STATIC, NodeMask.of(0, 1))).isZero();
    assertThat(nextPage(t)).isZero();
    // The child's third of three nodes becomes node 3, which is none of the caller's.
    assertThat(t.self.confine(NodeMask.of(0, 1, 3))).isZero();
    assertThat(nextPage(t)).isEqualTo(next);
    t.self.resetPolicy();
    child.exit();
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12", "7.3"})
  void manyPreferredNodesStayWhenTheCpusetChanges(String release) {
    TestKernel t = boot(release);
    assertThat(t.self.setPolicy(PREFERRED_MANY, NodeMask.of(1, 2))).isZero();
    assertThat(t.self.confine(NodeMask.of(2, 3))).isZero();
    Policy policy = Objects.requireNonNull(t.k.current.mempolicy);
    assertThat(policy.nodes).isEqualTo(NodeMask.of(1, 2));
    assertThat(policy.cpusetMemsAllowed).isEqualTo(NodeMask.of(2, 3));
    t.self.resetPolicy();
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12"})
  void manyPreferredNodesAreTriedFirstForHugePagesToo(String release) {
    HugePages huge = new HugePages(release);
    TestKernel t = huge.t;
    assertThat(t.self.setPolicy(PREFERRED_MANY, NodeMask.of(2, 3))).isZero();
    long address = huge.map(512);
    assertThat(t.self.write(address, 1)).isZero();
    assertThat(t.frames.pageToNid(huge.head(address))).isEqualTo(2);

    for (int node : new int[] {0, 3}) {
      assertThat(t.k.hugetlb.setPoolSize(node, 1)).isEqualTo(1);
    }
    long mapped = t.place();
    assertThat(t.self.mapHuge(mapped, 1024, TestKernel.RW, false)).isZero();
    assertThat(t.self.write(mapped, 1)).isZero();
    assertThat(t.nodeAt(mapped)).isEqualTo(3);
    assertThat(t.self.write(mapped + 512 * PAGE, 1)).isZero();
    assertThat(t.nodeAt(mapped + 512 * PAGE)).as("others where those have none").isZero();
    t.self.resetPolicy();
  }

  @ParameterizedTest
  @CsvSource({"6.1, 0", "6.12, 1"})
  void interleavingByAnAddressCountsAllOfItSince67(String release, int first) {
    TestKernel t = boot(release);
    // As a page's number 127 * 2^28, one more than a multiple of three; its lower 32 bits are 15 * 2^28, a multiple of three.
    long address = 0x7f00_0000_0000L;
    t.self.mapPrivate(address, 2, TestKernel.RW);
    assertThat(t.self.bind(address, 2 * PAGE, INTERLEAVE, NodeMask.of(0, 1, 2), 0)).isZero();
    assertThat(t.self.write(address, 1)).isZero();
    assertThat(t.nodeAt(address)).isEqualTo(first);

    long moved = address + (1L << 30);
    t.self.mapPrivate(moved, 3, TestKernel.RW);
    t.write(moved, 3, 3);
    assertThat(t.self.bind(moved, 3 * PAGE, INTERLEAVE, NodeMask.of(0, 1, 2), Mbind.MPOL_MF_MOVE)).isZero();
    // 1 GiB is one page more than a multiple of three.
    for (int i = 0; i < 3; i++) {
      assertThat(t.nodeAt(moved + i * PAGE)).isEqualTo((first + 1 + i) % 3);
    }
  }

  @ParameterizedTest
  @CsvSource({"5.10, EIO, 1", "6.1, EIO, 1", "6.12, EFAULT, 0", "7.3, EFAULT, 0"})
  void aHoleAboveAPageThatCouldNotBeIsolatedIsToldSince67(String release, String error, int second) {
    TestKernel t = boot(release);
    long address = t.written(5, 0);
    PageList isolated = t.isolate(t.pageAt(address));
    // The hole is met with the mapping below it, which must not be that of the page.
    assertThat(t.self.protect(address + 2 * PAGE, PAGE, SimulatedProcess.PROT_READ)).isZero();
    t.self.unmap(address + 3 * PAGE, PAGE);
    int expected = error.equals("EIO") ? -Err.EIO : -Err.EFAULT;
    assertThat(t.self.bind(address, 5 * PAGE, Policy.BIND, NodeMask.of(1), STRICT_MOVE)).isEqualTo(expected);
    assertThat(t.nodeAt(address)).isZero();
    assertThat(t.nodeAt(address + PAGE)).isEqualTo(second);
    assertThat(t.nodeAt(address + 2 * PAGE)).isZero();
    assertThat(t.nodeAt(address + 4 * PAGE)).isZero();
    assertThat(t.vma(address).policy == null).as("nothing was bound").isEqualTo(expected == -Err.EFAULT);
    assertThat(t.vma(address + 4 * PAGE).policy == null).isEqualTo(expected == -Err.EFAULT);
    t.k.migrate.putbackLruPages(isolated);
  }

  @ParameterizedTest
  @CsvSource({"6.1, EINVAL", "6.12, EIO"})
  void whereNeitherIsolatingNorBindingSucceedsAStrictCallTellsOfTheFirstSince67(String release, String error) {
    HugePages huge = new HugePages(release);
    TestKernel t = huge.t;
    assertThat(t.k.hugetlb.setPoolSize(0, 2)).isEqualTo(2);
    long address = t.place();
    assertThat(t.self.mapHuge(address, 1024, TestKernel.RW, false)).isZero();
    assertThat(t.self.write(address, 1)).isZero();
    int head = Pte.pfn(t.k.current.mm().pageTable().huge(address));
    assertThat(t.k.hugetlb.isolate(head)).isTrue();
    int expected = error.equals("EIO") ? -Err.EIO : -Err.EINVAL;
    // The end lies inside a huge page, where the mapping cannot be split.
    assertThat(t.self.bind(address, 513 * PAGE, Policy.BIND, NodeMask.of(1), STRICT_MOVE)).isEqualTo(expected);
    assertThat(t.self.bind(address, 513 * PAGE, Policy.BIND, NodeMask.of(1), Mbind.MPOL_MF_MOVE)).isEqualTo(-Err.EINVAL);
    t.k.hugetlb.putbackActive(head);
  }
}
