package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.PageFlag;
import org.junit.jupiter.api.Test;

/** Where blocks come from: ext4's delayed allocation and {@code ext4_writepage()}, fat's {@code cont_write_begin()}. */
class DelayedAllocationTest {

  private final TestKernel t = new TestKernel();

  @Test
  void aNewBlockIsPromisedUntilThePageIsWritten() {
    TestFile file = new TestFile(t, FileSystem.EXT4, 1);
    file.dirty(2, 5);
    assertThat(file.allBuffers(2, BufferHeads.DELAY)).isTrue();
    assertThat(file.allBuffers(2, BufferHeads.MAPPED)).isTrue();
    assertThat(file.anyBuffer(2, BufferHeads.NEW)).isFalse();
    assertThat(file.mapping.host().pages).isEqualTo(3);

    int page = file.lockForIo(2);
    assertThat(file.mapping.ops().writepage(page)).isZero();
    assertThat(file.isDirty(2)).as("writepage() allocates nothing").isTrue();
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    assertThat(file.mapping.host().disk(2)).isEqualTo(Inode.HOLE);

    assertThat(t.k.inodes.fsync(file.file)).isZero();
    assertThat(file.anyBuffer(2, BufferHeads.DELAY)).isFalse();
    assertThat(file.mapping.host().disk(2)).isEqualTo(5);
    assertThat(file.mapping.host().disk(1)).as("a hole").isEqualTo(Inode.HOLE);
  }

  @Test
  void aPromisedBlockMovesWithItsPage() {
    TestFile file = new TestFile(t, FileSystem.EXT4, 0);
    file.dirty(0, 5);
    t.k.swap.lruAddDrainAll();
    assertThat(t.k.migrate.migratePages(t.isolate(file.page(0)), t.new To(1), false)).isZero();
    assertThat(file.allBuffers(0, BufferHeads.DELAY)).isTrue();
    t.k.inodes.fsync(file.file);
    assertThat(file.mapping.host().disk(0)).isEqualTo(5);
  }

  @Test
  void aBlockThatIsThereIsNotPromisedAgain() {
    TestFile file = new TestFile(t, FileSystem.EXT4, 1);
    t.k.filemap.lockPage(file.page(0));
    t.k.buffer.tryToReleasePage(file.page(0));
    t.k.filemap.unlockPage(file.page(0));
    file.dirty(0, 6);
    assertThat(file.anyBuffer(0, BufferHeads.DELAY | BufferHeads.NEW)).isFalse();
  }

  @Test
  void aDirtyPageThatLostItsBuffersIsWritten() {
    TestFile file = new TestFile(t, FileSystem.EXT4, 1);
    t.k.filemap.lockPage(file.page(0));
    t.k.buffer.tryToReleasePage(file.page(0));
    t.k.filemap.unlockPage(file.page(0));
    t.frames.content(file.page(0), 6);
    t.k.pageWriteback.setPageDirty(file.page(0));
    t.k.inodes.fsync(file.file);
    assertThat(file.mapping.host().disk(0)).isEqualTo(6);
    assertThat(file.isDirty(0)).isFalse();
  }

  @Test
  void fatFillsWhatLiesBeforeAPage() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    file.dirty(3, 5);
    for (long index : new long[] {1, 2}) {
      assertThat(file.isDirty(index)).isTrue();
      assertThat(t.frames.content(file.page(index))).isZero();
      assertThat(t.frames.has(file.page(index), PageFlag.UPTODATE)).isTrue();
    }
    assertThat(file.isDirty(0)).isFalse();
    assertThat(file.anyBuffer(3, BufferHeads.DELAY)).isFalse();
    t.k.inodes.fsync(file.file);
    assertThat(file.mapping.host().disk(1)).isZero();
    assertThat(file.mapping.host().disk(3)).isEqualTo(5);
  }

  @Test
  void aPageThatGetsItsFirstBlockWhileUptodateHasItDirty() {
    TestFile file = new TestFile(t, FileSystem.EXT4, 1);
    file.mapping.host().pages = 2;
    long address = file.map(true) + TestKernel.PAGE;
    t.self.read(address);
    int page = file.page(1);
    t.k.filemap.lockPage(page);
    assertThat(t.k.buffer.blockPrepareWrite(page, (inode, index, bh, create) -> {
      file.heads().set(bh, BufferHeads.MAPPED | BufferHeads.NEW);
      return 0;
    })).isZero();
    assertThat(file.isDirty(1)).isTrue();
    assertThat(file.allBuffers(1, BufferHeads.UPTODATE)).isTrue();
    assertThat(file.anyBuffer(1, BufferHeads.NEW)).isFalse();
    t.k.filemap.unlockPage(page);
  }

  @Test
  void withoutRoomThePageIsGivenBackUnfilled() {
    TestFile file = new TestFile(t, FileSystem.EXT4, 0);
    assertThat(t.k.buffer.blockWriteBegin(file.mapping, 0, (inode, index, bh, create) -> -Err.ENOSPC)).isEqualTo(-Err.ENOSPC);
    int page = file.page(0);
    assertThat(t.frames.has(page, PageFlag.LOCKED | PageFlag.UPTODATE)).isFalse();
    file.dirty(0, 1);
  }
}
