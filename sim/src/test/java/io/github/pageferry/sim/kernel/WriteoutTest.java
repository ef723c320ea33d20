package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pte;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * {@code writeout()} and {@code fallback_migrate_page()}, reached through unmap_and_move(): file systems without
 * {@code migratepage}.
 */
class WriteoutTest {

  private final TestKernel t = new TestKernel();

  @Test
  void aDirtyPageWithoutWritepageCannotMove() {
    long address = t.file(FileSystem.RAMFS, 1);
    t.self.write(address, 3);
    int page = t.pageAt(address);
    TestKernel.To to = t.new To(2);

    assertThat(t.k.migrate.migratePages(t.isolate(page), to, false)).isEqualTo(1);

    assertThat(to.asked).hasSize(1);
    assertThat(to.results).containsEntry(page, -Err.EINVAL);
    assertThat(t.pageAt(address)).isEqualTo(page);
    assertThat(t.self.peek(address)).isEqualTo(3);
  }

  @Test
  void aCleanPageWithoutMigratepageMoves() {
    // A file of ramfs is dirty from its first write on; a page that a fault brings in is not.
    long address = t.file(FileSystem.RAMFS, 1);
    int page = t.pageAt(address);
    t.frames.clear(page, PageFlag.DIRTY);

    assertThat(t.k.migrate.migratePages(t.isolate(page), t.new To(2), false)).isZero();

    assertThat(t.nodeAt(address)).isEqualTo(2);
  }

  @Test
  void aDirtyPageIsWrittenFirstAndMovesInTheNextPass() {
    long address = t.file(FileSystem.VFAT, 1);
    t.self.write(address, 3);
    int page = t.pageAt(address);
    AddressSpace mapping = Objects.requireNonNull(t.k.pageMapping(page));
    TestKernel.To to = t.new To(2).before(2, () -> {
      // Between the passes the page is clean and mapped again: writable, since there was no entry that page_mkclean() could have
      // write-protected, but not dirty, so that the next write is seen by that.
      assertThat(t.frames.has(page, PageFlag.DIRTY)).isFalse();
      assertThat(mapping.host().disk(0)).isEqualTo(3);
      assertThat(Pte.present(t.pte(address))).isTrue();
      assertThat(Pte.write(t.pte(address))).isTrue();
      assertThat(Pte.dirty(t.pte(address))).isFalse();
    });

    assertThat(t.k.migrate.migratePages(t.isolate(page), to, false)).isZero();

    assertThat(to.asked).containsExactly(page, page);
    assertThat(t.nodeAt(address)).isEqualTo(2);
    assertThat(t.self.peek(address)).isEqualTo(3);
    assertThat(t.frames.has(t.pageAt(address), PageFlag.PRIVATE)).as("its buffers were dropped").isFalse();
  }

  @Test
  void aWriteThatFailsIsRememberedByTheFile() {
    long address = t.file(FileSystem.VFAT, 1);
    t.self.write(address, 3);
    int page = t.pageAt(address);
    AddressSpace mapping = Objects.requireNonNull(t.k.pageMapping(page));
    t.k.blockDevice.failing(true);
    TestKernel.To to = t.new To(2);

    int failed = t.k.migrate.migratePages(t.isolate(page), to, false);

    // The write is under way when writepage() returns, so that its failure is no error of the move: the page is clean now.
    assertThat(failed).isZero();
    assertThat(mapping.error).isEqualTo(-Err.EIO);
    t.k.blockDevice.failing(false);
  }

  @Test
  void buffersThatAreBusyKeepAPageWhereItIs() {
    long address = t.file(FileSystem.VFAT, 1);
    int page = t.pageAt(address);
    int bh = t.k.buffer.pageBuffers(page);
    t.k.bufferHeads.get(bh);
    TestKernel.To to = t.new To(2);

    assertThat(t.k.migrate.migratePages(t.isolate(page), to, false)).isEqualTo(1);

    assertThat(to.asked).hasSize(10);
    assertThat(to.results).containsEntry(page, -Err.EAGAIN);
    assertThat(t.pageAt(address)).isEqualTo(page);
    t.k.bufferHeads.put(bh);
  }
}
