package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.check.Finding;
import io.github.pageferry.sim.check.KnownDefect;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.Policy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code mbind(2)}, {@code migrate_pages(2)}, policies and cpusets of 2.6.18. */
class OldPoliciesTest {

  private static final long PAGE = TestKernel.PAGE;
  private static final int MOVE = Mbind.MPOL_MF_MOVE;

  private final TestKernel t = new TestKernel(Machines.SMALL, "2.6.18");

  private long bind(long address, long pages, int mode, int flags, int... nodes) {
    return t.self.bind(address, pages * PAGE, mode, NodeMask.of(nodes), flags);
  }

  @Test
  void vmasAreSplitAndNeverMerged() {
    long address = t.map(3);
    assertThat(bind(address + PAGE, 1, Policy.BIND, 0, 1)).isZero();
    assertThat(bind(address, 1, Policy.BIND, 0, 1)).isZero();
    assertThat(t.vma(address).end).isEqualTo(address + PAGE);
    assertThat(t.vma(address + PAGE).end).isEqualTo(address + 2 * PAGE);
    assertThat(t.vma(address + 2 * PAGE).policy).isNull();
    assertThat(t.self.write(address + PAGE, 1)).isZero();
    assertThat(t.nodeAt(address + PAGE)).isEqualTo(1);
  }

  @Test
  void aHoleAtTheStartIsNoneAndOneInTheMiddleLeaksWhatWasIsolated() {
    long address = t.written(3, 0);
    t.self.unmap(address, PAGE);
    assertThat(bind(address, 3, Policy.BIND, MOVE, 1)).isZero();
    assertThat(t.nodeAt(address + PAGE)).isEqualTo(1);

    long other = t.written(3, 0);
    t.self.unmap(other + PAGE, PAGE);
    assertThat(bind(other, 3, Policy.BIND, MOVE, 1)).isEqualTo(-Err.EFAULT);
    assertThat(t.self.peek(other)).isEqualTo(1);
    assertThat(t.nodeAt(other)).isZero();
    assertThat(t.k.vmscan.isolateLruPage(t.pageAt(other))).as("for ever off the lists").isEqualTo(-Err.EBUSY);
    assertThat(t.machine.invariants().findings()).containsExactly(
        new Finding(KnownDefect.NEVER_PUT_BACK, "node 0: 1 page stays isolated for good"));
  }

  @Test
  void theFirstVmaDecidesForAllPages() {
    // By its own policy, interleaved by addresses that may lie outside it.
    long address = t.written(4, 3);
    assertThat(t.self.protect(address + 2 * PAGE, PAGE, SimulatedProcess.PROT_READ)).isZero();
    assertThat(bind(address, 4, Policy.BIND, MOVE, 1, 2)).isZero();
    for (int i = 0; i < 4; i++) {
      assertThat(t.nodeAt(address + i * PAGE)).isEqualTo(1);
    }
  }

  @Test
  void strictTellsOfPagesThatStayed() {
    long address = t.written(1, 0);
    t.self.pin(address);
    assertThat(bind(address, 1, Policy.BIND, MOVE, 1)).isZero();
    assertThat(bind(address, 1, Policy.BIND, MOVE | Mbind.MPOL_MF_STRICT, 1)).isEqualTo(-Err.EIO);
  }

  @Test
  void pagesOfAFileInSeveralVmasStopTheKernel() {
    long address = t.file(FileSystem.EXT4, 2);
    assertThat(t.self.protect(address + PAGE, PAGE, SimulatedProcess.PROT_READ)).isZero();
    assertThatThrownBy(() -> bind(address, 2, Policy.BIND, MOVE, 1))
        .isInstanceOf(KernelBug.class)
        .hasMessageContaining("vma_address()");
    Machines.expectCrash();
  }

  @Test
  void lockedMappingsAreLeftOut() {
    long address = t.written(1, 0);
    t.self.lock(address, PAGE);
    assertThat(bind(address, 1, Policy.BIND, MOVE, 1)).isZero();
    assertThat(t.nodeAt(address)).isZero();
    assertThat(t.self.migratePages(0, NodeMask.of(0), NodeMask.of(1))).isZero();
    assertThat(t.nodeAt(address)).isZero();
  }

