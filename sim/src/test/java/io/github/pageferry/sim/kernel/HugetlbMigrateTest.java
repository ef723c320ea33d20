package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.HugePool;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code unmap_and_move_huge_page()} of mm/migrate.c and its callers, since 3.12. */
class HugetlbMigrateTest {

  private static final MachineSpec SPEC = new MachineSpec(4, 16 << 20, 1);
  private static final long HUGE = PageTable.PMD_SIZE;
  private static final int PAGES = Hugetlb.PAGES;
  private static final int UNWRITTEN = -1000;

  private TestKernel t = new TestKernel(SPEC, "6.1");
  private HugePool pool = t.k.hugetlb.pool();

  private void boot(String release) {
    t = new TestKernel(SPEC, release);
    pool = t.k.hugetlb.pool();
  }

  /** A written huge page of node 0. */
  private long written(boolean shared) {
    long address = t.mapHuge(1, shared);
    assertThat(t.self.write(address, 1)).isZero();
    assertThat(t.self.write(address + 77 * TestKernel.PAGE, 78)).isZero();
    assertThat(t.frames.pageToNid(headAt(address))).isZero();
    return address;
  }

  private int headAt(long address) {
    t.self.peek(address);
    return Pte.pfn(t.k.current.mm().pageTable().huge(address));
  }

  private int[] move(long returned, int flags, int node, long... addresses) {
    int[] status = new int[addresses.length];
    int[] nodes = new int[addresses.length];
    Arrays.fill(status, UNWRITTEN);
    Arrays.fill(nodes, node);
    assertThat(t.self.movePages(
        0, addresses.length, UserLongs.of(addresses), UserInts.of(nodes), UserInts.of(status), flags)).isEqualTo(returned);
    return status;
  }

  private int[] query(long... addresses) {
    int[] status = new int[addresses.length];
    assertThat(t.self.movePages(0, addresses.length, UserLongs.of(addresses), null, UserInts.of(status), 0)).isZero();
    return status;
  }

