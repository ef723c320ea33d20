package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import io.github.pageferry.sim.mm.VmFlag;
import org.junit.jupiter.api.Test;

/** {@code do_move_page_to_node_array()}, through move_pages(2): what becomes of each entry before and after the move. */
class DoMovePageToNodeArrayTest {

  private final TestKernel t = new TestKernel();

  private int[] move(int flags, int node, long... addresses) {
    int[] nodes = new int[addresses.length];
    java.util.Arrays.fill(nodes, node);
    int[] status = new int[addresses.length];
    java.util.Arrays.fill(status, -999);
    assertThat(t.self.movePages(
        0, addresses.length, UserLongs.of(addresses), UserInts.of(nodes), UserInts.of(status), flags)).isZero();
    return status;
  }

  private int[] move(int node, long... addresses) {
    return move(MovePages.MPOL_MF_MOVE, node, addresses);
  }

  @Test
  void aPageThatMovesHasItsNewNode() {
    long address = t.written(1, 0);
    assertThat(move(2, address + 5)).containsExactly(2);
    assertThat(t.nodeAt(address)).isEqualTo(2);
  }

  @Test
  void aPageThatIsThereIsNotTouched() {
    long address = t.written(1, 2);
    int page = t.pageAt(address);
    assertThat(move(2, address)).containsExactly(2);
    assertThat(t.pageAt(address)).isEqualTo(page);
  }

  @Test
  void aboveAllMappingsIsAFault() {
    assertThat(move(1, 1L << 46)).containsExactly(-Err.EFAULT);
  }

  @Test
  void belowAMappingNothingIsFound() {
    long address = t.written(1, 0);
    assertThat(move(1, address - TestKernel.PAGE)).containsExactly(-Err.ENOENT);
  }

  @Test
  void deviceMemoryIsAFault() {
    long address = t.place();
    t.self.mapDevice(address, 1, SimulatedProcess.PROT_READ);
    assertThat(move(1, address)).containsExactly(-Err.EFAULT);
  }

  /** vma_migratable(): hugetlb's pages are there, and are not looked at. */
  @Test
  void aHugePageOfAPoolIsAFault() {
    t.hugePools(1);
    long address = t.mapHuge(1, false);
    assertThat(t.self.write(address, 1)).isZero();
    int page = t.pageAt(address);
    assertThat(move(1, address)).containsExactly(-Err.EFAULT);
    assertThat(t.pageAt(address)).isEqualTo(page);
  }

  /** A driver's VMA may have both pages and places without one (VM_MIXEDMAP): follow_page() fails at the latter. */
  @Test
  void aPlaceWithoutAPageInAMappingThatMayMoveIsAFault() {
    long address = t.place();
    t.self.mapDevice(address, 1, SimulatedProcess.PROT_READ);
    t.vma(address).flags = t.vma(address).flags & ~VmFlag.SPECIAL | VmFlag.MIXEDMAP;
    assertThat(t.k.mempolicy.vmaMigratable(t.vma(address))).isTrue();
    assertThat(move(1, address)).containsExactly(-Err.EFAULT);
  }

  @Test
  void whereNothingHasBeenBroughtInThereIsNoPage() {
    assertThat(move(1, t.map(1))).containsExactly(-Err.ENOENT);
  }

  @Test
  void theZeroPageIsNoPageToMoveAndKeepsItsCount() {
    long address = t.map(1);
    t.self.read(address);
    int count = t.frames.count(PageFrames.ZERO_PAGE);
    assertThat(move(1, address)).containsExactly(-Err.ENOENT);
    assertThat(t.frames.count(PageFrames.ZERO_PAGE)).isEqualTo(count);
  }

  @Test
  void aMergedPageIsNoPageToMove() {
    long address = t.written(1, 0);
    int page = t.pageAt(address);
    int mapping = t.frames.mapping(page);
    t.frames.mapping(page, mapping | PageFrames.MAPPING_KSM);
    assertThat(move(1, address)).containsExactly(-Err.ENOENT);
    t.frames.mapping(page, mapping);
    assertThat(t.frames.count(page)).isEqualTo(1);
  }

  @Test
  void aPageThatOthersMapNeedsMoveAll() {
    long address = t.written(1, 0);
    SimulatedProcess child = t.self.fork();
    assertThat(move(1, address)).containsExactly(-Err.EACCES);
    assertThat(t.nodeAt(address)).isZero();
    assertThat(move(MovePages.MPOL_MF_MOVE_ALL, 1, address)).containsExactly(1);
    assertThat(t.nodeAt(address)).isEqualTo(1);
    child.exit();
  }

  @Test
  void withoutAFlagItIsAsWithMove() {
    long address = t.written(1, 0);
    assertThat(move(0, 1, address)).containsExactly(1);
    SimulatedProcess child = t.self.fork();
    assertThat(move(0, 2, address)).containsExactly(-Err.EACCES);
    child.exit();
  }

  @Test
  void aPageThatIsOnNoListIsBusy() {
    long address = t.written(1, 0);
    var list = t.isolate(t.pageAt(address));
    assertThat(move(1, address)).containsExactly(-Err.EBUSY);
    t.k.migrate.putbackLruPages(list);
  }

  @Test
  void ofAPinnedPageTheStatusSaysTryAgainAndTheOthersMove() {
    long pinned = t.written(1, 0);
    long other = t.written(1, 0);
    t.self.pin(pinned);
    assertThat(move(1, pinned, other)).containsExactly(-Err.EAGAIN, 1);
    assertThat(t.nodeAt(pinned)).isZero();
    assertThat(t.nodeAt(other)).isEqualTo(1);
  }

  @Test
  void ofADirtyPageThatNothingCanWriteTheStatusIsInvalid() {
    long address = t.file(FileSystem.RAMFS, 1);
    t.self.write(address, 1);
    assertThat(move(1, address)).containsExactly(-Err.EINVAL);
  }

  @Test
  void referencesAreAsBeforeWhateverBecameOfThePage() {
    long stays = t.written(1, 1);
    long moves = t.written(1, 0);
    long shared = t.written(1, 0);
    SimulatedProcess child = t.self.fork();
    t.self.write(moves, 4);
    t.k.swap.lruAddDrainAll();
    assertThat(move(1, stays, moves, shared)).containsExactly(1, 1, -Err.EACCES);
    child.exit();
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.count(t.pageAt(stays))).isEqualTo(1);
    assertThat(t.frames.count(t.pageAt(moves))).isEqualTo(1);
    assertThat(t.frames.count(t.pageAt(shared))).isEqualTo(1);
  }

  @Test
  void aPageThatIsOnNoListIsBusyInLaterReleasesToo() {
    TestKernel later = new TestKernel(io.github.pageferry.sim.Machines.SMALL, "5.10");
    long address = later.written(1, 1);
    PageList list = later.isolate(later.pageAt(address));
    int[] status = {-9};
    assertThat(later.self.movePages(0, 1, UserLongs.of(address), UserInts.of(2), UserInts.of(status), MovePages.MPOL_MF_MOVE))
        .isZero();
    assertThat(status).containsExactly(-Err.EBUSY);
    later.k.migrate.putbackLruPages(list);
  }
}
