package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** {@code shrink_page_list()} of mm/vmscan.c: which pages reclaim frees, and what becomes of those that stay. */
class ShrinkPageListTest {

  private final TestKernel t = new TestKernel();

  /** Reclaims one page that is not active; used lately or not matters. */
  private int shrink(int page) {
    PageList list = t.isolate(page);
    t.frames.clear(page, PageFlag.ACTIVE);
    int reclaimed = t.k.vmscanReclaim.shrinkPageList(list, false);
    assertThat(reclaimed + list.size()).isLessThanOrEqualTo(1);
    t.k.migrate.putbackLruPages(list);
    t.k.swap.lruAddDrainAll();
    return reclaimed;
  }

  private void old(long address) {
    t.k.current.mm().pageTable().set(address, t.pte(address) & ~Pte.ACCESSED);
  }

  @Test
  void anAnonymousPageGoesToSwap() {
    t.machine.swapOn(8);
    long address = t.written(1, 1);
    int free = t.k.nodes.zone(1).freePages();
    old(address);
    assertThat(shrink(t.pageAt(address))).isEqualTo(1);
    assertThat(t.k.nodes.zone(1).freePages()).isEqualTo(free + 1);
    assertThat(Objects.requireNonNull(t.k.swapfile.info()).disk(t.swapEntry(address))).isEqualTo(1);
  }

