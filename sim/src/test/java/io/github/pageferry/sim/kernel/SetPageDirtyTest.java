package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.PageFlag;
import org.junit.jupiter.api.Test;

/** {@code set_page_dirty()} by kind of file, and {@code mark_buffer_dirty()}. */
class SetPageDirtyTest {

  private final TestKernel t = new TestKernel();

  @Test
  void withBuffersAllOfThemAreDirty() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 2);
    assertThat(t.k.pageWriteback.setPageDirty(file.page(1))).isTrue();
    assertThat(file.allBuffers(1, BufferHeads.DIRTY)).isTrue();
    assertThat(file.isDirty(1)).isTrue();
    assertThat(file.isTaggedDirty(1)).isTrue();
    assertThat(file.isDirty(0)).isFalse();
    assertThat(file.isTaggedDirty(0)).isFalse();
    assertThat(file.dirtyPages()).isEqualTo(1);

    assertThat(t.k.pageWriteback.setPageDirty(file.page(1))).as("it was already").isFalse();
    assertThat(file.dirtyPages()).isEqualTo(1);
  }

  @Test
  void withoutBuffersThePageAlone() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    t.k.filemap.lockPage(file.page(0));
    t.k.buffer.tryToFreeBuffers(file.page(0));
    t.k.filemap.unlockPage(file.page(0));
    assertThat(t.k.pageWriteback.setPageDirty(file.page(0))).isTrue();
    assertThat(file.isTaggedDirty(0)).isTrue();
    assertThat(t.k.buffer.pageHasBuffers(file.page(0))).isFalse();
  }

  @Test
  void aPageOutOfItsFileIsJustDirty() {
    int page = t.newPage(0);
    assertThat(t.k.buffer.setPageDirtyBuffers(page)).isTrue();
    assertThat(t.k.buffer.setPageDirtyBuffers(page)).isFalse();
    assertThat(t.k.pageWriteback.setPageDirtyNobuffers(page)).isFalse();
    t.frames.clear(page, PageFlag.DIRTY);
    assertThat(t.k.pageWriteback.setPageDirtyNobuffers(page)).isTrue();
    assertThat(t.k.pageWriteback.setPageDirty(page)).isFalse();
    t.frames.clear(page, PageFlag.DIRTY);
    assertThat(t.k.pageWriteback.setPageDirty(page)).isTrue();
    t.free(page);
  }

  @Test
  void ofMemoryThatIsNeverWrittenNothingIsCounted() {
    for (FileSystem memory : new FileSystem[] {FileSystem.TMPFS, FileSystem.RAMFS}) {
      TestFile file = new TestFile(t, memory, 1);
      t.frames.clear(file.page(0), PageFlag.DIRTY);
      assertThat(t.k.pageWriteback.setPageDirty(file.page(0))).isTrue();
      assertThat(t.k.pageWriteback.setPageDirty(file.page(0))).isFalse();
      assertThat(file.isDirty(0)).isTrue();
      assertThat(file.isTaggedDirty(0)).isFalse();
      assertThat(file.dirtyPages()).isZero();
    }
  }

  @Test
  void ofJournalledDataThePageIsMarkedForItsNextWritepage() {
    TestFile file = new TestFile(t, FileSystem.EXT4_JOURNALLED, 1);
    t.k.inodes.fsync(file.file);
    t.k.inodes.fsync(file.file);
    assertThat(file.isDirty(0)).isFalse();
    assertThat(t.k.pageWriteback.setPageDirty(file.page(0))).isTrue();
    assertThat(t.frames.has(file.page(0), PageFlag.CHECKED)).isTrue();
    assertThat(file.anyBuffer(0, BufferHeads.DIRTY)).isFalse();
    assertThat(file.isTaggedDirty(0)).isTrue();
  }

  @Test
  void aBufferMakesItsPageDirtyAndNoneOfItsKin() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    int bh = file.buffers(0).get(2);
    t.k.buffer.markBufferDirty(bh);
    t.k.buffer.markBufferDirty(bh);
    assertThat(file.buffers(0)).filteredOn(b -> file.heads().has(b, BufferHeads.DIRTY)).containsExactly(bh);
    assertThat(file.isDirty(0)).isTrue();
    assertThat(file.isTaggedDirty(0)).isTrue();
    assertThat(file.dirtyPages()).isEqualTo(1);
    t.k.buffer.markBufferDirty(file.buffers(0).get(3));
    assertThat(file.dirtyPages()).isEqualTo(1);
  }
}
