package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** {@code mm/ksm.c}: merging, its reverse map, and moves of merged pages. */
class KsmTest {

  private static final long PAGE = TestKernel.PAGE;

  private TestKernel t = new TestKernel();

  private void boot(String release) {
    t = new TestKernel(Machines.SMALL, release);
  }

  /** Pages of one content, on this node, mergeable. */
  private long equal(int pages, int node, long content) {
    long address = t.map(pages);
    fill(address, pages, node, content);
    assertThat(t.self.mergeable(address, pages * PAGE)).isZero();
    return address;
  }

  private void fill(long address, int pages, int node, long content) {
    t.self.setPolicy(PolicyMode.BIND.number(), NodeMask.of(node));
    for (int i = 0; i < pages; i++) {
      assertThat(t.self.write(address + i * PAGE, content)).isZero();
    }
    t.self.resetPolicy();
  }

  private Set<Integer> pages(long address, int count) {
    Set<Integer> pages = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      pages.add(t.pageAt(address + i * PAGE));
    }
    return pages;
  }

  private int[] move(int flags, int node, long... addresses) {
    int[] status = new int[addresses.length];
    int[] nodes = new int[addresses.length];
    Arrays.fill(nodes, node);
    assertThat(t.self.movePages(
        0, addresses.length, UserLongs.of(addresses), UserInts.of(nodes), UserInts.of(status), flags)).isZero();
    return status;
  }

  private int[] query(long... addresses) {
    int[] status = new int[addresses.length];
    assertThat(t.self.movePages(0, addresses.length, UserLongs.of(addresses), null, UserInts.of(status), 0)).isZero();
    return status;
  }

  @Test
  void equalPagesBecomeOneThatNobodyCanWrite() {
    long address = equal(4, 1, 7);
    t.self.mergePages();
    assertThat(pages(address, 4)).hasSize(1);
    int page = t.pageAt(address);
    assertThat(t.frames.ksm(page)).isTrue();
    assertThat(t.frames.mapcount(page)).isEqualTo(4);
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.count(page)).isEqualTo(4);
    assertThat(t.stat(1, ZoneStat.NR_ANON_PAGES)).isEqualTo(1);
    for (int i = 0; i < 4; i++) {
      assertThat(Pte.write(t.pte(address + i * PAGE))).isFalse();
      assertThat(Pte.dirty(t.pte(address + i * PAGE))).isFalse();
      assertThat(t.self.peek(address + i * PAGE)).isEqualTo(7);
    }
    assertThat(t.frames.has(page, PageFlag.DIRTY)).as("what was written is not forgotten").isTrue();
  }

  @Test
  void differentPagesStayApart() {
    long address = t.written(3, 1);
    t.self.mergeable(address, 3 * PAGE);
    t.self.mergePages();
    assertThat(pages(address, 3)).hasSize(3).noneMatch(t.frames::ksm);
    assertThat(t.self.write(address, 5)).isZero();
  }

  @Test
  void onlyWhatIsMergeableIsMerged() {
    long address = t.map(4);
    fill(address, 4, 0, 7);
    assertThat(t.self.mergeable(address + PAGE, 2 * PAGE)).isZero();
    t.self.mergePages();
    assertThat(pages(address, 4)).hasSize(3);
    assertThat(t.pageAt(address + PAGE)).isEqualTo(t.pageAt(address + 2 * PAGE));
    assertThat(t.vma(address).has(VmFlag.MERGEABLE)).isFalse();
    assertThat(t.vma(address + PAGE).has(VmFlag.MERGEABLE)).isTrue();
    assertThat(t.vma(address + 3 * PAGE).has(VmFlag.MERGEABLE)).isFalse();
  }

  @Test
  void sharedMemoryIsPassedOver() {
    long address = t.shared(2, 0);
    t.self.write(address, 9);
    t.self.write(address + PAGE, 9);
    assertThat(t.self.mergeable(address, 2 * PAGE)).isZero();
    assertThat(t.vma(address).has(VmFlag.MERGEABLE)).isFalse();
    t.self.mergePages();
    assertThat(pages(address, 2)).hasSize(2);
  }

  @Test
  void whatIsNotThereOrOnlyZeroesIsPassedOver() {
    long address = t.map(4);
    assertThat(t.self.read(address)).isZero();
    assertThat(t.self.read(address + PAGE)).isZero();
    fill(address + 2 * PAGE, 1, 0, 7);
    assertThat(t.self.mergeable(address, 4 * PAGE)).isZero();
    t.self.mergePages();
    assertThat(t.frames.ksm(t.pageAt(address))).isFalse();
    assertThat(t.pte(address + 3 * PAGE)).isZero();
  }

  @Test
  void whoWritesGetsAPageOfHisOwn() {
    long address = equal(3, 1, 7);
    t.self.mergePages();
    int merged = t.pageAt(address);
    assertThat(t.self.write(address + PAGE, 8)).isZero();
    int own = t.pageAt(address + PAGE);
    assertThat(own).isNotEqualTo(merged);
    assertThat(t.frames.ksm(own)).isFalse();
    assertThat(t.frames.mapcount(merged)).isEqualTo(2);
    assertThat(t.self.peek(address)).isEqualTo(7);
    assertThat(t.self.peek(address + PAGE)).isEqualTo(8);
    assertThat(t.self.write(address + PAGE, 7)).isZero();
    t.self.mergePages();
    assertThat(pages(address, 3)).containsExactly(merged);
  }

  @Test
  void latecomersJoinTheMergedPage() {
    long address = equal(2, 1, 7);
    t.self.mergePages();
    int merged = t.pageAt(address);
    long later = equal(1, 2, 7);
    t.self.mergePages();
    assertThat(t.pageAt(later)).isEqualTo(merged);
    assertThat(t.frames.mapcount(merged)).isEqualTo(3);
    assertThat(t.stat(2, ZoneStat.NR_ANON_PAGES)).isZero();
  }

  @Test
  void aMergedPageThatIsGoneIsNotJoined() {
    long address = equal(2, 1, 7);
    t.self.mergePages();
    assertThat(t.self.unmap(address, 2 * PAGE)).isZero();
    t.k.swap.lruAddDrainAll();
    assertThat(t.stat(1, ZoneStat.NR_ANON_PAGES)).isZero();
    long single = equal(1, 2, 7);
    t.self.mergePages();
    assertThat(t.frames.ksm(t.pageAt(single))).isFalse();
    long second = equal(1, 2, 7);
    t.self.mergePages();
    assertThat(t.pageAt(second)).isEqualTo(t.pageAt(single));
    assertThat(t.self.peek(second)).isEqualTo(7);
  }

  @Test
  void withAPageThatSomebodyHoldsNoneIsMerged() {
    // It is the first of its content that ksmd meets, so that the others find it, and nothing comes of it.
    long address = equal(3, 1, 7);
    assertThat(t.self.pin(address)).isZero();
    int pinned = t.pageAt(address);
    t.self.mergePages();
    assertThat(t.pageAt(address)).isEqualTo(pinned);
    assertThat(pages(address, 3)).hasSize(3).noneMatch(t.frames::ksm);
    assertThat(t.self.peek(address + 2 * PAGE)).as("with the copy that broke up the merger").isEqualTo(7);
    assertThat(t.self.unpin(address)).isZero();
    t.self.mergePages();
    assertThat(pages(address, 3)).hasSize(1);
  }

  @Test
  void aLockedPageIsNotMerged() {
    long address = equal(2, 1, 7);
    int page = t.pageAt(address);
    t.k.swap.lruAddDrainAll();
    t.k.filemap.lockPage(page);
    t.self.mergePages();
    assertThat(pages(address, 2)).hasSize(2).noneMatch(t.frames::ksm);
    t.k.filemap.unlockPage(page);
    t.self.mergePages();
    assertThat(pages(address, 2)).hasSize(1);
  }

  @Test
  void twoProcessesShareOnePage() {
    long address = equal(1, 1, 7);
    SimulatedProcess child = t.self.fork();
    assertThat(child.write(address, 7)).isZero();
    t.k.swap.lruAddDrainAll();
    child.mergePages();
    t.self.peek(address);
    int merged = t.pageAt(address);
    assertThat(t.frames.ksm(merged)).isTrue();
    assertThat(t.frames.mapcount(merged)).isEqualTo(2);
    child.exit();
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.mapcount(merged)).isEqualTo(1);
    assertThat(t.frames.count(merged)).isEqualTo(1);
  }

  @Test
  void aPageThatForkGaveTwoOwnersIsNotMergedWithItself() {
    long address = equal(1, 1, 7);
    SimulatedProcess child = t.self.fork();
    int page = t.pageAt(address);
    child.mergePages();
    t.self.peek(address);
    assertThat(t.pageAt(address)).isEqualTo(page);
    assertThat(t.frames.ksm(page)).isFalse();
    child.exit();
  }

  @Test
  void aMergedPageOfALockedMappingIsMlocked() {
    long address = equal(2, 1, 7);
    assertThat(t.self.lock(address + PAGE, PAGE)).isZero();
    t.self.mergePages();
    assertThat(pages(address, 2)).hasSize(1);
    int merged = t.pageAt(address);
    assertThat(t.frames.has(merged, PageFlag.MLOCKED)).isTrue();
    assertThat(t.stat(1, ZoneStat.NR_MLOCK)).isEqualTo(1);
    assertThat(t.self.unlock(address + PAGE, PAGE)).isZero();
    assertThat(t.frames.has(merged, PageFlag.MLOCKED)).isFalse();
    assertThat(t.stat(1, ZoneStat.NR_MLOCK)).isZero();
  }

  @Test
  void whatIsMergeableNoLongerIsForgotten() {
    long address = equal(3, 1, 7);
    t.self.mergePages();
    assertThat(t.self.unmap(address, PAGE)).isZero();
    t.self.mergePages();
    assertThat(t.frames.mapcount(t.pageAt(address + PAGE))).isEqualTo(2);
    assertThat(t.self.unmap(address + PAGE, 2 * PAGE)).isZero();
    t.self.mergePages();
    assertThat(t.k.mappings.anonVma(1 << 2 | 1)).as("its anon_vma was held by KSM alone").isNull();
  }

  @Test
  void notMoreThan256AddressesShareAPageSince413() {
    MachineSpec spec = Machines.SMALL;
    t = new TestKernel(spec, "5.10");
    long address = equal(300, 1, 7);
    t.self.mergePages();
    Set<Integer> merged = pages(address, 300);
    assertThat(merged).hasSize(2);
    assertThat(merged.stream().mapToInt(t.frames::mapcount).max()).hasValue(256);
    assertThat(merged.stream().mapToInt(t.frames::mapcount).sum()).isEqualTo(300);
  }

  @Test
  void anyNumberOfAddressesSharesAPageBefore413() {
    long address = equal(300, 1, 7);
    t.self.mergePages();
    assertThat(pages(address, 300)).hasSize(1);
  }

  // Moving.

  @Test
  void before39MovePagesDoesNotKnowMergedPages() {
    long address = equal(2, 1, 7);
    t.self.mergePages();
    assertThat(query(address)).containsExactly(-Err.ENOENT);
    assertThat(move(MovePages.MPOL_MF_MOVE_ALL, 2, address)).containsExactly(-Err.ENOENT);
    assertThat(t.nodeAt(address)).isEqualTo(1);
  }

  @Test
  void offliningMovesMergedPagesAndOthersDoNot() {
    long address = equal(3, 1, 7);
    t.self.mergePages();
    t.k.swap.lruAddDrainAll();
    int page = t.pageAt(address);
    TestKernel.To to = t.new To(2);
    PageList list = t.isolate(page);
    assertThat(t.k.migrate.migratePages(list, to, false)).isEqualTo(1);
    assertThat(to.results).containsEntry(page, -Err.EBUSY);
    assertThat(t.pageAt(address)).isEqualTo(page);
    t.k.swap.lruAddDrainAll();
    list = t.isolate(page);
    assertThat(t.k.migrate.migratePages(list, t.new To(2), true)).isZero();
    t.k.swap.lruAddDrainAll();
    assertThat(pages(address, 3)).hasSize(1).doesNotContain(page);
    int moved = t.pageAt(address);
    assertThat(t.frames.pageToNid(moved)).isEqualTo(2);
    assertThat(t.frames.ksm(moved)).isTrue();
    assertThat(t.frames.mapcount(moved)).isEqualTo(3);
    assertThat(t.frames.count(moved)).isEqualTo(3);
    assertThat(t.self.peek(address + 2 * PAGE)).isEqualTo(7);
    long later = equal(1, 3, 7);
    t.self.mergePages();
    assertThat(t.pageAt(later)).as("KSM knows where it is now").isEqualTo(moved);
  }

  @Test
  void since39MergedPagesMoveWithMoveAll() {
    boot("6.1");
    long address = equal(3, 1, 7);
    t.self.mergePages();
    assertThat(query(address)).containsExactly(1);
    assertThat(move(MovePages.MPOL_MF_MOVE, 2, address)).containsExactly(-Err.EACCES);
    assertThat(move(MovePages.MPOL_MF_MOVE_ALL, 2, address)).containsExactly(2);
    assertThat(query(address, address + PAGE, address + 2 * PAGE)).containsExactly(2, 2, 2);
    assertThat(pages(address, 3)).hasSize(1);
  }

  @Test
  void aMoveReachesTheMappingsThatForkHasMadeSince() {
    boot("6.1");
    long address = equal(2, 1, 7);
    t.self.mergePages();
    SimulatedProcess child = t.self.fork();
    int merged = t.pageAt(address);
    assertThat(t.frames.mapcount(merged)).isEqualTo(4);
    assertThat(move(MovePages.MPOL_MF_MOVE_ALL, 2, address)).containsExactly(2);
    int moved = t.pageAt(address);
    assertThat(t.frames.mapcount(moved)).isEqualTo(4);
    child.peek(address);
    assertThat(Pte.pfn(t.k.current.mm().pageTable().get(address))).isEqualTo(moved);
    assertThat(Pte.pfn(t.k.current.mm().pageTable().get(address + PAGE))).isEqualTo(moved);
    child.exit();
  }

  @Test
  void aMergedPageWithOneAddressLeftMoves() {
    boot("6.12");
    long address = equal(2, 1, 7);
    t.self.mergePages();
    assertThat(t.self.write(address + PAGE, 9)).isZero();
    assertThat(move(MovePages.MPOL_MF_MOVE, 2, address)).containsExactly(2);
    assertThat(t.frames.ksm(t.pageAt(address))).isTrue();
    assertThat(t.self.peek(address)).isEqualTo(7);
  }

  /** try_to_merge_one_page(): the page that stays is locked in memory for whoever had his locked. */
  @Test
  void theMergedPageIsLockedForWhoHadHisLocked() {
    long locked = equal(1, 1, 7);
    assertThat(t.self.lock(locked, PAGE)).isZero();
    long other = equal(1, 1, 7);
    t.self.mergePages();
    int page = t.pageAt(locked);
    assertThat(t.pageAt(other)).isEqualTo(page);
    assertThat(t.frames.has(page, PageFlag.MLOCKED)).isTrue();
    assertThat(t.stat(1, ZoneStat.NR_MLOCK)).as("the page that went is counted no more").isEqualTo(1);
  }

  /** write_protect_page(): the swap cache's reference is one that is known of. */
  @Test
  void pagesInTheSwapCacheAreMerged() {
    t.machine.swapOn(8);
    long address = equal(2, 1, 7);
    t.k.swap.lruAddDrainAll();
    t.intoSwapCache(address);
    t.intoSwapCache(address + PAGE);
    t.self.mergePages();
    assertThat(pages(address, 2)).hasSize(1);
    assertThat(t.frames.ksm(t.pageAt(address))).isTrue();
  }

  /** 77da2ba0648a (4.17): two parts of one huge page are merged once it has been split. */
  @Test
  void partsOfOneHugePageAreSplitAndMerged() {
    HugePages h = new HugePages("6.1");
    long address = h.map(512);
    h.write(address, 1);
    assertThat(h.isHuge(address)).isTrue();
    assertThat(h.t.self.mergeable(address, 512 * PAGE)).isZero();
    h.t.self.mergePages();
    assertThat(h.isHuge(address)).isFalse();
    assertThat(h.t.pageAt(address + 3 * PAGE)).isEqualTo(h.t.pageAt(address + 4 * PAGE));
    assertThat(h.t.pageAt(address)).as("the one that was written").isNotEqualTo(h.t.pageAt(address + PAGE));
    h.check();
  }

  @Test
  void aHugePageThatSomebodyHoldsIsNotSplit() {
    HugePages h = new HugePages("6.1");
    long address = h.map(512);
    h.write(address, 1);
    assertThat(h.t.self.pin(address)).isZero();
    assertThat(h.t.self.mergeable(address, 512 * PAGE)).isZero();
    h.t.self.mergePages();
    assertThat(h.isHuge(address)).isTrue();
    assertThat(h.t.self.unpin(address)).isZero();
  }

  /** f8af4da3b4c1: to kernels before 2.6.32 it is an advice like any other that they do not know. */
  @Test
  void before2632NothingIsMergeable() {
    TestKernel old = new TestKernel(Machines.SMALL, "2.6.18");
    assertThat(old.self.mergeable(old.written(2, 1), 2 * PAGE)).isEqualTo(-Err.EINVAL);
  }
}