  @Test
  void bindTakesTheLowestNodeThatHasRoom() {
    long address = t.map(3);
    assertThat(bind(address, 3, Policy.BIND, 0, 2, 3)).isZero();
    t.self.write(address, 1);
    assertThat(t.nodeAt(address)).isEqualTo(2);
    List<Integer> taken = t.exhaust(2);
    t.self.write(address + PAGE, 1);
    assertThat(t.nodeAt(address + PAGE)).isEqualTo(3);
    List<Integer> takenToo = t.exhaust(3);
    assertThat(t.self.write(address + 2 * PAGE, 1)).isEqualTo(-Err.EFAULT);
    t.refill(taken);
    t.refill(takenToo);
  }

  @Test
  void whereTheCpusetAllowsNoneOfItsNodesBindIsLocal() {
    long address = t.map(1);
    assertThat(bind(address, 1, Policy.BIND, 0, 2)).isZero();
    // Nodes of a policy follow the cpuset, unless it is shared memory's.
    long shared = t.place();
    t.self.mapSharedAnonymous(shared, 1, TestKernel.RW);
    assertThat(bind(shared, 1, Policy.BIND, 0, 2)).isZero();
    assertThat(t.self.confine(NodeMask.of(0, 1))).isZero();
    assertThat(t.self.write(shared, 1)).isZero();
    assertThat(t.nodeAt(shared)).isZero();
  }

  @Test
  void policiesFollowTheCpuset() {
    long address = t.map(6);
    assertThat(bind(address, 1, Policy.BIND, 0, 2)).isZero();
    assertThat(bind(address + PAGE, 1, Policy.PREFERRED, 0, 3)).isZero();
    assertThat(bind(address + 2 * PAGE, 1, Policy.PREFERRED, 0)).isZero();
    assertThat(bind(address + 3 * PAGE, 2, Policy.INTERLEAVE, 0, 0, 1)).isZero();
    assertThat(t.self.confine(NodeMask.of(1, 3))).isZero();
    assertThat(t.vma(address).policy.nodes).isEqualTo(NodeMask.of(1));
    assertThat(t.vma(address + PAGE).policy.preferredNode).isEqualTo(3);
    assertThat(t.vma(address + 2 * PAGE).policy.has(Policy.F_LOCAL)).isTrue();
    assertThat(t.vma(address + 3 * PAGE).policy.nodes).isEqualTo(NodeMask.of(1, 3));
    Policy same = t.vma(address).policy;
    t.k.mempolicy.rebindPolicy(same, NodeMask.of(1, 3));
    assertThat(same.nodes).isEqualTo(NodeMask.of(1));
    assertThat(same.cpusetMemsAllowed).isEqualTo(NodeMask.of(1, 3));
  }

  @Test
  void nodesThatAreAbsentOrNotAllowedAreInvalid() {
    long address = t.map(1);
    assertThat(bind(address, 1, Policy.BIND, 0, 1, 4)).isEqualTo(-Err.EINVAL);
    assertThat(bind(address, 1, Policy.BIND, 0)).isEqualTo(-Err.EINVAL);
    assertThat(bind(address, 1, Policy.INTERLEAVE, 0)).isEqualTo(-Err.EINVAL);
    assertThat(bind(address, 1, Policy.DEFAULT, 0, 1)).isEqualTo(-Err.EINVAL);
    assertThat(bind(address, 1, Policy.DEFAULT, 0)).isZero();
    assertThat(bind(address, 1, Policy.BIND | Policy.F_STATIC_NODES, 0, 1)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.confine(NodeMask.of(0, 1))).isZero();
    assertThat(t.self.setPolicy(Policy.BIND, NodeMask.of(2))).isEqualTo(-Err.EINVAL);
    assertThat(t.self.setPolicy(Policy.BIND, NodeMask.of(1))).isZero();
    assertThat(bind(address, 1, Policy.BIND, 0, 2)).as("mbind() does not ask the cpuset").isZero();
    t.self.resetPolicy();
  }

