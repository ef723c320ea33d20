package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.Journal;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Scheduler.At;
import io.github.pageferry.sim.mm.VmFile;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What 2.6.18 does otherwise with files: ext3's {@code writepage}, shared memory on its way to swap space, and faults. */
class OldFilesTest {

  private static final long PAGE = TestKernel.PAGE;

  private final TestKernel t = new TestKernel(Machines.SMALL, "2.6.18");

  /** A page that reads as zeroes since there is nothing on disk, written through a mapping. */
  private static long writtenHole(TestKernel t, VmFile file) {
    t.k.truncate.truncateAndExtend(file.inode());
    long address = t.place();
    t.self.mapFile(address, 1, TestKernel.RW, file, true);
    t.self.read(address);
    t.self.write(address, 7);
    return address;
  }

  /** {@code ext3_ordered_writepage()} allocates where there is a hole; ext4 did so in {@code page_mkwrite}. */
  @Test
  void whatIsWrittenIntoAHoleReachesTheDisk() {
    VmFile file = t.self.createFile(FileSystem.EXT4, 1);
    long address = writtenHole(t, file);
    assertThat(t.self.sync(address, PAGE)).isZero();
    assertThat(file.inode().disk(0)).isEqualTo(7);
  }

  /** {@code ext3_journalled_writepage()}, too. */
  @Test
  void whatIsWrittenIntoAHoleReachesTheJournal() {
    VmFile file = t.self.createFile(FileSystem.EXT4_JOURNALLED, 1);
    long address = writtenHole(t, file);
    assertThat(t.self.sync(address, PAGE)).isZero();
    int head = t.k.buffer.pageBuffers(t.pageAt(address));
    assertThat(Objects.requireNonNull(file.inode().sb().journal()).checkpointed).contains(head);
  }

  /** ext4's writepage lets go of the lock before it passes a page on to the journal; ext3's does afterwards. */
  @ParameterizedTest
  @CsvSource({"2.6.18, true", "2.6.36, false"})
  void theJournalHasThePageBeforeItIsUnlocked(String release, boolean before) {
    OneTask task = new OneTask();
    TestKernel old = new TestKernel(Machines.boot(new MachineSpec(4, 16L << 20, 1), release, task));
    task.attach(old.k);
    VmFile file = old.self.createFile(FileSystem.EXT4_JOURNALLED, 1);
    Journal journal = Objects.requireNonNull(file.inode().sb().journal());
    int page = old.pageAt(writtenHole(old, file));
    old.k.jbd2.journalCommitTransaction(journal);
    old.k.pageWriteback.setPageDirty(page);
    old.k.filemap.lockPage(page);
    old.k.pageWriteback.clearPageDirtyForIo(page);
    boolean[] filed = new boolean[1];
    task.next(At.UNLOCK_PAGE, () -> filed[0] = !journal.buffers.isEmpty());
    file.inode().mapping().ops().writepage(page);
    assertThat(filed[0]).isEqualTo(before);
    assertThat(journal.buffers).isNotEmpty();
    assertThat(old.frames.has(page, PageFlag.LOCKED)).isFalse();
  }

  /** {@code move_to_swap_cache()}: it takes reclaim to come by a second time to write the page. */
  @Test
  void aPageOfSharedMemoryGoesToTheSwapCacheFirst() {
    t.machine.swapOn(16);
    long address = t.shared(1, 1);
    int page = t.pageAt(address);
    AddressSpace mapping = Objects.requireNonNull(t.vma(address).mapping());
    assertThat(t.self.reclaim(address)).isZero();
    assertThat(mapping.pageTree().get(0)).isZero();
    assertThat(mapping.host().swapped()).containsEntry(0L, 1);
    assertThat(t.frames.has(page, PageFlag.SWAPCACHE)).isTrue();
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isTrue();
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    assertThat(t.k.vmscanReclaim.reclaimPage(page)).isTrue();
    assertThat(t.self.holds(address)).isFalse();
    assertThat(t.self.read(address)).isZero();
    assertThat(t.self.peek(address)).isEqualTo(1);
  }

  /** Until 2.6.29 a fault of a file's page is a use of it, as {@code read(2)} is: the second one makes it active. */
  @ParameterizedTest
  @EnumSource(value = FileSystem.class, names = {"TMPFS", "EXT4"})
  void faultsCountAsUses(FileSystem on) {
    VmFile file = t.self.createFile(on, 1);
    t.k.swap.lruAddDrainAll();
    int page = file.inode().mapping().pageTree().get(0);
    t.frames.clear(page, PageFlag.REFERENCED | PageFlag.ACTIVE);
    for (int uses = 1; uses <= 2; uses++) {
      long address = t.place();
      t.self.mapFile(address, 1, TestKernel.RW, file, true);
      t.self.read(address);
      assertThat(t.frames.has(page, PageFlag.REFERENCED)).isEqualTo(uses == 1);
      assertThat(t.frames.has(page, PageFlag.ACTIVE)).isEqualTo(uses == 2);
    }
  }
}
