package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.ZoneStat;
import org.junit.jupiter.api.Test;

/** {@code block_write_full_page()} and {@code end_buffer_async_write()}: dirty buffers go to disk. */
class BlockWriteFullPageTest {

  private final TestKernel t = new TestKernel();
  private final TestFile file = new TestFile(t, FileSystem.VFAT, 2);

  private int write(int page) {
    return t.k.buffer.blockWriteFullPage(page, (inode, index, bh, create) -> -Err.ENOSPC);
  }

  @Test
  void onARamDiskItIsWrittenWhenTheCallReturns() {
    file.dirty(1, 7);
    int page = file.lockForIo(1);

    assertThat(write(page)).isZero();

    assertThat(file.mapping.host().disk(1)).isEqualTo(7);
    assertThat(file.mapping.host().disk(0)).isZero();
    assertThat(t.frames.has(page, PageFlag.LOCKED | PageFlag.WRITEBACK | PageFlag.DIRTY)).isFalse();
    assertThat(file.anyBuffer(1, BufferHeads.DIRTY | BufferHeads.LOCK | BufferHeads.ASYNC_WRITE)).isFalse();
    assertThat(file.allBuffers(1, BufferHeads.UPTODATE)).isTrue();
    assertThat(file.isTaggedDirty(1)).isFalse();
    assertThat(t.stat(0, ZoneStat.NR_WRITEBACK)).isZero();
  }

  @Test
  void untilItIsWrittenThePageIsUnderWritebackAndUnlocked() {
    file.dirty(1, 7);
    int page = file.lockForIo(1);
    t.k.blockDevice.plug();

    assertThat(write(page)).isZero();

    assertThat(file.isUnderWriteback(1)).isTrue();
    assertThat(file.isTaggedWriteback(1)).isTrue();
    assertThat(file.isTaggedDirty(1)).isFalse();
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    assertThat(file.allBuffers(1, BufferHeads.LOCK)).isTrue();
    assertThat(t.stat(0, ZoneStat.NR_WRITEBACK)).isEqualTo(1);
    assertThat(file.mapping.host().disk(1)).isZero();

    t.k.filemap.waitOnPageWriteback(page);

    assertThat(file.isUnderWriteback(1)).isFalse();
    assertThat(file.isTaggedWriteback(1)).isFalse();
    assertThat(file.mapping.host().disk(1)).isEqualTo(7);
  }

  @Test
  void writebackEndsWithTheLastBuffer() {
    file.dirty(1, 7);
    int page = file.lockForIo(1);
    t.k.blockDevice.plug();
    write(page);

    int left = file.buffers(1).size();
    for (int bh : file.buffers(1)) {
      assertThat(file.isUnderWriteback(1)).as(left + " buffers to go").isTrue();
      t.k.buffer.endBufferAsyncWrite(bh, true);
      assertThat(file.heads().has(bh, BufferHeads.LOCK)).isFalse();
      left--;
    }
    assertThat(file.isUnderWriteback(1)).isFalse();
    // What the disk would have done.
    file.mapping.host().disk(1, 7);
    t.k.blockDevice.forget();
  }

  @Test
  void cleanBuffersAreNotWritten() {
    file.dirty(1, 7);
    int page = file.lockForIo(1);
    file.buffers(1).forEach(bh -> file.heads().clear(bh, BufferHeads.DIRTY));
    t.k.blockDevice.plug();

    assertThat(write(page)).isZero();

    assertThat(file.isUnderWriteback(1)).as("somebody has written them by hand").isFalse();
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    file.mapping.host().disk(1, 7);
  }

  @Test
  void aPageWithoutBuffersGetsDirtyOnes() {
    int page = file.page(1);
    t.k.filemap.lockPage(page);
    assertThat(t.k.buffer.tryToFreeBuffers(page)).isTrue();
    t.k.filemap.unlockPage(page);
    t.frames.content(page, 9);
    t.k.pageWriteback.setPageDirty(page);
    file.lockForIo(1);

    assertThat(t.k.buffer.blockWriteFullPage(page, (inode, index, bh, create) -> {
      assertThat(create).isTrue();
      assertThat(index).isEqualTo(1);
      file.heads().set(bh, BufferHeads.MAPPED | BufferHeads.NEW);
      return 0;
    })).isZero();

    assertThat(file.buffers(1)).hasSize(8);
    assertThat(file.anyBuffer(1, BufferHeads.NEW | BufferHeads.DIRTY)).isFalse();
    assertThat(file.mapping.host().disk(1)).isEqualTo(9);
  }

  @Test
  void aDelayedBufferIsGivenItsPlace() {
    file.dirty(1, 7);
    int page = file.lockForIo(1);
    file.heads().set(file.buffers(1).get(3), BufferHeads.DELAY);

    assertThat(t.k.buffer.blockWriteFullPage(page, (inode, index, bh, create) -> 0)).isZero();

    assertThat(file.anyBuffer(1, BufferHeads.DELAY)).isFalse();
  }

  @Test
  void withoutRoomOnDiskThePageIsInErrorAndWhatHasAPlaceIsWritten() {
    file.dirty(1, 7);
    int page = file.lockForIo(1);
    file.heads().clear(file.buffers(1).get(5), BufferHeads.MAPPED);

    assertThat(write(page)).isEqualTo(-Err.ENOSPC);

    assertThat(file.mapping.error).isEqualTo(-Err.ENOSPC);
    assertThat(t.frames.has(page, PageFlag.ERROR)).isTrue();
    assertThat(t.frames.has(page, PageFlag.LOCKED | PageFlag.WRITEBACK)).isFalse();
    assertThat(file.anyBuffer(1, BufferHeads.DIRTY)).as("the one without a place was given up").isFalse();
    assertThat(file.mapping.host().disk(1)).isEqualTo(7);
  }

  @Test
  void aWriteThatFailsIsNotedOnBufferPageAndFile() {
    file.dirty(1, 7);
    int page = file.lockForIo(1);
    t.k.blockDevice.failing(true);

    assertThat(write(page)).isZero();

    assertThat(file.mapping.error).isEqualTo(-Err.EIO);
    assertThat(t.frames.has(page, PageFlag.ERROR)).isTrue();
    assertThat(file.allBuffers(1, BufferHeads.WRITE_EIO)).isTrue();
    assertThat(file.anyBuffer(1, BufferHeads.UPTODATE)).isFalse();
    assertThat(file.mapping.host().disk(1)).isZero();
    assertThat(t.frames.has(page, PageFlag.WRITEBACK)).isFalse();
  }

  @Test
  void aPageBeyondTheEndOfItsFileIsNotWritten() {
    file.dirty(1, 7);
    int page = file.lockForIo(1);
    file.mapping.host().pages = 1;

    assertThat(write(page)).isZero();

    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    assertThat(t.k.buffer.pageHasBuffers(page)).as("they were dropped").isFalse();
    assertThat(file.mapping.host().disk(1)).isZero();
    t.k.truncate.truncateInodePages(file.mapping);
  }
}
