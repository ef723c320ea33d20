package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Pte;
import org.junit.jupiter.api.Test;

/** {@code move_to_new_page()}: the old page is locked and unmapped. */
class MoveToNewPageTest {

  private static final int UNMAP = Rmap.TTU_MIGRATION | Rmap.TTU_IGNORE_MLOCK | Rmap.TTU_IGNORE_ACCESS;

  private final TestKernel t = new TestKernel();
  private int page;
  private int newPage;
  private PageList list;

  private void begin(long address) {
    page = t.pageAt(address);
    list = t.isolate(page);
    newPage = t.newPage(2);
    t.k.filemap.lockPage(page);
    t.k.rmap.tryToUnmap(page, UNMAP);
  }

  private void end() {
    t.k.filemap.unlockPage(page);
    t.k.migrate.putbackLruPages(list);
    t.k.vmscan.putbackLruPage(newPage);
    t.k.swap.lruAddDrainAll();
  }

  @Test
  void anAnonymousPageTakesOverIndexMappingAndEntries() {
    long address = t.written(2, 1) + TestKernel.PAGE;
    begin(address);
    int index = t.frames.index(page);
    int mapping = t.frames.mapping(page);

    assertThat(t.k.migrate.moveToNewPage(newPage, page, true)).isZero();

    assertThat(t.frames.index(newPage)).isEqualTo(index);
    assertThat(t.frames.mapping(newPage)).isEqualTo(mapping);
    assertThat(t.frames.mapping(page)).isZero();
    assertThat(t.frames.has(newPage, PageFlag.SWAPBACKED)).isTrue();
    assertThat(t.frames.has(newPage, PageFlag.LOCKED)).isFalse();
    assertThat(t.pageAt(address)).isEqualTo(newPage);
    end();
    assertThat(t.self.peek(address)).isEqualTo(2);
  }

  @Test
  void withoutRemappingTheEntriesStay() {
    long address = t.written(1, 1);
    begin(address);
    assertThat(t.k.migrate.moveToNewPage(newPage, page, false)).isZero();
    assertThat(Pte.isMigration(t.pte(address))).isTrue();
    // Somebody else would have to do it: here the test does.
    t.k.filemap.lockPage(newPage);
    t.k.migrate.removeMigrationPtes(page, newPage);
    t.k.filemap.unlockPage(newPage);
    end();
  }

  @Test
  void aPageThatStaysLeavesTheNewOneWithoutMapping() {
    long address = t.written(1, 1);
    t.self.pin(address);
    begin(address);

    assertThat(t.k.migrate.moveToNewPage(newPage, page, true)).isEqualTo(-Err.EAGAIN);

    assertThat(t.frames.mapping(newPage)).isZero();
    assertThat(t.frames.has(newPage, PageFlag.LOCKED)).isFalse();
    assertThat(Pte.isMigration(t.pte(address))).as("restored by the caller").isTrue();
    t.k.migrate.removeMigrationPtes(page, page);
    end();
  }

  @Test
  void aFileSystemsMigratepageIsAsked() {
    long address = t.file(FileSystem.EXT4, 1);
    begin(address);
    int buffers = t.k.buffer.pageBuffers(page);
    assertThat(t.k.migrate.moveToNewPage(newPage, page, true)).isZero();
    assertThat(t.frames.has(newPage, PageFlag.SWAPBACKED)).isFalse();
    assertThat(t.k.buffer.pageBuffers(newPage)).isEqualTo(buffers);
    end();
  }

  @Test
  void withoutMigratepageBuffersAreDropped() {
    long address = t.file(FileSystem.VFAT, 1);
    begin(address);
    assertThat(t.k.buffer.pageHasBuffers(page)).isTrue();
    assertThat(t.k.migrate.moveToNewPage(newPage, page, true)).isZero();
    assertThat(t.k.buffer.pageHasBuffers(newPage)).isFalse();
    end();
  }

  @Test
  void aNewPageThatSomebodyHasLockedIsABug() {
    begin(t.written(1, 1));
    t.k.filemap.lockPage(newPage);
    assertThatThrownBy(() -> t.k.migrate.moveToNewPage(newPage, page, true))
        .isInstanceOf(KernelBug.class).hasMessageContaining("is locked");
    Machines.expectCrash();
  }
}
