package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageTree;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code buffer_migrate_page()}: the buffers go with the page, as ext4 has it. */
class BufferMigratePageTest {

  private static final int UNMAP = Rmap.TTU_MIGRATION | Rmap.TTU_IGNORE_MLOCK | Rmap.TTU_IGNORE_ACCESS;

  /** Somebody who looks on where the page is copied. */
  private interface Onlooker {
    void see(int newPage, int page);
  }

  private Onlooker onlooker = (newPage, page) -> {};
  private final TestKernel t = new TestKernel(Machines.boot(Machines.SMALL, "2.6.36", PlantedKernels.with(kernel -> new Migrate(kernel) {
    @Override
    protected void migratePageCopy(int newpage, int page) {
      onlooker.see(newpage, page);
      super.migratePageCopy(newpage, page);
    }
  })));
  private final BufferHeads heads = t.k.bufferHeads;
  /** A block as large as a page: one buffer. */
  private final long ext4 = t.file(FileSystem.EXT4, 1);
  /** Sectors: eight buffers. */
  private final long vfat = t.file(FileSystem.VFAT, 1);

  /** Moves the page up to the call, makes it, and ends the move. */
  private int move(long address) {
    int page = t.pageAt(address);
    AddressSpace mapping = Objects.requireNonNull(t.k.pageMapping(page));
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

  /** The page's buffers, in the ring's order. */
  private List<Integer> ring(int page) {
    List<Integer> ring = new ArrayList<>();
    int head = t.k.buffer.pageBuffers(page);
    int bh = head;
    do {
      ring.add(bh);
      bh = heads.thisPage(bh);
    } while (bh != head);
    return ring;
  }

  private void dropBuffers(int page) {
    t.k.filemap.lockPage(page);
    assertThat(t.k.buffer.tryToReleasePage(page)).isTrue();
    t.k.filemap.unlockPage(page);
  }

  @Test
  void theBufferIsTheNewPagesAndAsItWas() {
    int page = t.pageAt(ext4);
    int head = t.k.buffer.pageBuffers(page);
    heads.set(head, BufferHeads.UPTODATE);

    assertThat(move(ext4)).isZero();

    int now = t.pageAt(ext4);
    assertThat(now).isNotEqualTo(page);
    assertThat(ring(now)).containsExactly(head);
    assertThat(heads.page(head)).isEqualTo(now);
    assertThat(heads.has(head, BufferHeads.LOCK)).isFalse();
    assertThat(heads.has(head, BufferHeads.UPTODATE)).isTrue();
    assertThat(heads.count(head)).isZero();
    assertThat(t.frames.count(now)).as("mapped, cached, buffers").isEqualTo(3);
  }

  @Test
  void allBuffersOfARingGo() {
    List<Integer> buffers = ring(t.pageAt(vfat));
    assertThat(buffers).hasSize(8);
    assertThat(move(vfat)).isZero();
    int now = t.pageAt(vfat);
    assertThat(t.frames.pageToNid(now)).isEqualTo(2);
    assertThat(ring(now)).isEqualTo(buffers);
    assertThat(buffers).allMatch(bh -> heads.page(bh) == now);
  }

  /** Whoever reads or writes a block has its buffer locked: none may while the page that it belongs to is another. */
  @Test
  void allBuffersAreLockedAndHeldAndTheNewPagesWhileItIsCopied() {
    int page = t.pageAt(vfat);
    List<Integer> buffers = ring(page);
    List<Integer> copied = new ArrayList<>();
    onlooker = (newPage, old) -> {
      copied.add(old);
      assertThat(buffers).allMatch(bh -> heads.has(bh, BufferHeads.LOCK)).allMatch(bh -> heads.count(bh) == 1)
          .allMatch(bh -> heads.page(bh) == newPage);
      assertThat(ring(newPage)).isEqualTo(buffers);
      assertThat(t.frames.count(newPage)).as("allocated, cached, buffers").isEqualTo(3);
      assertThat(t.frames.count(old)).as("isolated").isEqualTo(1);
    };

    assertThat(move(vfat)).isZero();

    assertThat(copied).containsExactly(page);
    assertThat(buffers).noneMatch(bh -> heads.has(bh, BufferHeads.LOCK)).allMatch(bh -> heads.count(bh) == 0);
    assertThat(t.frames.has(page, PageFlag.PRIVATE)).as("ClearPagePrivate(page)").isFalse();
    assertThat(t.frames.privateOf(page)).as("set_page_private(page, 0)").isZero();
  }

  /** Where it waits for one, those before it are locked and those after it are not. */
  @ParameterizedTest
  @ValueSource(ints = {0, 3, 7})
  void buffersAreLockedInTheRingsOrderAndWaitedFor(int busy) {
    List<Integer> buffers = ring(t.pageAt(vfat));
    heads.lock(buffers.get(busy));

    assertThatThrownBy(() -> move(vfat)).isInstanceOf(KernelBug.class)
        .hasMessageContaining("lock_buffer() of buffer " + buffers.get(busy) + " waits");

    assertThat(buffers.subList(0, busy)).allMatch(bh -> heads.has(bh, BufferHeads.LOCK)).allMatch(bh -> heads.count(bh) == 1);
    assertThat(heads.count(buffers.get(busy))).as("get_bh() comes before lock_buffer()").isEqualTo(1);
    assertThat(buffers.subList(busy + 1, 8)).noneMatch(bh -> heads.has(bh, BufferHeads.LOCK)).allMatch(bh -> heads.count(bh) == 0);
    Machines.expectCrash();
  }

  /** No set_page_dirty(), which would say that all of the page is: what was written is one block, and no other is written for it. */
  @Test
  void ofADirtyPageTheBuffersThatWereCleanStayClean() {
    int page = t.pageAt(vfat);
    List<Integer> buffers = ring(page);
    int dirty = buffers.get(2);
    t.k.buffer.markBufferDirty(dirty);
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isTrue();

    assertThat(move(vfat)).isZero();

    int now = t.pageAt(vfat);
    assertThat(buffers).filteredOn(bh -> heads.has(bh, BufferHeads.DIRTY)).containsExactly(dirty);
    assertThat(t.frames.has(now, PageFlag.DIRTY)).isTrue();
    assertThat(Objects.requireNonNull(t.k.pageMapping(now)).pageTree().isTagged(0, PageTree.TAG_DIRTY)).isTrue();
    assertThat(t.stat(0, ZoneStat.NR_FILE_DIRTY)).isZero();
    assertThat(t.stat(2, ZoneStat.NR_FILE_DIRTY)).isEqualTo(1);
  }

  @Test
  void aPageThatSomebodyHoldsStaysWithItsBuffersWhichNobodyHasLocked() {
    int page = t.pageAt(vfat);
    List<Integer> buffers = ring(page);
    t.self.pin(vfat);
    onlooker = (newPage, old) -> {
      throw new AssertionError("nothing is copied");
    };

    assertThat(move(vfat)).isEqualTo(-Err.EAGAIN);

    assertThat(t.pageAt(vfat)).isEqualTo(page);
    assertThat(ring(page)).isEqualTo(buffers);
    assertThat(buffers).noneMatch(bh -> heads.has(bh, BufferHeads.LOCK)).allMatch(bh -> heads.count(bh) == 0)
        .allMatch(bh -> heads.page(bh) == page);
  }

  @Test
  void aPageWithoutBuffersIsMovedAsAnyOther() {
    dropBuffers(t.pageAt(ext4));
    assertThat(move(ext4)).isZero();
    assertThat(t.nodeAt(ext4)).isEqualTo(2);
    assertThat(t.frames.has(t.pageAt(ext4), PageFlag.PRIVATE)).isFalse();
  }

  @Test
  void aPageWithoutBuffersThatSomebodyHoldsStays() {
    int page = t.pageAt(ext4);
    dropBuffers(page);
    t.self.pin(ext4);
    assertThat(move(ext4)).isEqualTo(-Err.EAGAIN);
    assertThat(t.pageAt(ext4)).isEqualTo(page);
  }
}