  @Test
  void withoutSwapItBecomesActive() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    old(address);
    assertThat(shrink(page)).isZero();
    assertThat(t.frames.has(page, PageFlag.ACTIVE)).isTrue();
    assertThat(t.pageAt(address)).isEqualTo(page);
  }

  @Test
  void whenSwapIsFullItBecomesActive() {
    t.machine.swapOn(1);
    long address = t.written(2, 1);
    t.swapOut(address);
    int page = t.pageAt(address + TestKernel.PAGE);
    old(address + TestKernel.PAGE);
    assertThat(shrink(page)).isZero();
    assertThat(t.frames.has(page, PageFlag.ACTIVE)).isTrue();
  }

  @Test
  void anAnonymousPageUsedLatelyBecomesActive() {
    t.machine.swapOn(8);
    int page = t.pageAt(t.written(1, 1));
    assertThat(shrink(page)).isZero();
    assertThat(t.frames.has(page, PageFlag.ACTIVE)).isTrue();
    assertThat(t.frames.has(page, PageFlag.SWAPCACHE)).isFalse();
  }

  @Test
  void aFilesPageUsedOnceIsKeptAndTheSecondTimeBecomesActive() {
    long address = t.file(FileSystem.EXT4, 1);
    int page = t.pageAt(address);
    t.frames.clear(page, PageFlag.REFERENCED);
    assertThat(shrink(page)).isZero();
    assertThat(t.frames.has(page, PageFlag.ACTIVE)).isFalse();
    assertThat(t.frames.has(page, PageFlag.REFERENCED)).isTrue();
    t.self.read(address);
    assertThat(shrink(page)).isZero();
    assertThat(t.frames.has(page, PageFlag.ACTIVE)).isTrue();
  }

  @Test
  void aCleanFilesPageIsDroppedWithItsBuffers() {
    long address = t.file(FileSystem.EXT4, 1);
    int page = t.pageAt(address);
    t.frames.clear(page, PageFlag.REFERENCED);
    old(address);
    assertThat(shrink(page)).isEqualTo(1);
    assertThat(t.pte(address)).isZero();
    assertThat(t.self.read(address)).isZero();
    assertThat(t.self.peek(address)).isZero();
  }

  @Test
  void aDirtyFilesPageIsWrittenFirst() {
    long address = t.file(FileSystem.VFAT, 1);
    t.self.write(address, 9);
    int page = t.pageAt(address);
    t.frames.clear(page, PageFlag.REFERENCED);
    old(address);
    assertThat(shrink(page)).isEqualTo(1);
    assertThat(t.self.read(address)).isZero();
    assertThat(t.self.peek(address)).isEqualTo(9);
  }

  @Test
  void aDirtyPageThatWasReferencedIsLeftToWriteback() {
    long address = t.file(FileSystem.VFAT, 1);
    t.self.write(address, 9);
    int page = t.pageAt(address);
    t.frames.set(page, PageFlag.REFERENCED);
    old(address);
    assertThat(shrink(page)).isZero();
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isTrue();
    assertThat(t.pte(address)).as("unmapped all the same").isZero();
  }

  @Test
  void aPageThatIsBeingWrittenIsKeptAndGoesNextTime() {
    t.machine.swapOn(8);
    long address = t.written(2, 1);
    int page = t.pageAt(address);
    t.k.blockDevice.plug();
    assertThat(t.self.reclaim(address)).isZero();
    assertThat(t.frames.has(page, PageFlag.WRITEBACK)).isTrue();
    assertThat(t.frames.has(page, PageFlag.RECLAIM)).isTrue();
    assertThat(t.stat(1, ZoneStat.NR_WRITEBACK)).isEqualTo(1);
    assertThat(shrink(page)).isZero();
    t.k.blockDevice.unplug();
    assertThat(t.frames.has(page, PageFlag.RECLAIM)).isFalse();
    assertThat(shrink(page)).isEqualTo(1);
    t.swapEntry(address);
  }

  @Test
  void aPageThatCannotBeWrittenStaysDirty() {
    t.machine.swapOn(8);
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    t.k.blockDevice.failing(true);
    assertThat(t.self.reclaim(address)).isZero();
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isTrue();
    assertThat(t.frames.has(page, PageFlag.ERROR)).isTrue();
    t.k.blockDevice.failing(false);
    assertThat(t.k.vmscanReclaim.reclaimPage(page)).isTrue();
    t.self.read(address);
    assertThat(t.self.peek(address)).isEqualTo(1);
  }

  @Test
  void aPageThatSomebodyHoldsStays() {
    t.machine.swapOn(8);
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    t.self.pin(address);
    assertThat(t.self.reclaim(address)).isZero();
    assertThat(t.frames.count(page)).isEqualTo(2);
    assertThat(t.self.read(address)).isZero();
    assertThat(t.pageAt(address)).isEqualTo(page);
  }

  @Test
  void aLockedPageStays() {
    t.machine.swapOn(8);
    int page = t.pageAt(t.written(1, 1));
    t.k.filemap.lockPage(page);
    assertThat(shrink(page)).isZero();
    t.k.filemap.unlockPage(page);
  }

  @Test
  void aPageOfALockedVmaIsFoundOutAndCulled() {
    t.machine.swapOn(8);
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    t.vma(address).flags |= VmFlag.LOCKED;
    t.k.current.mm().lockedVm++;
    assertThat(shrink(page)).isZero();
    assertThat(t.frames.has(page, PageFlag.MLOCKED)).isTrue();
    assertThat(t.frames.has(page, PageFlag.UNEVICTABLE)).isTrue();
    assertThat(t.frames.has(page, PageFlag.SWAPCACHE)).isFalse();
  }

  @Test
  void whoHasNoWritepageKeepsItsDirtyPages() {
    long address = t.file(FileSystem.RAMFS, 1);
    int page = t.pageAt(address);
    assertThat(t.k.vmscanReclaim.reclaimPage(page)).isFalse();
    assertThat(t.frames.has(page, PageFlag.UNEVICTABLE)).isTrue();
  }

  @Test
  void buffersWithoutAFileAreFreed() {
    long address = t.file(FileSystem.VFAT, 1);
    int page = t.pageAt(address);
    int bh = t.k.buffer.pageBuffers(page);
    t.k.bufferHeads.get(bh);
    t.self.unmap(address, TestKernel.PAGE);
    assertThat(t.frames.mapping(page)).isZero();
    t.k.bufferHeads.put(bh);
    assertThat(t.k.vmscanReclaim.reclaimPage(page)).isTrue();
    assertThat(t.frames.count(page)).isZero();
  }

  @Test
  void aNodesPagesGoInTheOrderOfTheirUse() {
    t.machine.swapOn(64);
    long address = t.written(20, 1);
    assertThat(t.machine.reclaim(1, 5)).isEqualTo(5);
    for (int i = 0; i < 20; i++) {
      assertThat(Pte.present(t.pte(address + i * TestKernel.PAGE))).as("page " + i).isEqualTo(i >= 5);
    }
    for (int i = 5; i < 10; i++) {
      t.self.read(address + i * TestKernel.PAGE);
    }
    assertThat(t.machine.reclaim(1, 10)).isEqualTo(10);
    for (int i = 5; i < 10; i++) {
      assertThat(Pte.present(t.pte(address + i * TestKernel.PAGE))).as("page " + i + ", used lately").isTrue();
    }
    assertThat(t.machine.reclaim(1, 100)).isEqualTo(5);
  }

  @Test
  void withoutSwapOnlyFilesAreReclaimed() {
    long file = t.file(FileSystem.EXT4, 4);
    t.written(4, 0);
    assertThat(t.machine.reclaim(0, 100)).isEqualTo(4);
    assertThat(t.pte(file)).isZero();
  }

  @Test
  void aCleanPageThatSomebodyHoldsStays() {
    long address = t.file(FileSystem.EXT4, 1);
    int page = t.pageAt(address);
    t.frames.get(page);
    assertThat(t.k.vmscanReclaim.reclaimPage(page)).isFalse();
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    t.k.swap.putPage(page);
    t.self.read(address);
    assertThat(t.pageAt(address)).as("still cached").isEqualTo(page);
  }

  @Test
  void dirtyBuffersWithoutAFileAreFreedThoughSomebodyHoldsThePage() {
    long address = t.file(FileSystem.VFAT, 1);
    int page = t.pageAt(address);
    int bh = t.k.buffer.pageBuffers(page);
    t.k.bufferHeads.get(bh);
    t.self.unmap(address, TestKernel.PAGE);
    t.frames.get(page);
    t.frames.set(page, PageFlag.DIRTY);
    assertThat(t.k.vmscanReclaim.reclaimPage(page)).as("a buffer is busy").isFalse();
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isTrue();
    t.k.bufferHeads.put(bh);
    assertThat(t.k.vmscanReclaim.reclaimPage(page)).isFalse();
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isFalse();
    assertThat(t.k.buffer.pageHasBuffers(page)).isFalse();
    t.k.swap.lruAddDrainAll();
    t.k.swap.putPage(page);
    assertThat(t.frames.count(page)).isZero();
  }

  @Test
  void aDirtyPageThatNothingCanWriteBecomesActive() {
    long address = t.file(FileSystem.RAMFS, 1);
    int page = t.pageAt(address);
    Objects.requireNonNull(t.k.pageMapping(page)).unevictable = false;
    t.k.vmscan.isolateLruPage(page);
    t.k.vmscan.putbackLruPage(page);
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isTrue();
    assertThat(t.k.vmscanReclaim.reclaimPage(page)).isFalse();
    assertThat(t.frames.has(page, PageFlag.ACTIVE)).isTrue();
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isTrue();
  }
}
