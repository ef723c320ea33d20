package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.SwapInfo;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** {@code mm/swapfile.c}: which entries are handed out, and who may have them. */
class SwapfileTest {

  private final TestKernel t = new TestKernel();

  private SwapInfo swapOn(int pages) {
    assertThat(t.machine.swapOn(pages)).isZero();
    t.k.swapfile.pageCluster = 0;
    return Objects.requireNonNull(t.k.swapfile.info());
  }

  @Test
  void anEntryThatNobodyHasCannotBeSharedNorRead() {
    swapOn(4);
    assertThat(t.k.swapfile.swapDuplicate(3)).isEqualTo(-Err.ENOENT);
    assertThat(t.k.swapfile.swapcachePrepare(3)).isEqualTo(-Err.ENOENT);
    assertThat(t.k.swapState.readSwapCacheAsync(3, null, 0)).isZero();
  }

  @Test
  void anEntryIsCachedOnce() {
    swapOn(4);
    long address = t.written(1, 1);
    t.intoSwapCacheAlone(address);
    assertThat(t.k.swapfile.swapcachePrepare(t.swapEntry(address))).isEqualTo(-Err.EEXIST);
  }

  @Test
  void lookingForAFreeEntryGoesOnFromTheLastAndComesRound() {
    SwapInfo area = swapOn(4);
    long address = t.written(6, 1);
    assertThat(t.swapOut(address)).isEqualTo(1);
    assertThat(t.swapOut(address + TestKernel.PAGE)).isEqualTo(2);
    t.self.dontneed(address, TestKernel.PAGE);
    assertThat(t.swapOut(address + 2 * TestKernel.PAGE)).isEqualTo(3);
    assertThat(t.swapOut(address + 3 * TestKernel.PAGE)).isEqualTo(4);
    assertThat(t.swapOut(address + 4 * TestKernel.PAGE)).isEqualTo(1);
    assertThat(area.used()).isEqualTo(4);
    assertThat(t.k.swapfile.getSwapPage()).isZero();
  }

  @Test
  void whenSwapSpaceIsMostlyFullWhatNobodyWantsGivesWay() {
    SwapInfo area = swapOn(4);
    int orphan = t.orphanInSwapCache();
    long address = t.written(5, 1);
    t.swapOut(address);
    t.swapOut(address + TestKernel.PAGE);
    t.swapOut(address + 2 * TestKernel.PAGE);
    t.self.dontneed(address, TestKernel.PAGE);
    assertThat(area.isFree(2)).isTrue();
    t.k.swap.lruAddDrainAll();
    assertThat(t.swapOut(address + 3 * TestKernel.PAGE)).as("before the free one").isEqualTo(1);
    assertThat(t.frames.count(orphan)).isZero();
  }

  @Test
  void whileItIsLockedItDoesNot() {
    swapOn(4);
    int orphan = t.orphanInSwapCache();
    long address = t.written(5, 1);
    t.swapOut(address);
    t.swapOut(address + TestKernel.PAGE);
    t.swapOut(address + 2 * TestKernel.PAGE);
    t.self.dontneed(address, TestKernel.PAGE);
    t.k.filemap.lockPage(orphan);
    assertThat(t.swapOut(address + 3 * TestKernel.PAGE)).isEqualTo(2);
    t.k.filemap.unlockPage(orphan);
  }

  @Test
  void whatLeavesTheSwapCacheMustBeWrittenAgain() {
    swapOn(4);
    long address = t.written(3, 1);
    for (int i = 0; i < 3; i++) {
      t.swapOut(address + i * TestKernel.PAGE);
    }
    t.self.read(address);
    int page = t.pageAt(address);
    assertThat(t.frames.has(page, PageFlag.SWAPCACHE)).isFalse();
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isTrue();
    assertThat(t.swapOut(address)).isEqualTo(4);
    t.self.read(address);
    assertThat(t.self.peek(address)).isEqualTo(1);
  }

  @Test
  void aMergedPageIsNobodysToWrite() {
    swapOn(8);
    long a = t.written(1, 1);
    long b = t.written(1, 1);
    t.self.mergeable(a, TestKernel.PAGE);
    t.self.mergeable(b, TestKernel.PAGE);
    t.self.mergePages();
    int merged = t.intoSwapCacheAlone(a);
    assertThat(t.frames.ksm(merged)).isTrue();
    t.self.dontneed(b, TestKernel.PAGE);
    assertThat(t.self.write(a, 7)).isZero();
    assertThat(t.pageAt(a)).as("a copy, though nobody else has it").isNotEqualTo(merged);
    assertThat(t.self.peek(a)).isEqualTo(7);
  }

  @Test
  void aPageReadAtSwapoffIsDirty() {
    swapOn(4);
    long address = t.written(1, 1);
    t.swapOut(address);
    assertThat(t.machine.swapOff()).isZero();
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.has(t.pageAt(address), PageFlag.DIRTY)).isTrue();
    assertThat(t.self.peek(address)).isEqualTo(1);
  }
}
