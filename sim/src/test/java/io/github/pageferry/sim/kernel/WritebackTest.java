package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.mm.AddressSpaceOperations;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageTree;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code clear_page_dirty_for_io()}, {@code write_cache_pages()}, {@code vfs_fsync()} and the flags of writeback. */
class WritebackTest {

  private final TestKernel t = new TestKernel();

  @Test
  void clearPageDirtyForIoTakesTheBitAndLeavesTheTag() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    file.dirty(0, 5);
    int page = file.page(0);
    t.frames.set(page, PageFlag.RECLAIM);
    t.k.filemap.lockPage(page);
    assertThat(t.k.pageWriteback.clearPageDirtyForIo(page)).isTrue();
    assertThat(file.isDirty(0)).isFalse();
    assertThat(file.isTaggedDirty(0)).isTrue();
    assertThat(file.dirtyPages()).isZero();
    assertThat(t.frames.has(page, PageFlag.RECLAIM)).isFalse();
    assertThat(t.k.pageWriteback.clearPageDirtyForIo(page)).isFalse();
    assertThat(file.dirtyPages()).isZero();
    file.mapping.ops().writepage(page);
  }

  @Test
  void clearPageDirtyForIoFindsWhatWasWrittenThroughAMapping() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(true);
    t.self.write(address, 4);
    int page = file.page(0);
    // The page is thought to be clean, but the entry is dirty.
    t.k.filemap.lockPage(page);
    t.k.truncate.cancelDirtyPage(page);
    assertThat(Pte.dirty(t.pte(address))).isTrue();
    assertThat(t.k.pageWriteback.clearPageDirtyForIo(page)).isTrue();
    assertThat(Pte.dirty(t.pte(address))).isFalse();
    assertThat(Pte.write(t.pte(address))).as("the next write is to be noticed").isFalse();
    file.mapping.ops().writepage(page);
    t.self.write(address, 5);
    assertThat(file.isDirty(0)).isTrue();
  }

  @Test
  void clearPageDirtyForIoLeavesPrivateMappingsAlone() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(false);
    t.self.read(address);
    file.dirty(0, 5);
    long before = t.pte(address);
    int page = file.lockForIo(0);
    assertThat(t.pte(address)).isEqualTo(before);
    file.mapping.ops().writepage(page);
  }

  @Test
  void clearPageDirtyForIoOfMemoryIsTheBitAlone() {
    TestFile file = new TestFile(t, FileSystem.TMPFS, 1);
    assertThat(file.isDirty(0)).isTrue();
    t.k.filemap.lockPage(file.page(0));
    assertThat(t.k.pageWriteback.clearPageDirtyForIo(file.page(0))).isTrue();
    assertThat(t.k.pageWriteback.clearPageDirtyForIo(file.page(0))).isFalse();
    t.k.filemap.unlockPage(file.page(0));
    assertThatThrownBy(() -> t.k.pageWriteback.clearPageDirtyForIo(file.page(0))).isInstanceOf(KernelBug.class);
  }

  @Test
  void aPageThatIsDirtyAgainKeepsItsTagThroughWriteback() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    file.dirty(0, 5);
    int page = file.page(0);
    t.k.pageWriteback.setPageWriteback(page);
    assertThat(file.isTaggedDirty(0)).isTrue();
    assertThat(file.isTaggedWriteback(0)).isTrue();
    assertThat(t.stat(0, ZoneStat.NR_WRITEBACK)).isEqualTo(1);
    assertThatThrownBy(() -> t.k.pageWriteback.setPageWriteback(page)).isInstanceOf(KernelBug.class);
    t.k.filemap.endPageWriteback(page);
    assertThatThrownBy(() -> t.k.filemap.endPageWriteback(page)).isInstanceOf(KernelBug.class);
    assertThat(t.stat(0, ZoneStat.NR_WRITEBACK)).isZero();
  }

  @Test
  void writeCachePagesWritesWhatIsTaggedInOrder() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 600);
    for (long index : new long[] {599, 3, 513}) {
      file.dirty(index, index);
    }
    List<Long> written = new ArrayList<>();
    assertThat(t.k.pageWriteback.writeCachePages(file.mapping, page -> {
      written.add(t.k.pageIndex(page));
      assertThat(t.frames.has(page, PageFlag.LOCKED)).isTrue();
      return file.mapping.ops().writepage(page);
    })).isZero();
    assertThat(written).containsExactly(3L, 513L, 599L);
    assertThat(t.frames.count(file.page(3))).as("cache and buffers").isEqualTo(2);
  }

  @Test
  void writeCachePagesStopsAtAnError() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 3);
    file.dirty(0, 1);
    file.dirty(2, 1);
    assertThat(t.k.pageWriteback.writeCachePages(file.mapping, page -> {
      t.k.pageWriteback.redirtyPageForWritepage(page);
      t.k.filemap.unlockPage(page);
      return -Err.ENOSPC;
    })).isEqualTo(-Err.ENOSPC);
    assertThat(file.isDirty(0)).isTrue();
    assertThat(file.isDirty(2)).isTrue();
    assertThat(file.dirtyPages()).isEqualTo(2);
  }

  @Test
  void writeCachePagesUnlocksWhatIsGivenBack() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    file.dirty(0, 1);
    assertThat(t.k.pageWriteback.writeCachePages(file.mapping, page -> {
      t.k.pageWriteback.redirtyPageForWritepage(page);
      return AddressSpaceOperations.AOP_WRITEPAGE_ACTIVATE;
    })).isZero();
    assertThat(t.frames.has(file.page(0), PageFlag.LOCKED)).isFalse();
  }

  @Test
  void writeCachePagesPassesOverWhatSomebodyElseHasWritten() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    file.dirty(0, 1);
    t.k.inodes.fsync(file.file);
    // Only the tag is left.
    file.mapping.pageTree().tag(0, PageTree.TAG_DIRTY);
    assertThat(t.k.pageWriteback.writeCachePages(file.mapping, page -> -Err.EIO)).isZero();
    assertThat(t.frames.has(file.page(0), PageFlag.LOCKED)).isFalse();
  }

  @Test
  void fsyncWritesWaitsAndTellsAnErrorOnce() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 2);
    file.dirty(0, 1);
    file.dirty(1, 2);
    t.k.blockDevice.plug();
    assertThat(t.k.inodes.fsync(file.file)).isZero();
    assertThat(file.mapping.host().disk(0)).isEqualTo(1);
    assertThat(file.mapping.host().disk(1)).isEqualTo(2);
    assertThat(file.isUnderWriteback(1)).isFalse();

    file.dirty(0, 3);
    t.k.blockDevice.failing(true);
    assertThat(t.k.inodes.fsync(file.file)).isEqualTo(-Err.EIO);
    t.k.blockDevice.failing(false);
    assertThat(t.k.inodes.fsync(file.file)).isZero();
    file.mapping.host().disk(0, 3);
  }

  @Test
  void fsyncTellsOfAPageInError() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    file.dirty(0, 1);
    t.k.blockDevice.plug();
    int page = file.lockForIo(0);
    file.mapping.ops().writepage(page);
    t.frames.set(page, PageFlag.ERROR);
    assertThat(t.k.inodes.fsync(file.file)).isEqualTo(-Err.EIO);
  }

  @Test
  void fsyncOfMemoryAndOfNothingIsDone() {
    assertThat(t.k.inodes.fsync(new TestFile(t, FileSystem.TMPFS, 1).file)).isZero();
    TestFile ramfs = new TestFile(t, FileSystem.RAMFS, 1);
    assertThat(t.k.inodes.fsync(ramfs.file)).isZero();
    assertThat(ramfs.isDirty(0)).as("for ever").isTrue();
    TestFile empty = new TestFile(t, FileSystem.EXT4, 0);
    empty.mapping.error = -Err.EIO;
    assertThat(t.k.inodes.fsync(empty.file)).as("without pages nobody looks").isZero();
  }

  @Test
  void msyncWritesSharedFilesOnly() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(true);
    long copy = file.map(false);
    t.self.write(address, 6);
    assertThat(t.self.sync(copy, TestKernel.PAGE)).isZero();
    assertThat(file.isDirty(0)).isTrue();
    assertThat(t.self.sync(address, TestKernel.PAGE)).isZero();
    assertThat(file.isDirty(0)).isFalse();
    assertThat(file.mapping.host().disk(0)).isEqualTo(6);
  }
}
