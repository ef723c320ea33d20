package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code try_to_free_buffers()} and {@code try_to_release_page()}: a page loses its buffers, unless one of them is busy. */
class TryToFreeBuffersTest {

  private final TestKernel t = new TestKernel();
  private final TestFile file = new TestFile(t, FileSystem.VFAT, 1);
  private final int page = file.page(0);
  private final int live = t.k.bufferHeads.live();

  @BeforeEach
  void lock() {
    t.k.filemap.lockPage(page);
  }

  private void expectKept() {
    assertThat(t.k.buffer.tryToFreeBuffers(page)).isFalse();
    assertThat(t.k.buffer.pageHasBuffers(page)).isTrue();
    assertThat(t.k.bufferHeads.live()).isEqualTo(live);
    t.k.filemap.unlockPage(page);
  }

  @Test
  void cleanBuffersGoWithTheirReference() {
    assertThat(t.frames.count(page)).isEqualTo(2);
    assertThat(t.k.buffer.tryToFreeBuffers(page)).isTrue();
    t.k.filemap.unlockPage(page);
    assertThat(t.frames.count(page)).isEqualTo(1);
    assertThat(t.frames.has(page, PageFlag.PRIVATE)).isFalse();
    assertThat(t.frames.privateOf(page)).isZero();
    assertThat(live).isEqualTo(8);
    assertThat(t.k.bufferHeads.live()).isZero();
  }

  @Test
  void freedBuffersAreUsedAgain() {
    int head = t.k.buffer.pageBuffers(page);
    t.k.buffer.tryToFreeBuffers(page);
    t.k.filemap.unlockPage(page);
    int again = t.k.bufferHeads.alloc(page);
    assertThat(again).isBetween(head, head + 8);
    assertThat(t.k.bufferHeads.thisPage(again)).isEqualTo(again);
    t.k.bufferHeads.free(again);
  }

  @Test
  void aDirtyBufferIsBusy() {
    t.k.filemap.unlockPage(page);
    t.k.buffer.markBufferDirty(file.buffers(0).get(7));
    t.k.filemap.lockPage(page);
    expectKept();
  }

  @Test
  void aLockedBufferIsBusy() {
    file.heads().lock(file.buffers(0).get(7));
    expectKept();
    file.heads().unlock(file.buffers(0).get(7));
  }

  @Test
  void aBufferThatSomebodyHoldsIsBusy() {
    file.heads().get(file.buffers(0).get(7));
    expectKept();
    file.heads().put(file.buffers(0).get(7));
  }

  @Test
  void duringWritebackNothingIsFreed() {
    t.k.pageWriteback.setPageWriteback(page);
    assertThat(t.k.buffer.tryToReleasePage(page)).isFalse();
    expectKept();
    t.k.filemap.endPageWriteback(page);
  }

  @Test
  void aDirtyPageWithCleanBuffersIsClean() {
    t.k.pageWriteback.setPageDirtyNobuffers(page);
    assertThat(file.dirtyPages()).isEqualTo(1);
    assertThat(t.k.buffer.tryToFreeBuffers(page)).isTrue();
    t.k.filemap.unlockPage(page);
    assertThat(file.isDirty(0)).isFalse();
    assertThat(file.dirtyPages()).isZero();
  }

  @Test
  void anErrorOfABufferIsTheFiles() {
    file.heads().set(file.buffers(0).get(2), BufferHeads.WRITE_EIO);
    assertThat(t.k.buffer.tryToReleasePage(page)).isTrue();
    t.k.filemap.unlockPage(page);
    assertThat(file.mapping.error).isEqualTo(-Err.EIO);
  }

  @Test
  void withoutThePageLockTheKernelStops() {
    t.k.filemap.unlockPage(page);
    assertThatThrownBy(() -> t.k.buffer.tryToFreeBuffers(page)).isInstanceOf(KernelBug.class);
    assertThatThrownBy(() -> t.k.buffer.tryToReleasePage(page)).isInstanceOf(KernelBug.class);
  }

  @Test
  void theFileSystemReleasesWhereItWantsTo() {
    t.k.filemap.unlockPage(page);
    TestFile ext4 = new TestFile(t, FileSystem.EXT4, 1);
    t.k.filemap.lockPage(ext4.page(0));
    assertThat(t.k.buffer.tryToReleasePage(ext4.page(0))).isTrue();
    assertThat(t.k.buffer.tryToReleasePage(ext4.page(0))).as("ext4_releasepage() of a page without buffers").isFalse();
    t.k.filemap.unlockPage(ext4.page(0));
  }
}
