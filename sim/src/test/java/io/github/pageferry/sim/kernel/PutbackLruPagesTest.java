package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.ZoneStat;
import org.junit.jupiter.api.Test;

/** {@code putback_lru_pages()}: isolated pages go back to their lists, and the isolated counters to zero. */
class PutbackLruPagesTest {

  private final TestKernel t = new TestKernel();

  @Test
  void pagesOfEveryKindGoBackToTheirLists() {
    int anon = t.anonPage(1);
    int file = t.pageAt(t.file(FileSystem.EXT4, 1));
    long lockedAt = t.written(1, 2);
    t.self.lock(lockedAt, TestKernel.PAGE);
    int locked = t.pageAt(lockedAt);
    PageList list = t.isolate(anon, file, locked);
    assertThat(t.stat(1, ZoneStat.NR_ISOLATED_ANON)).isEqualTo(1);
    assertThat(t.stat(0, ZoneStat.NR_ISOLATED_FILE)).isEqualTo(1);
    assertThat(t.stat(2, ZoneStat.NR_ISOLATED_ANON)).isEqualTo(1);

    t.k.migrate.putbackLruPages(list);
    t.k.swap.lruAddDrainAll();

    assertThat(list.isEmpty()).isTrue();
    assertThat(t.stat(1, ZoneStat.NR_ISOLATED_ANON)).isZero();
    assertThat(t.stat(0, ZoneStat.NR_ISOLATED_FILE)).isZero();
    assertThat(t.stat(1, ZoneStat.NR_ACTIVE_ANON)).isEqualTo(1);
    assertThat(t.stat(0, ZoneStat.NR_INACTIVE_FILE)).isEqualTo(1);
    assertThat(t.stat(2, ZoneStat.NR_UNEVICTABLE)).isEqualTo(1);
    assertThat(t.frames.has(locked, PageFlag.UNEVICTABLE)).isTrue();
  }

  @Test
  void aPageThatNobodyElseHasIsFreed() {
    long address = t.written(1, 1);
    PageList list = t.isolate(t.pageAt(address));
    t.self.unmap(address, TestKernel.PAGE);
    int before = t.k.nodes.zone(1).freePages();

    t.k.migrate.putbackLruPages(list);
    t.k.swap.lruAddDrainAll();

    assertThat(t.k.nodes.zone(1).freePages()).isEqualTo(before + 1);
  }

  @Test
  void anEmptyListIsNothingToDo() {
    t.k.migrate.putbackLruPages(new PageList(t.frames));
  }
}
