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
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code migrate_page_copy()}: content and flags of one page for another; most tests use two pages that nothing refers to. */
class MigratePageCopyTest {

  private final TestKernel t = new TestKernel();
  private final int page = t.newPage(1);
  private final int newPage = t.newPage(2);

  private void copy() {
    t.k.migrate.migratePageCopy(newPage, page);
  }

  private void freeBoth() {
    t.frames.flags(page, 0);
    t.frames.flags(newPage, 0);
    t.frames.mapping(newPage, 0);
    t.free(page);
    t.free(newPage);
  }

  @Test
  void theContentIsCopied() {
    t.frames.content(page, 42);
    copy();
    assertThat(t.frames.content(newPage)).isEqualTo(42);
    freeBoth();
  }

  @ParameterizedTest
  @ValueSource(ints = {PageFlag.ERROR, PageFlag.REFERENCED, PageFlag.UPTODATE, PageFlag.CHECKED, PageFlag.MAPPEDTODISK})
  void flagsThatAreCopiedStayOnTheOldPage(int flag) {
    t.frames.flags(page, flag);
    copy();
    assertThat(t.frames.flags(newPage)).isEqualTo(flag);
    assertThat(t.frames.flags(page)).isEqualTo(flag);
    freeBoth();
  }

  @ParameterizedTest
  @ValueSource(ints = {PageFlag.ACTIVE, PageFlag.UNEVICTABLE})
  void theListFlagIsHandedOver(int flag) {
    t.frames.flags(page, flag);
    copy();
    assertThat(t.frames.flags(newPage)).isEqualTo(flag);
    assertThat(t.frames.flags(page)).isZero();
    freeBoth();
  }

  @Test
  void activeAndUnevictableExcludeEachOther() {
    t.frames.flags(page, PageFlag.ACTIVE | PageFlag.UNEVICTABLE);
    assertThatThrownBy(this::copy).isInstanceOf(KernelBug.class);
    Machines.expectCrash();
  }

  @ParameterizedTest
  @ValueSource(ints = {PageFlag.RECLAIM, PageFlag.PRIVATE_2, PageFlag.SWAPBACKED, PageFlag.LRU})
  void otherFlagsAreNoMatter(int flag) {
    t.frames.flags(page, flag);
    copy();
    assertThat(t.frames.flags(newPage)).isZero();
    assertThat(t.frames.flags(page)).isEqualTo(flag);
    freeBoth();
  }

  @Test
  void theOldPageBelongsToNobodyAfterwards() {
    t.frames.flags(page, PageFlag.PRIVATE | PageFlag.SWAPCACHE);
    t.frames.privateOf(page, 77);
    t.frames.mapping(page, 4 | 1);
    copy();
    assertThat(t.frames.mapping(page)).isZero();
    assertThat(t.frames.privateOf(page)).isZero();
    assertThat(t.frames.flags(page)).isZero();
    assertThat(t.frames.flags(newPage)).isZero();
    freeBoth();
  }

  @Test
  void anAnonymousPagesDirtinessIsHandedOver() {
    t.frames.flags(page, PageFlag.DIRTY | PageFlag.LOCKED);
    copy();
    assertThat(t.frames.flags(page)).isEqualTo(PageFlag.LOCKED);
    assertThat(t.frames.flags(newPage)).isEqualTo(PageFlag.DIRTY);
    freeBoth();
  }

  @Test
  void aNewPageUnderWritebackIsSoNoLonger() {
    t.k.pageWriteback.setPageWriteback(newPage);
    assertThat(t.stat(2, ZoneStat.NR_WRITEBACK)).isEqualTo(1);
    copy();
    assertThat(t.frames.has(newPage, PageFlag.WRITEBACK)).isFalse();
    assertThat(t.stat(2, ZoneStat.NR_WRITEBACK)).isZero();
    freeBoth();
  }

  @Test
  void mlockedIsHandedOverWithItsCounter() {
    t.frames.flags(page, PageFlag.MLOCKED);
    t.k.incZonePageState(page, ZoneStat.NR_MLOCK);
    copy();
    assertThat(t.frames.flags(page)).isZero();
    assertThat(t.frames.flags(newPage)).isEqualTo(PageFlag.MLOCKED);
    assertThat(t.stat(1, ZoneStat.NR_MLOCK)).isZero();
    assertThat(t.stat(2, ZoneStat.NR_MLOCK)).isEqualTo(1);
    t.k.decZonePageState(newPage, ZoneStat.NR_MLOCK);
    freeBoth();
  }

  @Test
  void aDirtyFilesCountersAndTagStayRight() {
    t.free(page);
    t.free(newPage);
    long address = t.file(FileSystem.EXT4, 1);
    t.self.write(address, 5);
    int old = t.pageAt(address);
    AddressSpace mapping = Objects.requireNonNull(t.k.pageMapping(old));
    assertThat(t.stat(0, ZoneStat.NR_FILE_DIRTY)).isEqualTo(1);
    TestKernel.To to = t.new To(2);

    assertThat(t.k.migrate.migratePages(t.isolate(old), to, false)).isZero();

    int now = t.pageAt(address);
    assertThat(t.frames.pageToNid(now)).isEqualTo(2);
    assertThat(t.frames.has(now, PageFlag.DIRTY)).isTrue();
    assertThat(mapping.pageTree().isTagged(0, PageTree.TAG_DIRTY)).isTrue();
    assertThat(t.stat(0, ZoneStat.NR_FILE_DIRTY)).isZero();
    assertThat(t.stat(2, ZoneStat.NR_FILE_DIRTY)).isEqualTo(1);
  }

  /** __set_page_dirty_nobuffers(): set_page_dirty() would signal that all of the page has become dirty. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theBuffersOfADirtyPageAreAsDirtyAsTheyWere(boolean dirtyBuffer) {
    freeBoth();
    long address = t.file(FileSystem.EXT4, 1);
    int old = t.pageAt(address);
    int bh = t.k.buffer.pageBuffers(old);
    if (dirtyBuffer) {
      t.k.buffer.markBufferDirty(bh);
    } else {
      t.k.pageWriteback.redirtyPageForWritepage(old);
    }
    assertThat(t.frames.has(old, PageFlag.DIRTY)).isTrue();
    assertThat(t.k.bufferHeads.has(bh, BufferHeads.DIRTY)).isEqualTo(dirtyBuffer);

    assertThat(t.k.migrate.migratePages(t.isolate(old), t.new To(2), false)).isZero();

    int now = t.pageAt(address);
    assertThat(t.frames.pageToNid(now)).isEqualTo(2);
    assertThat(t.frames.has(now, PageFlag.DIRTY)).isTrue();
    assertThat(t.k.buffer.pageBuffers(now)).isEqualTo(bh);
    assertThat(t.k.bufferHeads.has(bh, BufferHeads.DIRTY)).isEqualTo(dirtyBuffer);
  }
}
