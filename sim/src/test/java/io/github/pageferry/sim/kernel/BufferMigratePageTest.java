package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** {@code buffer_migrate_page()}: the buffers go with the page, as ext4 has it. */
class BufferMigratePageTest {

  private static final int UNMAP = Rmap.TTU_MIGRATION | Rmap.TTU_IGNORE_MLOCK | Rmap.TTU_IGNORE_ACCESS;

  private final TestKernel t = new TestKernel();
  private final long address = t.file(FileSystem.EXT4, 1);
  private final int page = t.pageAt(address);
  private final AddressSpace mapping = Objects.requireNonNull(t.k.pageMapping(page));

  /** Moves the page up to the call, makes it, and ends the move. */
  private int move() {
    var list = t.isolate(page);
    int newPage = t.newPage(2);
    t.k.filemap.lockPage(page);
    t.k.rmap.tryToUnmap(page, UNMAP);
    t.k.filemap.lockPage(newPage);
    t.frames.index(newPage, t.frames.index(page));
    t.frames.mapping(newPage, t.frames.mapping(page));
    int rc = t.k.migrate.bufferMigratePage(mapping, newPage, page);
    if (rc != 0) {
      t.frames.mapping(newPage, 0);
    }
    t.k.migrate.removeMigrationPtes(page, rc == 0 ? newPage : page);
    t.k.filemap.unlockPage(newPage);
    t.k.filemap.unlockPage(page);
    t.k.migrate.putbackLruPages(list);
    t.k.vmscan.putbackLruPage(newPage);
    t.k.swap.lruAddDrainAll();
    return rc;
  }

  @Test
  void theBuffersAreTheNewPagesAndAsTheyWere() {
    assertThat(t.k.buffer.pageHasBuffers(page)).isTrue();
    int head = t.k.buffer.pageBuffers(page);
    t.k.bufferHeads.set(head, BufferHeads.UPTODATE);

    assertThat(move()).isZero();

    int now = t.pageAt(address);
    assertThat(now).isNotEqualTo(page);
    assertThat(t.k.buffer.pageBuffers(now)).isEqualTo(head);
    assertThat(t.k.bufferHeads.page(head)).isEqualTo(now);
    assertThat(t.k.bufferHeads.has(head, BufferHeads.LOCK)).isFalse();
    assertThat(t.k.bufferHeads.has(head, BufferHeads.UPTODATE)).isTrue();
    assertThat(t.k.bufferHeads.count(head)).isZero();
    assertThat(t.frames.count(now)).as("mapped, cached, buffers").isEqualTo(3);
  }

  @Test
  void allBuffersOfARingGo() {
    long vfat = t.file(FileSystem.VFAT, 1);
    int old = t.pageAt(vfat);
    int head = t.k.buffer.pageBuffers(old);
    int newPage = t.newPage(2);
    var list = t.isolate(old);
    t.k.filemap.lockPage(old);
    t.k.rmap.tryToUnmap(old, UNMAP);
    t.k.filemap.lockPage(newPage);
    t.frames.index(newPage, t.frames.index(old));
    t.frames.mapping(newPage, t.frames.mapping(old));
    assertThat(t.k.migrate.bufferMigratePage(Objects.requireNonNull(t.k.pageMapping(old)), newPage, old)).isZero();
    int bh = head;
    int count = 0;
    do {
      assertThat(t.k.bufferHeads.page(bh)).isEqualTo(newPage);
      bh = t.k.bufferHeads.thisPage(bh);
      count++;
    } while (bh != head);
    assertThat(count).isEqualTo(8);
    assertThat(t.frames.has(newPage, PageFlag.PRIVATE)).isTrue();
    assertThat(t.frames.has(old, PageFlag.PRIVATE)).as("ClearPagePrivate(page)").isFalse();
    assertThat(t.frames.privateOf(old)).as("set_page_private(page, 0)").isZero();
    assertThat(t.frames.count(old)).as("the isolation's").isEqualTo(1);
    t.k.migrate.removeMigrationPtes(old, newPage);
    t.k.filemap.unlockPage(newPage);
    t.k.filemap.unlockPage(old);
    t.k.migrate.putbackLruPages(list);
    t.k.vmscan.putbackLruPage(newPage);
  }

  @Test
  void aPageThatSomebodyHoldsStaysWithItsBuffers() {
    int head = t.k.buffer.pageBuffers(page);
    t.self.pin(address);
    assertThat(move()).isEqualTo(-Err.EAGAIN);
    assertThat(t.pageAt(address)).isEqualTo(page);
    assertThat(t.k.buffer.pageBuffers(page)).isEqualTo(head);
    assertThat(t.k.bufferHeads.has(head, BufferHeads.LOCK)).isFalse();
  }

  @Test
  void aPageWithoutBuffersIsMovedAsAnyOther() {
    t.k.filemap.lockPage(page);
    assertThat(t.k.buffer.tryToReleasePage(page)).isTrue();
    t.k.filemap.unlockPage(page);
    assertThat(move()).isZero();
    assertThat(t.frames.has(t.pageAt(address), PageFlag.PRIVATE)).isFalse();
  }

  @Test
  void aBufferThatIsLockedIsWaitedFor() {
    t.k.bufferHeads.lock(t.k.buffer.pageBuffers(page));
    assertThatThrownBy(this::move).isInstanceOf(KernelBug.class).hasMessageContaining("lock_buffer()");
    Machines.expectCrash();
  }

  @Test
  void aPageWithoutBuffersThatSomebodyHoldsStays() {
    t.k.filemap.lockPage(page);
    assertThat(t.k.buffer.tryToReleasePage(page)).isTrue();
    t.k.filemap.unlockPage(page);
    t.self.pin(address);
    assertThat(move()).isEqualTo(-Err.EAGAIN);
    assertThat(t.pageAt(address)).isEqualTo(page);
  }
}
