package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** {@code migrate_page()} and {@code fail_migrate_page()}: what address spaces have for {@code migratepage}. */
class MigratePageTest {

  private final TestKernel t = new TestKernel();

  @Test
  void theMappingIsMovedAndThePageCopied() {
    int page = t.newPage(1);
    int newPage = t.newPage(2);
    t.frames.content(page, 9);
    t.frames.set(page, PageFlag.UPTODATE);

    assertThat(t.k.migrate.migratePage(null, newPage, page)).isZero();

    assertThat(t.frames.content(newPage)).isEqualTo(9);
    assertThat(t.frames.has(newPage, PageFlag.UPTODATE)).isTrue();
    t.free(page);
    t.free(newPage);
  }

  @Test
  void whereTheMappingCannotBeMovedNothingIsCopied() {
    int page = t.newPage(1);
    int newPage = t.newPage(2);
    t.frames.get(page);
    t.frames.set(page, PageFlag.UPTODATE);

    assertThat(t.k.migrate.migratePage(null, newPage, page)).isEqualTo(-Err.EAGAIN);

    assertThat(t.frames.has(newPage, PageFlag.UPTODATE)).isFalse();
    assertThat(t.frames.content(newPage)).isEqualTo(PageAlloc.POISON);
    t.free(page);
    t.free(page);
    t.free(newPage);
  }

  @Test
  void aPageUnderWritebackIsABug() {
    int page = t.newPage(1);
    t.frames.set(page, PageFlag.WRITEBACK);
    assertThatThrownBy(() -> t.k.migrate.migratePage(null, t.newPage(2), page))
        .isInstanceOf(KernelBug.class).hasMessageContaining("writeback");
    Machines.expectCrash();
  }

  @Test
  void pagesOfMappingsThatAreNotMovableFailForGood() {
    long address = t.shared(1, 1);
    int page = t.pageAt(address);
    AddressSpace mapping = Objects.requireNonNull(t.k.pageMapping(page));
    assertThat(t.k.migrate.failMigratePage(mapping, 0, page)).isEqualTo(-Err.EIO);
    assertThat(t.pageAt(address)).isEqualTo(page);
  }
}
