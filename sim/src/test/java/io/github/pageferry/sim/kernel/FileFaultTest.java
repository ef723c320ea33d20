package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.VmOperations;
import io.github.pageferry.sim.mm.VmOperations.Fault;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Faults of mapped files: {@code filemap_fault()}, {@code __do_fault()} and {@code do_wp_page()}, {@code ext4_page_mkwrite()}. */
class FileFaultTest {

  private final TestKernel t = new TestKernel();

  private static final List<FileSystem> ON_DISK = List.of(FileSystem.EXT4, FileSystem.EXT4_JOURNALLED, FileSystem.VFAT);

  /** A file with one page more than was ever written. */
  private TestFile withHole(FileSystem on) {
    TestFile file = new TestFile(t, on, 1);
    file.mapping.host().pages = 2;
    return file;
  }

  @Test
  void aReadMapsTheCachedPageReadOnly() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 2);
    long address = file.map(true);
    int references = t.frames.count(file.page(1));
    assertThat(t.self.read(address + TestKernel.PAGE)).isZero();
    assertThat(t.pageAt(address + TestKernel.PAGE)).isEqualTo(file.page(1));
    assertThat(Pte.write(t.pte(address + TestKernel.PAGE))).isFalse();
    assertThat(t.pte(address)).as("no fault around").isZero();
    assertThat(t.frames.count(file.page(1))).isEqualTo(references + 1);
    assertThat(t.frames.has(file.page(1), PageFlag.LOCKED)).isFalse();
    assertThat(t.stat(0, ZoneStat.NR_FILE_MAPPED)).isEqualTo(1);
    assertThat(t.k.current.mm().filePages).isEqualTo(1);
  }

  @Test
  void beyondTheEndOfTheFileIsASignal() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = t.place();
    t.self.mapFile(address, 2, TestKernel.RW, file.file, true);
    assertThat(t.self.read(address + TestKernel.PAGE)).isEqualTo(-Err.EFAULT);
    assertThat(t.self.write(address + TestKernel.PAGE, 1)).isEqualTo(-Err.EFAULT);
    assertThat(t.k.filemapFiles.filemapFault(t.vma(address), new Fault(1, false))).isEqualTo(VmOperations.FAULT_SIGBUS);
    assertThat(t.self.read(address)).isZero();
  }

  @Test
  void aPageThatIsNotCachedIsRead() {
    for (FileSystem on : ON_DISK) {
      TestFile file = new TestFile(t, on, 1);
      file.dirty(0, 4);
      t.k.inodes.fsync(file.file);
      t.k.inodes.fsync(file.file);
      // Out of the cache, but not out of the file.
      t.k.truncate.truncateInodePages(file.mapping);

      long address = file.map(true);
      assertThat(t.self.read(address)).isZero();
      assertThat(t.self.peek(address)).isEqualTo(4);
      assertThat(t.frames.has(file.page(0), PageFlag.UPTODATE)).isTrue();
      assertThat(t.frames.has(file.page(0), PageFlag.MAPPEDTODISK)).isTrue();
      assertThat(t.frames.has(file.page(0), PageFlag.PRIVATE)).as("read without buffers").isFalse();
      assertThat(t.frames.count(file.page(0))).as("cache, entry, pagevec").isEqualTo(3);
    }
  }

  @Test
  void aHoleIsReadAsZeroesAndAWriteFillsIt() {
    for (FileSystem on : List.of(FileSystem.EXT4, FileSystem.EXT4_JOURNALLED)) {
      TestFile file = withHole(on);
      long address = file.map(true) + TestKernel.PAGE;
      assertThat(t.self.read(address)).isZero();
      assertThat(t.self.peek(address)).isZero();
      assertThat(t.frames.has(file.page(1), PageFlag.MAPPEDTODISK)).isFalse();
      assertThat(t.self.write(address, 8)).isZero();
      assertThat(file.allBuffers(1, BufferHeads.MAPPED)).isTrue();
      assertThat(file.isDirty(1)).isTrue();
      assertThat(Pte.write(t.pte(address))).isTrue();
      assertThat(file.mapping.host().disk(1)).isEqualTo(Inode.HOLE);
      // A file that journals its data has it in the log after this, and on its place after the next.
      t.k.inodes.fsync(file.file);
      t.k.inodes.fsync(file.file);
      assertThat(file.mapping.host().disk(1)).isEqualTo(8);
    }
  }

  @Test
  void aHoleOfRamfsIsAPageOfZeroesThatIsClean() {
    TestFile file = withHole(FileSystem.RAMFS);
    long address = file.map(true) + TestKernel.PAGE;
    assertThat(t.self.read(address)).isZero();
    assertThat(t.self.peek(address)).isZero();
    assertThat(file.isDirty(1)).isFalse();
    assertThat(t.frames.has(file.page(1), PageFlag.LOCKED)).isFalse();
  }

  @Test
  void withoutMemoryForThePageTheFaultFails() {
    TestFile file = withHole(FileSystem.EXT4);
    long address = file.map(true) + TestKernel.PAGE;
    List<List<Integer>> taken = List.of(t.exhaust(0), t.exhaust(1), t.exhaust(2), t.exhaust(3));
    assertThat(t.k.filemapFiles.filemapFault(t.vma(address), new Fault(1, false))).isEqualTo(VmOperations.FAULT_OOM);
    assertThat(t.k.filemapFiles.genericPerformWrite(file.file, 1, 1)).isEqualTo(-Err.ENOMEM);
    taken.forEach(t::refill);
  }

  @Test
  void aPageThatCouldNotBeReadIsASignal() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(true);
    t.frames.clear(file.page(0), PageFlag.UPTODATE);
    int references = t.frames.count(file.page(0));
    assertThat(t.self.read(address)).isEqualTo(-Err.EFAULT);
    assertThat(t.frames.has(file.page(0), PageFlag.LOCKED)).isFalse();
    assertThat(t.frames.count(file.page(0))).isEqualTo(references);
  }

  @Test
  void theFirstWriteToASharedMappingIsNoticed() {
    for (FileSystem on : ON_DISK) {
      TestFile file = new TestFile(t, on, 1);
      t.k.inodes.fsync(file.file);
      long address = file.map(true);
      assertThat(t.self.write(address, 1)).isZero();
      assertThat(file.isDirty(0)).isTrue();
      assertThat(Pte.write(t.pte(address)) && Pte.dirty(t.pte(address))).isTrue();
      assertThat(t.frames.content(file.page(0))).isEqualTo(1);
      t.k.inodes.fsync(file.file);
    }
  }

  @Test
  void theFirstWriteAfterAReadIsNoticedToo() {
    for (FileSystem on : ON_DISK) {
      TestFile file = new TestFile(t, on, 1);
      t.k.inodes.fsync(file.file);
      long address = file.map(true);
      t.self.read(address);
      int references = t.frames.count(file.page(0));
      assertThat(t.self.write(address, 1)).isZero();
      assertThat(file.isDirty(0)).isTrue();
      assertThat(t.frames.count(file.page(0))).isEqualTo(references);
      assertThat(t.frames.has(file.page(0), PageFlag.LOCKED)).isFalse();
    }
  }

  @Test
  void ofMemoryNoWriteNeedsToBeNoticed() {
    TestFile file = new TestFile(t, FileSystem.RAMFS, 1);
    long address = file.map(true);
    t.self.read(address);
    assertThat(Pte.write(t.pte(address))).isTrue();
  }

  @Test
  void aWriteToAPrivateMappingCopies() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(false);
    assertThat(t.self.setPolicy(2, NodeMask.of(2))).isZero();
    assertThat(t.self.write(address, 3)).isZero();
    t.self.resetPolicy();
    assertThat(t.pageAt(address)).isNotEqualTo(file.page(0));
    assertThat(t.nodeAt(address)).isEqualTo(2);
    assertThat(t.frames.content(file.page(0))).isZero();
    assertThat(file.isDirty(0)).isFalse();
    assertThat(t.frames.mapped(file.page(0))).isFalse();
    assertThat(t.k.current.mm().anonPages).isEqualTo(1);
    assertThat(t.k.current.mm().filePages).isZero();
  }

  @Test
  void aWriteAfterAReadCopiesWhatWasRead() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    file.dirty(0, 9);
    long address = file.map(false);
    t.self.read(address);
    assertThat(t.self.write(address, 3)).isZero();
    assertThat(t.pageAt(address)).isNotEqualTo(file.page(0));
    assertThat(t.frames.mapped(file.page(0))).isFalse();
    assertThat(t.frames.content(file.page(0))).isEqualTo(9);
    assertThat(t.k.current.mm().anonPages).isEqualTo(1);
  }

  @Test
  void withoutMemoryForACopyTheFileIsLeftAlone() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(false);
    List<List<Integer>> taken = List.of(t.exhaust(0), t.exhaust(1), t.exhaust(2), t.exhaust(3));
    assertThat(t.self.write(address, 3)).isEqualTo(-Err.EFAULT);
    assertThat(t.frames.has(file.page(0), PageFlag.LOCKED)).isFalse();
    taken.forEach(t::refill);
  }

  @Test
  void mkwriteOfATruncatedPageIsASignal() {
    TestFile file = new TestFile(t, FileSystem.EXT4, 1);
    long address = file.map(true);
    t.self.read(address);
    VmOperations ops = t.vma(address).ops;
    Fault fault = new Fault(0, true);
    fault.page = file.page(0);
    assertThat(ops.pageMkwrite(t.vma(address), fault)).isZero();
    file.mapping.host().pages = 0;
    assertThat(ops.pageMkwrite(t.vma(address), fault)).isEqualTo(VmOperations.FAULT_SIGBUS);
    assertThat(t.self.write(address, 1)).isEqualTo(-Err.EFAULT);
    file.mapping.host().pages = 1;
    t.frames.clear(file.page(0), PageFlag.UPTODATE);
    assertThat(ops.pageMkwrite(t.vma(address), fault)).isEqualTo(VmOperations.FAULT_SIGBUS);
    t.frames.set(file.page(0), PageFlag.UPTODATE);
    fault.page = t.anonPage(0);
    assertThat(ops.pageMkwrite(t.vma(address), fault)).isEqualTo(VmOperations.FAULT_SIGBUS);
  }

  @Test
  void mprotectKeepsTheFirstWriteNoticed() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(true);
    t.self.read(address);
    assertThat(t.self.protect(address, TestKernel.PAGE, SimulatedProcess.PROT_READ)).isZero();
    assertThat(t.self.write(address, 1)).isEqualTo(-Err.EFAULT);
    assertThat(t.self.protect(address, TestKernel.PAGE, TestKernel.RW)).isZero();
    assertThat(Pte.write(t.pte(address))).isFalse();
    assertThat(t.self.write(address, 1)).isZero();
    assertThat(file.isDirty(0)).isTrue();
  }

  @Test
  void aMoveOfAWrittenPageLeavesItWritable() {
    TestFile file = new TestFile(t, FileSystem.EXT4, 1);
    long address = file.map(true);
    t.self.write(address, 1);
    t.k.swap.lruAddDrainAll();
    assertThat(t.k.migrate.migratePages(t.isolate(file.page(0)), t.new To(3), false)).isZero();
    assertThat(t.nodeAt(address)).isEqualTo(3);
    assertThat(file.isDirty(0)).isTrue();
    assertThat(file.allBuffers(0, BufferHeads.DIRTY)).isTrue();
    assertThat(file.isTaggedDirty(0)).isTrue();
    assertThat(Pte.write(t.pte(address))).isTrue();
    assertThat(t.stat(0, ZoneStat.NR_FILE_DIRTY)).isZero();
    assertThat(t.stat(3, ZoneStat.NR_FILE_DIRTY)).isEqualTo(1);
    assertThat(t.k.inodes.fsync(file.file)).isZero();
    assertThat(file.mapping.host().disk(0)).isEqualTo(1);
  }

  @Test
  void writesThatAVfatMoveHidesAreFoundWhenTheEntryGoes() {
    // writeout() maps the page as it was, writable, though it is clean from then on: no fault tells of the next write.
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(true);
    t.self.write(address, 1);
    t.k.swap.lruAddDrainAll();
    assertThat(t.k.migrate.migratePages(t.isolate(file.page(0)), t.new To(3), false)).isZero();
    assertThat(file.isDirty(0)).isFalse();
    t.self.write(address, 2);
    assertThat(file.isDirty(0)).as("nobody has noticed").isFalse();
    assertThat(t.self.sync(address, TestKernel.PAGE)).isZero();
    assertThat(file.mapping.host().disk(0)).as("so that msync() has nothing to write").isEqualTo(1);
    t.self.unmap(address, TestKernel.PAGE);
    assertThat(file.isDirty(0)).isTrue();
  }
}
