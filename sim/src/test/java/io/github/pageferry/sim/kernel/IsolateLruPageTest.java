package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.ZoneStat;
import org.junit.jupiter.api.Test;

/** {@code isolate_lru_page()}, {@code putback_lru_page()} and {@code page_evictable()} of mm/vmscan.c. */
class IsolateLruPageTest {

  private final TestKernel t = new TestKernel();

  private void putback(int page) {
    t.k.vmscan.putbackLruPage(page);
    t.k.swap.lruAddDrainAll();
  }

  @Test
  void anIsolatedPageIsOnNoListAndHeld() {
    int page = t.anonPage(1);
    assertThat(t.k.vmscan.isolateLruPage(page)).isZero();
    assertThat(t.frames.has(page, PageFlag.LRU)).isFalse();
    assertThat(t.frames.has(page, PageFlag.ACTIVE)).as("which list it was on is remembered").isTrue();
    assertThat(t.frames.count(page)).isEqualTo(2);
    assertThat(t.stat(1, ZoneStat.NR_ACTIVE_ANON)).isZero();
    assertThat(t.k.nodes.zone(1).lru(Lru.ACTIVE_ANON).isEmpty()).isTrue();
    putback(page);
    assertThat(t.frames.count(page)).isEqualTo(1);
    assertThat(t.k.nodes.zone(1).lru(Lru.ACTIVE_ANON).first()).isEqualTo(page);
  }

  @Test
  void aPageOnNoListIsBusy() {
    int page = t.anonPage(1);
    t.k.vmscan.isolateLruPage(page);
    assertThat(t.k.vmscan.isolateLruPage(page)).isEqualTo(-Err.EBUSY);
    assertThat(t.frames.count(page)).isEqualTo(2);
    putback(page);
  }

  @Test
  void anInactivePageGoesBackToTheInactiveList() {
    int page = t.pageAt(t.file(FileSystem.EXT4, 1));
    t.k.vmscan.isolateLruPage(page);
    putback(page);
    assertThat(t.k.nodes.zone(0).lru(Lru.INACTIVE_FILE).first()).isEqualTo(page);
  }

  @Test
  void aPageThatWasLockedMeanwhileGoesToTheUnevictableList() {
    int page = t.anonPage(1);
    t.k.vmscan.isolateLruPage(page);
    t.frames.set(page, PageFlag.MLOCKED);
    t.k.incZonePageState(page, ZoneStat.NR_MLOCK);
    t.k.vmscan.putbackLruPage(page);
    assertThat(t.k.nodes.zone(1).lru(Lru.UNEVICTABLE).first()).as("at once, without a pagevec").isEqualTo(page);
    assertThat(t.frames.has(page, PageFlag.ACTIVE)).isFalse();
    assertThat(t.frames.has(page, PageFlag.UNEVICTABLE)).isTrue();
  }

  @Test
  void aPageThatWasUnlockedMeanwhileIsEvictableAgain() {
    long address = t.written(1, 1);
    t.self.lock(address, TestKernel.PAGE);
    int page = t.pageAt(address);
    assertThat(t.k.vmscan.isolateLruPage(page)).isZero();
    assertThat(t.stat(1, ZoneStat.NR_UNEVICTABLE)).isZero();
    t.frames.clear(page, PageFlag.MLOCKED);
    t.k.decZonePageState(page, ZoneStat.NR_MLOCK);
    putback(page);
    assertThat(t.frames.has(page, PageFlag.UNEVICTABLE)).isFalse();
    assertThat(t.k.nodes.zone(1).lru(Lru.INACTIVE_ANON).first()).isEqualTo(page);
  }

  @Test
  void puttingBackAPageThatIsOnAListIsABug() {
    int page = t.anonPage(1);
    assertThatThrownBy(() -> t.k.vmscan.putbackLruPage(page)).isInstanceOf(KernelBug.class);
    Machines.expectCrash();
  }

  @Test
  void aFileOfRamfsIsNeverEvictable() {
    int page = t.pageAt(t.file(FileSystem.RAMFS, 1));
    assertThat(t.k.vmscan.pageEvictable(page, null)).isFalse();
    assertThat(t.k.vmscan.pageEvictable(t.pageAt(t.file(FileSystem.TMPFS, 1)), null)).isTrue();
  }

  @Test
  void aNewPageOfALockedMappingIsMarkedAndCountedOnce() {
    long address = t.map(1);
    int page = t.anonPage(1);
    t.vma(address).flags |= io.github.pageferry.sim.mm.VmFlag.LOCKED;
    assertThat(t.k.vmscan.pageEvictable(page, t.vma(address))).isFalse();
    assertThat(t.frames.has(page, PageFlag.MLOCKED)).isTrue();
    assertThat(t.stat(1, ZoneStat.NR_MLOCK)).isEqualTo(1);
    assertThat(t.k.vmscan.pageEvictable(page, t.vma(address))).isFalse();
    assertThat(t.stat(1, ZoneStat.NR_MLOCK)).isEqualTo(1);
    t.k.filemap.lockPage(page);
    t.k.mlock.clearPageMlock(page);
    t.k.filemap.unlockPage(page);
    t.vma(address).flags &= ~io.github.pageferry.sim.mm.VmFlag.LOCKED;
  }
}
