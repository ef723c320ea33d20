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

/** mm/swap.c: pagevecs, lists, and references. */
class SwapTest {

  private final TestKernel t = new TestKernel();

  @Test
  void thirteenNewPagesWaitAndTheFourteenthTakesAllToTheList() {
    long address = t.map(14);
    for (int i = 0; i < 13; i++) {
      t.self.write(address + i * TestKernel.PAGE, 1);
    }
    assertThat(t.k.swap.lruAddPvec(0, Lru.ACTIVE_ANON).count()).isEqualTo(13);
    assertThat(t.stat(0, ZoneStat.NR_ACTIVE_ANON)).isZero();
    assertThat(t.frames.count(t.pageAt(address))).as("the entry and the pagevec").isEqualTo(2);
    t.self.write(address + 13 * TestKernel.PAGE, 1);
    assertThat(t.k.swap.lruAddPvec(0, Lru.ACTIVE_ANON).count()).isZero();
    assertThat(t.stat(0, ZoneStat.NR_ACTIVE_ANON)).isEqualTo(14);
    assertThat(t.frames.count(t.pageAt(address))).isEqualTo(1);
    assertThat(t.frames.has(t.pageAt(address), PageFlag.ACTIVE)).isTrue();
  }

  @Test
  void theLastPageAddedIsFirstOnTheList() {
    long address = t.written(3, 0);
    assertThat(t.k.nodes.zone(0).lru(Lru.ACTIVE_ANON).first()).isEqualTo(t.pageAt(address + 2 * TestKernel.PAGE));
  }

  @Test
  void aPagesListFollowsFromItsFlags() {
    int page = t.newPage(1);
    assertThat(t.k.swap.pageLru(page)).isEqualTo(Lru.INACTIVE_FILE);
    assertThat(t.k.swap.pageLruBaseType(page)).isEqualTo(Lru.INACTIVE_FILE);
    assertThat(t.k.swap.isolatedStat(page)).isEqualTo(ZoneStat.NR_ISOLATED_FILE);
    assertThat(t.k.swap.pageIsFileCache(page)).isEqualTo(1);
    t.frames.set(page, PageFlag.ACTIVE);
    assertThat(t.k.swap.pageLru(page)).isEqualTo(Lru.ACTIVE_FILE);
    t.frames.set(page, PageFlag.SWAPBACKED);
    assertThat(t.k.swap.pageLru(page)).isEqualTo(Lru.ACTIVE_ANON);
    assertThat(t.k.swap.pageLruBaseType(page)).isEqualTo(Lru.INACTIVE_ANON);
    assertThat(t.k.swap.isolatedStat(page)).isEqualTo(ZoneStat.NR_ISOLATED_ANON);
    assertThat(t.k.swap.pageIsFileCache(page)).isZero();
    t.frames.clear(page, PageFlag.ACTIVE);
    assertThat(t.k.swap.pageLru(page)).isEqualTo(Lru.INACTIVE_ANON);
    t.frames.set(page, PageFlag.UNEVICTABLE);
    assertThat(t.k.swap.pageLru(page)).isEqualTo(Lru.UNEVICTABLE);
    t.frames.flags(page, 0);
    t.free(page);
  }