  private void assertContentIsWhole(long address) {
    assertThat(t.self.peek(address)).isEqualTo(1);
    assertThat(t.self.peek(address + 77 * TestKernel.PAGE)).isEqualTo(78);
    assertThat(t.self.peek(address + 511 * TestKernel.PAGE)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.1", "6.12"})
  void theFirstAddressMovesAllOfThePage(String release) {
    boot(release);
    t.hugePools(2, 1);
    long address = written(false);
    int old = headAt(address);
    assertThat(move(0, MovePages.MPOL_MF_MOVE, 1, address)).containsExactly(1);
    int head = headAt(address);
    assertThat(t.frames.pageToNid(head)).isEqualTo(1);
    assertThat(query(address, address + 511 * TestKernel.PAGE)).containsExactly(1, 1);
    assertContentIsWhole(address);
    assertThat(t.frames.count(head)).isEqualTo(1);
    assertThat(t.frames.mapcount(head)).isEqualTo(1);
    assertThat(t.frames.has(head, PageFlag.ACTIVE)).as("it can be isolated again").isTrue();
    assertThat(t.frames.has(head, PageFlag.UPTODATE)).isTrue();
    assertThat(Pte.write(t.k.current.mm().pageTable().huge(address))).isTrue();
    assertThat(t.frames.mapping(old)).isZero();
    assertThat(pool.freePages(0)).isEqualTo(2);
    assertThat(pool.freePages(1)).isZero();
    assertThat(pool.pages(1)).isEqualTo(1);
  }

  @Test
  void whereThePoolHasNoneAPageIsMadeAndTheOldOneLeavesThePool() {
    t.hugePools(1);
    long address = written(false);
    long free0 = t.k.nodes.zone(0).freePages();
    long free1 = t.k.nodes.zone(1).freePages();
    assertThat(move(0, MovePages.MPOL_MF_MOVE, 1, address)).containsExactly(1);
    assertContentIsWhole(address);
    assertThat(pool.pages(0)).isZero();
    assertThat(pool.pages(1)).isEqualTo(1);
    assertThat(pool.freePages()).isZero();
    assertThat(t.k.nodes.zone(0).freePages()).isEqualTo(free0 + PAGES);
    assertThat(t.k.nodes.zone(1).freePages()).isEqualTo(free1 - PAGES);
    assertThat(pool.isTemporary(headAt(address))).isFalse();
    assertThat(t.self.unmap(address, HUGE)).isZero();
    assertThat(pool.freePages(1)).isEqualTo(1);
  }

  @Test
  void whatIsPromisedIsNotTakenForAMove() {
    t.hugePools(1, 1);
    long address = written(false);
    assertThat(t.self.mapHuge(t.place(), PAGES, TestKernel.RW, false)).isZero();
    assertThat(pool.available()).isZero();
    assertThat(move(0, MovePages.MPOL_MF_MOVE, 1, address)).containsExactly(1);
    assertThat(pool.freePages(1)).as("the one that is promised is still there").isEqualTo(1);
    assertThat(pool.pages(1)).isEqualTo(2);
  }

  @Test
  void whereTheNodeHasNoRoomNothingMoves() {
    t.hugePools(1);
    long address = written(false);
    int head = headAt(address);
    List<Integer> taken = t.exhaust(1);
    assertThat(move(-Err.ENOMEM, MovePages.MPOL_MF_MOVE, 1, address)).containsExactly(UNWRITTEN);
    assertThat(headAt(address)).isEqualTo(head);
    assertThat(t.frames.has(head, PageFlag.ACTIVE)).as("put back").isTrue();
    assertThat(t.frames.count(head)).isEqualTo(1);
    t.refill(taken);
  }

  @Test
  void aPartOfItMovesNothingUntil67() {
    t.hugePools(1, 1);
    long address = written(false);
    assertThat(move(0, MovePages.MPOL_MF_MOVE, 1, address + TestKernel.PAGE)).containsExactly(-Err.EACCES);
    assertThat(query(address)).containsExactly(0);
    boot("6.12");
    t.hugePools(1, 1);
    address = written(false);
    assertThat(move(0, MovePages.MPOL_MF_MOVE, 1, address + TestKernel.PAGE)).containsExactly(1);
    assertContentIsWhole(address);
  }

  @Test
  void aPageThatIsOnItsWayIsBusy() {
    t.hugePools(1, 1);
    long address = written(false);
    // The second address of the same page finds it isolated.
    boot("6.12");
    t.hugePools(1, 1);
    address = written(false);
    assertThat(move(0, MovePages.MPOL_MF_MOVE, 1, address, address + TestKernel.PAGE)).containsExactly(1, -Err.EBUSY);
  }

  @Test
  void whatProcessesShareNeedsMoveAll() {
    t.hugePools(2, 1);
    long address = written(true);
    SimulatedProcess child = t.self.fork();
    assertThat(child.read(address)).isZero();
    t.self.peek(address);
    assertThat(move(0, MovePages.MPOL_MF_MOVE, 1, address)).containsExactly(-Err.EACCES);
    assertThat(move(0, MovePages.MPOL_MF_MOVE_ALL, 1, address)).containsExactly(1);
    int head = headAt(address);
    assertThat(t.frames.mapcount(head)).isEqualTo(2);
    assertThat(t.frames.count(head)).as("two entries and the cache").isEqualTo(3);
    assertThat(t.k.mappings.space(t.frames.mapping(head)).pageTree().get(0)).isEqualTo(head);
    assertContentIsWhole(address);
    assertThat(child.peek(address)).isEqualTo(1);
    child.exit();
  }

  @Test
  void anEntryThatCannotBeWrittenStaysSo() {
    t.hugePools(1, 1);
    long address = written(false);
    t.self.protect(address, HUGE, SimulatedProcess.PROT_READ);
    assertThat(move(0, MovePages.MPOL_MF_MOVE, 1, address)).containsExactly(1);
    assertThat(Pte.write(t.k.current.mm().pageTable().huge(address))).isFalse();
    assertThat(t.self.protect(address, HUGE, TestKernel.RW)).isZero();
    assertThat(t.self.write(address, 1)).isZero();
    assertContentIsWhole(address);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPageThatSomebodyHoldsStaysWhereItIs(boolean shared) {
    t.hugePools(1, 1);
    long address = written(shared);
    int head = headAt(address);
    assertThat(t.self.pin(address)).isZero();
    int count = t.frames.count(head);
    assertThat(move(1, MovePages.MPOL_MF_MOVE, 1, address)).containsExactly(UNWRITTEN);
    assertThat(headAt(address)).isEqualTo(head);
    assertThat(t.frames.count(head)).isEqualTo(count);
    assertThat(t.frames.mapcount(head)).isEqualTo(1);
    assertThat(pool.freePages(1)).as("the page for it went back").isEqualTo(1);
    assertThat(Pte.write(t.k.current.mm().pageTable().huge(address))).isTrue();
    assertContentIsWhole(address);
    assertThat(t.self.unpin(address)).isZero();
    assertThat(move(0, MovePages.MPOL_MF_MOVE, 1, address)).containsExactly(1);
  }

  @Test
  void bindingMovesIt() {
    t.hugePools(1, 0, 1);
    long address = written(false);
    int moveAndStrict = 1 | 2;
    assertThat(t.self.bind(address, HUGE, PolicyMode.BIND.number(), NodeMask.of(2), moveAndStrict)).isZero();
    assertThat(t.frames.pageToNid(headAt(address))).isEqualTo(2);
    assertContentIsWhole(address);
  }

  @Test
  void migratingAProcessMovesIt() {
    t.hugePools(1, 0, 0, 1);
    long address = written(false);
    assertThat(t.self.migratePages(0, NodeMask.of(0), NodeMask.of(3))).isZero();
    assertThat(t.frames.pageToNid(headAt(address))).isEqualTo(3);
    assertContentIsWhole(address);
  }

  @Test
  void beforeItCouldMoveAHugePageIsABadAddress() {
    boot("2.6.36");
    t.hugePools(1, 1);
    long address = written(false);
    assertThat(move(0, MovePages.MPOL_MF_MOVE, 1, address)).containsExactly(-Err.EFAULT);
    assertThat(query(address, address + TestKernel.PAGE)).containsExactly(0, 0);
  }
}
