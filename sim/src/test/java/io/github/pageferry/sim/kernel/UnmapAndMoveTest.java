package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.AnonVma;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Scheduler.At;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code unmap_and_move()}: one page, from the list to its new place or back. */
class UnmapAndMoveTest {

  private final TestKernel t = new TestKernel();
  private final TestKernel.To to = t.new To(2);

  private int move(PageList list, int page, boolean force) {
    return t.k.migrate.unmapAndMove(to, list, page, force, false);
  }

  @Test
  void aPageMovesAndTheOldOneIsFreed() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    PageList list = t.isolate(page);
    int free = t.k.nodes.zone(1).freePages();

    assertThat(move(list, page, false)).isZero();

    assertThat(list.isEmpty()).isTrue();
    assertThat(t.nodeAt(address)).isEqualTo(2);
    assertThat(t.self.peek(address)).isEqualTo(1);
    t.k.swap.lruAddDrainAll();
    assertThat(t.k.nodes.zone(1).freePages()).isEqualTo(free + 1);
    assertThat(t.stat(1, ZoneStat.NR_ISOLATED_ANON)).isZero();
    assertThat(to.results).containsEntry(page, 2);
    assertThat(t.frames.has(t.pageAt(address), PageFlag.LRU | PageFlag.ACTIVE)).isTrue();
  }

  @Test
  void withoutANewPageItIsOutOfMemory() {
    int page = t.anonPage(1);
    PageList list = t.isolate(page);
    List<Integer> taken = t.exhaust(2);

    assertThat(move(list, page, false)).isEqualTo(-Err.ENOMEM);

    assertThat(list.size()).isEqualTo(1);
    assertThat(to.results).isEmpty();
    t.refill(taken);
    t.k.migrate.putbackLruPages(list);
  }

  @Test
  void aPageFreedFromUnderUsCountsAsMovedAndStaysOnTheList() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    PageList list = t.isolate(page);
    t.self.unmap(address, TestKernel.PAGE);
    assertThat(t.frames.count(page)).isEqualTo(1);

    assertThat(move(list, page, false)).isZero();

    assertThat(list.first()).isEqualTo(page);
    assertThat(to.results).containsEntry(page, 2);
    t.k.migrate.putbackLruPages(list);
  }

  /** Yang Shi's "mm: migrate: handle freed page at the first place" put the question before the allocation. */
  @ParameterizedTest
  @CsvSource({"2.6.36, -12", "4.8, -12", "5.4, -12", "5.5, 0", "5.10, 0"})
  void aPageFreedFromUnderUsNeedsANewOneOnlyBefore55(String release, int result) {
    TestKernel k = new TestKernel(Machines.SMALL, release);
    long address = k.written(1, 1);
    int page = k.pageAt(address);
    PageList list = k.isolate(page);
    k.self.unmap(address, TestKernel.PAGE);
    List<Integer> taken = k.exhaust(2);

    assertThat(k.k.migrate.unmapAndMove(k.new To(2), list, page, false, false)).isEqualTo(result);

    k.refill(taken);
    k.k.migrate.putbackLruPages(list);
    k.k.swap.lruAddDrainAll();
    assertThat(k.frames.count(page)).isZero();
  }

  @Test
  void aLockedPageIsNotWaitedFor() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    PageList list = t.isolate(page);
    t.k.filemap.lockPage(page);

    assertThat(move(list, page, false)).isEqualTo(-Err.EAGAIN);

    assertThat(t.frames.has(page, PageFlag.LOCKED)).isTrue();
    assertThat(list.first()).isEqualTo(page);
    assertThat(to.results).containsEntry(page, -Err.EAGAIN);
    t.k.filemap.unlockPage(page);
    t.k.migrate.putbackLruPages(list);
  }

  @Test
  void withForceALockedPageIsWaitedFor() {
    int page = t.anonPage(1);
    PageList list = t.isolate(page);
    t.k.filemap.lockPage(page);
    assertThatThrownBy(() -> move(list, page, true)).isInstanceOf(KernelBug.class).hasMessageContaining("lock_page() of page");
    Machines.expectCrash();
  }

  @Test
  void writebackIsNotWaitedFor() {
    long address = t.file(FileSystem.TMPFS, 1);
    int page = t.pageAt(address);
    PageList list = t.isolate(page);
    t.k.pageWriteback.setPageWriteback(page);

    assertThat(move(list, page, false)).isEqualTo(-Err.EAGAIN);

    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    assertThat(t.pageAt(address)).isEqualTo(page);
    t.k.pageWriteback.testClearPageWriteback(page);
    t.k.migrate.putbackLruPages(list);
  }

  @Test
  void withForceWritebackIsWaitedFor() {
    long address = t.file(FileSystem.EXT4, 1);
    t.self.write(address, 8);
    int page = t.pageAt(address);
    PageList list = t.isolate(page);
    t.k.blockDevice.plug();
    t.k.filemap.lockPage(page);
    t.k.pageWriteback.clearPageDirtyForIo(page);
    Objects.requireNonNull(t.k.pageMapping(page)).ops().writepage(page);
    assertThat(t.frames.has(page, PageFlag.WRITEBACK)).isTrue();

    assertThat(move(list, page, false)).isEqualTo(-Err.EAGAIN);
    assertThat(move(list, page, true)).isZero();

    assertThat(t.nodeAt(address)).isEqualTo(2);
    assertThat(t.self.peek(address)).isEqualTo(8);
  }

  /** A page of KSM on node 1 at two addresses. */
  private int mergedPage(long address) {
    t.write(address, 1, 1);
    t.write(address + TestKernel.PAGE, 1, 1);
    assertThat(t.self.mergeable(address, 2 * TestKernel.PAGE)).isZero();
    t.self.mergePages();
    t.k.swap.lruAddDrainAll();
    int page = t.pageAt(address);
    assertThat(t.pageAt(address + TestKernel.PAGE)).isEqualTo(page);
    assertThat(t.frames.ksm(page)).isTrue();
    return page;
  }

  /** Whoever isolated it saw a page that had not been merged yet: only the page lock makes it certain. */
  @Test
  void aMergedPageIsBusyAndGivenUp() {
    long address = t.map(2);
    int page = mergedPage(address);
    PageList list = t.isolate(page);
    int free = t.k.nodes.zone(2).freePages();

    assertThat(move(list, page, false)).isEqualTo(-Err.EBUSY);

    assertThat(list.isEmpty()).as("given up").isTrue();
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    assertThat(to.results).containsEntry(page, -Err.EBUSY);
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.has(page, PageFlag.LRU)).isTrue();
    assertThat(t.stat(1, ZoneStat.NR_ISOLATED_ANON)).isZero();
    assertThat(t.k.nodes.zone(2).freePages()).as("the new page is freed").isEqualTo(free);
    assertThat(t.pageAt(address)).isEqualTo(page);
    assertThat(t.pageAt(address + TestKernel.PAGE)).isEqualTo(page);
  }

  @Test
  void whereMemoryGoesAwayAMergedPageMovesForAllItsAddresses() {
    long address = t.map(2);
    int page = mergedPage(address);
    PageList list = t.isolate(page);

    assertThat(t.k.migrate.unmapAndMove(to, list, page, false, true)).isZero();

    assertThat(list.isEmpty()).isTrue();
    int now = t.pageAt(address);
    assertThat(to.results).containsEntry(page, 2);
    assertThat(to.given).containsExactly(now);
    assertThat(t.pageAt(address + TestKernel.PAGE)).isEqualTo(now);
    assertThat(t.frames.ksm(now)).as("ksm_migrate_page(): still merged").isTrue();
    assertThat(t.frames.mapcount(now)).isEqualTo(2);
    assertThat(t.self.peek(address + TestKernel.PAGE)).isEqualTo(1);
  }

  @Test
  void anAnonymousPageThatNobodyMapsStays() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    t.self.pin(address);
    PageList list = t.isolate(page);
    t.self.unmap(address, TestKernel.PAGE);
    assertThat(t.frames.count(page)).isEqualTo(2);

    assertThat(move(list, page, false)).isEqualTo(-Err.EAGAIN);

    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    t.k.migrate.putbackLruPages(list);
  }

  /** Where its process unmaps it meanwhile the anon_vma is there until the page's entries have been looked for, and no longer. */
  @Test
  void thePagesAnonVmaIsHeldMeanwhile() {
    OneTask task = new OneTask();
    TestKernel k = new TestKernel(Machines.boot(Machines.SMALL, "2.6.36", task));
    long address = k.written(1, 1);
    int page = k.pageAt(address);
    int mapping = k.frames.mapping(page);
    AnonVma anonVma = Objects.requireNonNull(k.k.rmap.pageAnonVma(page));
    PageList list = k.isolate(page);
    List<Boolean> held = new ArrayList<>();
    // The old page is locked and then, when it has been unmapped, the new one.
    task.next(At.TRYLOCK_PAGE, () -> task.next(At.TRYLOCK_PAGE, () -> {
      k.self.unmap(address, TestKernel.PAGE);
      held.add(anonVma.isEmpty() && k.k.mappings.anonVma(mapping) == anonVma);
    }));

    assertThat(k.k.migrate.unmapAndMove(k.new To(2), list, page, false, false)).isZero();

    assertThat(held).containsExactly(true);
    assertThat(k.k.mappings.anonVma(mapping)).isNull();
  }

  @Test
  void thePagesAnonVmaIsLetGoWhereItStays() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    AnonVma anonVma = Objects.requireNonNull(t.k.rmap.pageAnonVma(page));
    PageList list = t.isolate(page);
    t.self.pin(address);

    assertThat(move(list, page, false)).isEqualTo(-Err.EAGAIN);

    assertThat(anonVma.externalRefcount).isZero();
    assertThat(t.pageAt(address)).isEqualTo(page);
    t.k.migrate.putbackLruPages(list);
  }

  @Test
  void aPinnedPagesEntriesAreRestored() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    SimulatedProcess child = t.self.fork();
    t.self.pin(address);
    PageList list = t.isolate(page);

    assertThat(move(list, page, false)).isEqualTo(-Err.EAGAIN);

    assertThat(t.frames.mapcount(page)).isEqualTo(2);
    assertThat(child.peek(address)).isEqualTo(1);
    assertThat(list.first()).isEqualTo(page);
    t.k.migrate.putbackLruPages(list);
    child.exit();
  }

  /** try_to_unmap() leaves the entries of a stack that exec() is moving; here it cannot find the one that the page counts too many. */
  @Test
  void aPageThatStaysMappedStaysWhereItIs() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    PageList list = t.isolate(page);
    t.frames.mapcount(page, 2);

    assertThat(move(list, page, false)).isEqualTo(-Err.EAGAIN);

    assertThat(t.pageAt(address)).as("its other entry is restored").isEqualTo(page);
    assertThat(t.frames.mapcount(page)).isEqualTo(2);
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    assertThat(list.first()).isEqualTo(page);
    t.frames.mapcount(page, 1);
    assertThat(move(list, page, false)).isZero();
  }

  @Test
  void aPageThatAllProcessesShareMovesForAll() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    SimulatedProcess child = t.self.fork();
    PageList list = t.isolate(page);

    assertThat(move(list, page, false)).isZero();

    assertThat(t.frames.mapcount(t.pageAt(address))).isEqualTo(2);
    assertThat(child.peek(address)).isEqualTo(1);
    child.exit();
  }

  @Test
  void aLockedVmasPageMovesAndStaysLocked() {
    long address = t.written(1, 1);
    t.self.lock(address, TestKernel.PAGE);
    int page = t.pageAt(address);
    PageList list = t.isolate(page);

    assertThat(move(list, page, false)).isZero();
    t.k.swap.lruAddDrainAll();

    int now = t.pageAt(address);
    assertThat(t.frames.has(now, PageFlag.MLOCKED)).isTrue();
    assertThat(t.frames.has(now, PageFlag.UNEVICTABLE)).isTrue();
    assertThat(t.stat(2, ZoneStat.NR_UNEVICTABLE)).isEqualTo(1);
    assertThat(t.stat(2, ZoneStat.NR_MLOCK)).isEqualTo(1);
    assertThat(t.stat(1, ZoneStat.NR_MLOCK)).isZero();
  }

  @Test
  void aCachedPageThatNobodyMapsMoves() {
    long address = t.shared(1, 1);
    int page = t.pageAt(address);
    t.self.dontneed(address, TestKernel.PAGE);
    assertThat(t.frames.mapped(page)).isFalse();
    PageList list = t.isolate(page);

    assertThat(move(list, page, false)).isZero();

    assertThat(t.self.read(address)).isZero();
    assertThat(t.nodeAt(address)).isEqualTo(2);
    assertThat(t.self.peek(address)).isEqualTo(1);
  }

  // Pages that are truncated while they are isolated: in no file and on no page table any longer.

  /** Isolates a page of shared memory that somebody holds, and unmaps and truncates it. */
  private PageList isolateAndTruncate() {
    long address = t.shared(1, 1);
    int page = t.pageAt(address);
    t.frames.get(page);
    PageList list = t.isolate(page);
    t.self.unmap(address, TestKernel.PAGE);
    assertThat(t.frames.mapping(page)).isZero();
    assertThat(t.frames.anon(page)).isFalse();
    assertThat(t.frames.hasPrivate(page)).isZero();
    assertThat(t.frames.count(page)).as("isolated and held").isEqualTo(2);
    return list;
  }

  /** try_to_unmap(), which wants a mapping, is passed over; migrate_page() finds one reference too many. */
  @Test
  void aTruncatedPageThatSomebodyHoldsStays() {
    PageList list = isolateAndTruncate();
    int page = list.first();
    int free = t.k.nodes.zone(2).freePages();

    assertThat(move(list, page, false)).isEqualTo(-Err.EAGAIN);

    assertThat(to.results).containsEntry(page, -Err.EAGAIN);
    assertThat(list.first()).as("to be tried again").isEqualTo(page);
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    t.k.swap.lruAddDrainAll();
    assertThat(t.k.nodes.zone(2).freePages()).as("the new page is freed").isEqualTo(free);
    t.k.swap.putPage(page);
    assertThat(move(list, page, false)).as("freed from under us").isZero();
    t.k.migrate.putbackLruPages(list);
  }

  /** Who held it let it go while its lock was waited for, as truncation does: it moves, and both pages are freed. */
  @Test
  void aTruncatedPageMovesThoughNobodyWantsIt() {
    PageList list = isolateAndTruncate();
    int page = list.first();
    t.frames.content(page, 77);
    int oldFree = t.k.nodes.zone(1).freePages();
    int newFree = t.k.nodes.zone(2).freePages();
    t.k.filemap.lockPage(page);
    t.k.blockDevice.plug();
    t.k.blockDevice.submitBio(written -> {
      t.k.filemap.unlockPage(page);
      t.k.swap.putPage(page);
    });

    assertThat(move(list, page, true)).isZero();

    assertThat(to.results).containsEntry(page, 2);
    assertThat(t.frames.content(to.given.get(0))).as("migrate_page_copy()").isEqualTo(77);
    assertThat(list.isEmpty()).isTrue();
    assertThat(t.stat(1, ZoneStat.NR_ISOLATED_ANON)).isZero();
    t.k.swap.lruAddDrainAll();
    assertThat(t.k.nodes.zone(1).freePages()).isEqualTo(oldFree + 1);
    assertThat(t.k.nodes.zone(2).freePages()).isEqualTo(newFree);
  }

  @Test
  void aTruncatedPagesBuffersAreFreed() {
    long address = t.file(FileSystem.VFAT, 1);
    int page = t.pageAt(address);
    PageList list = t.isolate(page);
    // Truncation could not drop a buffer that was busy then.
    int bh = t.k.buffer.pageBuffers(page);
    t.k.bufferHeads.get(bh);
    t.self.unmap(address, TestKernel.PAGE);
    assertThat(t.frames.mapping(page)).isZero();
    assertThat(t.k.buffer.pageHasBuffers(page)).isTrue();

    assertThat(move(list, page, false)).as("still busy").isEqualTo(-Err.EAGAIN);

    assertThat(t.k.buffer.pageBuffers(page)).isEqualTo(bh);
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    t.k.bufferHeads.put(bh);

    assertThat(move(list, page, false)).as("there is nothing left to be moved").isEqualTo(-Err.EAGAIN);

    assertThat(to.results).containsEntry(page, -Err.EAGAIN);
    assertThat(list.first()).isEqualTo(page);
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    assertThat(t.k.buffer.pageHasBuffers(page)).isFalse();
    assertThat(t.frames.count(page)).isEqualTo(1);
    assertThat(move(list, page, false)).as("freed under us").isZero();
    t.k.migrate.putbackLruPages(list);
  }

  // Pages of the swap cache.

  @Test
  void aMappedPageOfTheSwapCacheMovesAndIsFoundThere() {
    t.machine.swapOn(8);
    long address = t.written(1, 1);
    int page = t.intoSwapCache(address);
    PageList list = t.isolate(page);

    assertThat(move(list, page, false)).isZero();

    int entry = t.swapEntry(address);
    int now = t.k.swapState.swapperSpace().pageTree().get(entry);
    assertThat(t.frames.pageToNid(now)).isEqualTo(2);
    assertThat(t.frames.has(now, PageFlag.SWAPCACHE | PageFlag.DIRTY)).isTrue();
    assertThat(t.frames.privateOf(now)).isEqualTo(entry);
    assertThat(t.frames.mapped(now)).as("its process comes and takes it").isFalse();
    assertThat(t.k.current.mm().swapEntries).isEqualTo(1);
    t.self.read(address);
    assertThat(t.pageAt(address)).isEqualTo(now);
    assertThat(t.self.peek(address)).isEqualTo(1);
  }

  /** The page's process is gone while the page is still being written to swap. */
  @Test
  void anUnmappedPageOfTheSwapCacheMovesThoughItsAnonVmaIsGone() {
    t.machine.swapOn(8);
    int page = t.orphanInSwapCache();
    assertThat(t.frames.anon(page)).isTrue();
    assertThat(t.k.rmap.pageAnonVma(page)).isNull();
    PageList list = t.isolate(page);

    assertThat(move(list, page, false)).isZero();

    int now = t.k.swapState.swapperSpace().pageTree().get(1);
    assertThat(to.results).containsEntry(page, 2);
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.pageToNid(now)).isEqualTo(2);
    assertThat(t.k.vmscanReclaim.reclaimPage(now)).as("nobody wants it").isTrue();
  }

  @Test
  void anUnmappedPageOfTheSwapCacheIsNotMappedAgainWhereItStays() {
    t.machine.swapOn(8);
    int page = t.orphanInSwapCache();
    PageList list = t.isolate(page);
    t.frames.get(page);

    assertThat(move(list, page, false)).isEqualTo(-Err.EAGAIN);

    t.k.swap.putPage(page);
    t.k.migrate.putbackLruPages(list);
    assertThat(t.k.vmscanReclaim.reclaimPage(page)).isTrue();
  }

  @Test
  void anUnmappedPageOfTheSwapCacheThatSomebodyHoldsStays() {
    t.machine.swapOn(8);
    long address = t.written(1, 1);
    int page = t.intoSwapCacheAlone(address);
    t.frames.get(page);
    PageList list = t.isolate(page);

    assertThat(move(list, page, false)).isEqualTo(-Err.EAGAIN);

    t.k.swap.putPage(page);
    assertThat(t.k.swapState.swapperSpace().pageTree().get(t.swapEntry(address))).isEqualTo(page);
    t.k.migrate.putbackLruPages(list);
    t.self.read(address);
    assertThat(t.pageAt(address)).isEqualTo(page);
  }

  @Test
  void aPageJustReadAheadMovesWithoutBeingUnmapped() {
    t.machine.swapOn(8);
    long address = t.written(2, 1);
    t.swapOut(address);
    t.swapOut(address + TestKernel.PAGE);
    t.self.runOn(1);
    t.self.read(address);
    t.k.swap.lruAddDrainAll();
    int entry = t.swapEntry(address + TestKernel.PAGE);
    int page = t.k.swapState.swapperSpace().pageTree().get(entry);
    assertThat(t.frames.mapping(page)).isZero();
    PageList list = t.isolate(page);

    assertThat(move(list, page, false)).isZero();

    assertThat(t.frames.pageToNid(t.k.swapState.swapperSpace().pageTree().get(entry))).isEqualTo(2);
    t.self.read(address + TestKernel.PAGE);
    assertThat(t.nodeAt(address + TestKernel.PAGE)).isEqualTo(2);
    assertThat(t.self.peek(address + TestKernel.PAGE)).isEqualTo(2);
  }
}