  @Test
  void theLastReferenceTakesAPageOffItsListAndFreesIt() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    int free = t.k.nodes.zone(1).freePages();
    t.self.pin(address);
    t.self.unmap(address, TestKernel.PAGE);
    assertThat(t.frames.has(page, PageFlag.LRU)).as("still held").isTrue();
    t.self.unpin(address);
    assertThat(t.frames.flags(page) & (PageFlag.LRU | PageFlag.ACTIVE)).isZero();
    assertThat(t.stat(1, ZoneStat.NR_ACTIVE_ANON)).isZero();
    assertThat(t.k.nodes.zone(1).freePages()).isEqualTo(free + 1);
  }

  @Test
  void anUnevictablePageIsFreedToo() {
    long address = t.file(FileSystem.RAMFS, 1);
    int page = t.pageAt(address);
    assertThat(t.frames.has(page, PageFlag.UNEVICTABLE)).isFalse();
    var list = t.isolate(page);
    t.k.migrate.putbackLruPages(list);
    assertThat(t.frames.has(page, PageFlag.UNEVICTABLE)).as("known since it was put back").isTrue();
    t.self.unmap(address, TestKernel.PAGE);
    assertThat(t.stat(0, ZoneStat.NR_UNEVICTABLE)).isZero();
    assertThat(t.frames.flags(page) & PageFlag.UNEVICTABLE).isZero();
  }

  @Test
  void theSecondAccessActivatesAPageThatIsOnAList() {
    int page = t.pageAt(t.file(FileSystem.EXT4, 1));
    t.frames.clear(page, PageFlag.REFERENCED);
    t.k.swap.markPageAccessed(page);
    assertThat(t.frames.has(page, PageFlag.REFERENCED)).isTrue();
    assertThat(t.frames.has(page, PageFlag.ACTIVE)).isFalse();
    t.k.swap.markPageAccessed(page);
    assertThat(t.frames.has(page, PageFlag.REFERENCED)).isFalse();
    assertThat(t.frames.has(page, PageFlag.ACTIVE)).isTrue();
    assertThat(t.stat(0, ZoneStat.NR_ACTIVE_FILE)).isEqualTo(1);
    assertThat(t.stat(0, ZoneStat.NR_INACTIVE_FILE)).isZero();
    assertThat(t.k.nodes.zone(0).lru(Lru.ACTIVE_FILE).first()).isEqualTo(page);
    t.k.swap.markPageAccessed(page);
    assertThat(t.frames.has(page, PageFlag.REFERENCED)).as("an active one is referenced again").isTrue();
  }

  @Test
  void aPageInAPagevecIsNotActivatedYet() {
    long address = t.place();
    var file = t.self.createFile(FileSystem.TMPFS, 1);
    t.self.mapFile(address, 1, TestKernel.RW, file, true);
    t.self.remove(file);
    t.self.read(address);
    int page = t.pageAt(address);
    assertThat(t.frames.has(page, PageFlag.LRU)).isFalse();
    t.frames.set(page, PageFlag.REFERENCED);
    t.k.swap.markPageAccessed(page);
    assertThat(t.frames.has(page, PageFlag.ACTIVE)).isFalse();
    assertThat(t.frames.has(page, PageFlag.REFERENCED)).isTrue();
  }

  @Test
  void anUnevictablePageIsOnlyReferenced() {
    long address = t.written(1, 1);
    t.self.lock(address, TestKernel.PAGE);
    int page = t.pageAt(address);
    t.frames.set(page, PageFlag.REFERENCED);
    t.k.swap.markPageAccessed(page);
    assertThat(t.frames.has(page, PageFlag.ACTIVE)).isFalse();
    t.k.swap.activatePage(page);
    assertThat(t.frames.has(page, PageFlag.ACTIVE)).isFalse();
  }

  @Test
  void addingAPageThatIsOnAListIsABug() {
    int page = t.anonPage(1);
    assertThatThrownBy(() -> t.k.swap.lruCacheAddLru(page, Lru.INACTIVE_ANON)).isInstanceOf(KernelBug.class);
    Machines.expectCrash();
  }

  @Test
  void drainingAPageThatIsOnAListIsABug() {
    int page = t.anonPage(1);
    t.k.swap.lruCacheAdd(page, Lru.INACTIVE_ANON);
    assertThatThrownBy(() -> t.k.swap.lruAddDrainAll()).isInstanceOf(KernelBug.class);
    Machines.expectCrash();
  }

  @Test
  void pagevecsAreOfACpuAndAList() {
    assertThat(t.k.swap.cpus()).isEqualTo(4);
    assertThat(t.k.swap.lruAddPvec(1, 0)).isSameAs(t.k.swap.lruAddPvec(1, 0)).isNotSameAs(t.k.swap.lruAddPvec(2, 0));
    assertThat(t.k.swap.lruAddPvec(1, 0)).isNotSameAs(t.k.swap.lruAddPvec(1, 1));
  }
}