  @Test
  void migratePagesRefusesWithoutLookingForMemory() {
    long address = t.written(1, 0);
    assertThat(t.self.migratePages(0, NodeMask.of(0), NodeMask.NONE)).as("an empty set changes nothing").isZero();
    assertThat(t.self.migratePages(0, NodeMask.of(0), NodeMask.of(2))).isZero();
    assertThat(t.nodeAt(address)).isEqualTo(2);
    assertThat(t.self.migratePages(0, NodeMask.of(64), NodeMask.of(2))).isEqualTo(-Err.EINVAL);
    assertThat(t.self.migratePages(0, NodeMask.of(0), NodeMask.of(64))).isEqualTo(-Err.EINVAL);
    assertThat(t.self.migratePages(99, NodeMask.of(0), NodeMask.of(1))).isEqualTo(-Err.ESRCH);
    assertThat(t.self.migratePages(2, NodeMask.of(0), NodeMask.of(1))).isEqualTo(-Err.EINVAL);
    assertThat(t.self.asUser(7).migratePages(1, NodeMask.of(0), NodeMask.of(1))).isEqualTo(-Err.EPERM);
    SimulatedProcess child = t.self.fork();
    assertThat(t.self.confine(NodeMask.of(0, 1))).isZero();
    assertThat(t.self.asUser(0).migratePages(1, NodeMask.of(0), NodeMask.of(3))).isEqualTo(-Err.EPERM);
    assertThatThrownBy(() -> t.self.migratePages(0, NodeMask.of(2), NodeMask.of(9)))
        .isInstanceOf(KernelBug.class)
        .hasMessageContaining("NODE_DATA()");
    child.exit();
    Machines.expectCrash();
  }

  @Test
  void whatMigratePagesHasMovedItMayMoveOnFromThere() {
    // Of three nodes onto two, node 2 is emptied into node 1, which then is emptied into node 2.
    long address = t.written(2, 2);
    assertThat(t.self.migratePages(0, NodeMask.of(0, 1, 2), NodeMask.of(1, 2))).isZero();
    assertThat(t.nodeAt(address)).isEqualTo(2);
    assertThat(t.nodeAt(address + PAGE)).isEqualTo(2);

    // Later the pagevecs are drained once for all: what has just come is in one, where nobody can isolate it.
    TestKernel later = new TestKernel();
    long there = later.written(2, 2);
    assertThat(later.self.migratePages(0, NodeMask.of(0, 1, 2), NodeMask.of(1, 2))).isZero();
    assertThat(later.nodeAt(there)).isEqualTo(1);
    assertThat(later.nodeAt(there + PAGE)).isEqualTo(1);
  }

  @Test
  void localPreferenceIsToldAsAllNodesAndNobodyAsksForThoseAllowed() {
    assertThat(t.self.setPolicy(Policy.PREFERRED, NodeMask.NONE)).isZero();
    assertThat(t.self.getPolicy(0, 0).nodes()).isEqualTo(NodeMask.of(0, 1, 2, 3));
    assertThat(t.self.setPolicy(Policy.PREFERRED, NodeMask.of(2))).isZero();
    assertThat(t.self.getPolicy(0, 0).nodes()).isEqualTo(NodeMask.of(2));
    assertThat(t.self.getPolicy(0, Mempolicy.F_MEMS_ALLOWED).error()).isEqualTo(-Err.EINVAL);
    t.self.resetPolicy();
  }

  @Test
  void aCpusetMayHaveANodeWithoutMemory() {
    t.k.nodes.clearMemory(3);
    assertThat(t.self.confine(NodeMask.of(1, 3))).isZero();
    assertThat(t.k.cpuset.memsAllowed(t.k.current)).isEqualTo(NodeMask.of(1, 3));
    TestKernel later = new TestKernel();
    later.k.nodes.clearMemory(3);
    assertThat(later.self.confine(NodeMask.of(1, 3))).isEqualTo(-Err.EINVAL);
  }

  @Test
  void aCpusetTakesWhatIsOnlineOfWhatItIsGiven() {
    assertThat(t.self.confine(NodeMask.of(1, 9))).isZero();
    assertThat(t.k.cpuset.memsAllowed(t.k.current)).isEqualTo(NodeMask.of(1));
    assertThat(t.self.confine(NodeMask.of(9))).isEqualTo(-Err.ENOSPC);
    assertThat(t.self.confine(NodeMask.NONE)).isEqualTo(-Err.EINVAL);
  }

  @Test
  void sharedMemoryWithoutAPolicyDoesNotFollowTheTasksWhenItMoves() {
    long address = t.shared(1, 3);
    assertThat(t.self.setPolicy(Policy.PREFERRED, NodeMask.of(2))).isZero();
    assertThat(bind(address, 1, Policy.DEFAULT, MOVE)).isZero();
    assertThat(t.nodeAt(address)).as("the default is local").isZero();
    t.self.resetPolicy();
  }
}
