package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code truncate_inode_pages()} and the end of a file. */
class TruncateInodePagesTest {

  private final TestKernel t = new TestKernel();

  private int freePages() {
    int sum = 0;
    for (int node = 0; node < 4; node++) {
      sum += t.k.nodes.zone(node).freePages();
    }
    return sum;
  }

  @Test
  void allPagesAreFreedDirtyOrNot() {
    int before = freePages();
    for (FileSystem on : List.of(FileSystem.TMPFS, FileSystem.RAMFS, FileSystem.EXT4, FileSystem.VFAT)) {
      TestFile file = new TestFile(t, on, 20);
      file.dirty(19, 7);
      int id = file.mapping.id();
      file.remove();
      t.k.swap.lruAddDrainAll();
      assertThat(freePages()).as(on.toString()).isEqualTo(before);
      assertThat(t.k.bufferHeads.live()).isZero();
      assertThat(file.dirtyPages()).isZero();
      assertThat(t.k.mappings.spaces()).noneMatch(space -> space.id() == id);
    }
  }

  @Test
  void aFileLivesAsLongAsItIsMapped() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(true);
    t.self.write(address, 3);
    file.remove();
    assertThat(t.self.peek(address)).isEqualTo(3);
    int before = freePages();
    t.self.unmap(address, TestKernel.PAGE);
    t.k.swap.lruAddDrainAll();
    assertThat(freePages()).isEqualTo(before + 1);
  }

  @Test
  void itsMappingsGoAndPrivateCopiesStay() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 2);
    long shared = file.map(true);
    long copied = file.map(false);
    t.self.write(shared, 5);
    t.self.read(shared + TestKernel.PAGE);
    t.self.write(copied, 6);
    t.self.read(copied + TestKernel.PAGE);

    t.k.truncate.truncateInodePages(file.mapping);

    assertThat(t.pte(shared)).isZero();
    assertThat(t.pte(shared + TestKernel.PAGE)).isZero();
    assertThat(t.pte(copied + TestKernel.PAGE)).isZero();
    assertThat(t.self.peek(copied)).isEqualTo(6);
    assertThat(file.mapping.nrpages).isZero();
    assertThat(t.stat(0, ZoneStat.NR_FILE_PAGES)).isZero();
  }

  @Test
  void aLockedPageIsNoLongerLocked() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(true);
    t.self.lock(address, TestKernel.PAGE);
    int page = file.page(0);
    t.self.pin(address);
    assertThat(t.frames.has(page, PageFlag.MLOCKED)).isTrue();

    t.k.truncate.truncateInodePages(file.mapping);

    assertThat(t.frames.has(page, PageFlag.MLOCKED)).isFalse();
    assertThat(t.stat(0, ZoneStat.NR_MLOCK)).isZero();
    assertThat(t.frames.mapping(page)).isZero();
    assertThat(t.frames.has(page, PageFlag.MAPPEDTODISK)).isFalse();
  }

  @Test
  void writebackIsWaitedFor() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    file.dirty(0, 5);
    t.k.blockDevice.plug();
    int page = file.lockForIo(0);
    file.mapping.ops().writepage(page);
    assertThat(file.isUnderWriteback(0)).isTrue();
    t.k.truncate.truncateInodePages(file.mapping);
    assertThat(file.mapping.host().disk(0)).isEqualTo(5);
  }

  @Test
  void aPageThatIsMappedWhereNoVmaLeadsToItStopsTheKernel() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(true);
    t.self.read(address);
    file.mapping.mmap().clear();
    assertThatThrownBy(() -> t.k.truncate.truncateInodePages(file.mapping))
        .isInstanceOf(KernelBug.class)
        .hasMessageContaining("mm/filemap.c:128");
    Machines.expectCrash();
  }

  @Test
  void cancelDirtyPageCountsWhatIsCounted() {
    TestFile file = new TestFile(t, FileSystem.EXT4, 1);
    file.dirty(0, 5);
    t.k.truncate.cancelDirtyPage(file.page(0));
    assertThat(file.isDirty(0)).isFalse();
    assertThat(file.dirtyPages()).isZero();
    t.k.truncate.cancelDirtyPage(file.page(0));
    assertThat(file.dirtyPages()).isZero();
    file.buffers(0).forEach(bh -> file.heads().clear(bh, BufferHeads.DIRTY));
    t.frames.content(file.page(0), 0);
  }
}
