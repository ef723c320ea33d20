package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What 2.6.18's memory management does otherwise: reverse maps, locking, dirty pages, {@code msync(2)}. */
class OldMemoryTest {

  private static final long PAGE = TestKernel.PAGE;

  private final TestKernel t = new TestKernel(Machines.SMALL, "2.6.18");

  @Test
  void aChildSharesItsParentsAnonVma() {
    long address = t.written(1, 0);
    int page = t.pageAt(address);
    SimulatedProcess child = t.self.fork();
    child.write(address, 5);
    t.k.current = t.k.findTask(1);
    int mapping = t.frames.mapping(page);
    assertThat(t.self.write(address, 6)).isZero();
    assertThat(t.pageAt(address)).as("reused").isEqualTo(page);
    assertThat(t.frames.mapping(page)).isEqualTo(mapping);
    long childs = t.k.findTask(child.pid()).mm().pageTable().get(address);
    assertThat(t.frames.mapping(Pte.pfn(childs))).isEqualTo(mapping);
    t.k.swap.lruAddDrainAll();
    assertThat(t.k.migrate.migratePages(t.isolate(page, Pte.pfn(childs)), t.new To(2), false)).isZero();
    assertThat(child.peek(address)).isEqualTo(5);
    assertThat(t.self.peek(address)).isEqualTo(6);
    child.exit();
  }

  @Test
  void aChildOfAProcessWithoutAnonymousMemoryHasNone() {
    long address = t.map(1);
    SimulatedProcess child = t.self.fork();
    child.write(address, 5);
    assertThat(child.peek(address)).isEqualTo(5);
    child.exit();
  }

  @Test
  void lockedPagesAreLikeAnyOthers() {
    long address = t.map(2);
    assertThat(t.self.lock(address, 2 * PAGE)).isZero();
    int page = t.pageAt(address + PAGE);
    assertThat(t.frames.has(page, PageFlag.MLOCKED | PageFlag.UNEVICTABLE)).isFalse();
    assertThat(t.vma(address).has(VmFlag.LOCKED)).isTrue();
    assertThat(t.k.current.mm().lockedVm).isEqualTo(2);
    assertThat(t.self.unlock(address, PAGE)).isZero();
    assertThat(t.vma(address).has(VmFlag.LOCKED)).isFalse();
    assertThat(t.vma(address + PAGE).has(VmFlag.LOCKED)).isTrue();
    assertThat(t.k.current.mm().lockedVm).isEqualTo(1);
    assertThat(t.self.unlock(address + PAGE, PAGE)).isZero();
    assertThat(t.vma(address).end).as("one mapping again").isEqualTo(address + 2 * PAGE);
    assertThat(t.self.unlock(address, PAGE)).as("nothing to do").isZero();
    assertThat(t.stat(0, ZoneStat.NR_MLOCK)).isZero();
  }

  @Test
  void lockingPartsSplits() {
    long address = t.map(3);
    assertThat(t.self.lock(address + PAGE, PAGE)).isZero();
    assertThat(t.vma(address).end).isEqualTo(address + PAGE);
    assertThat(t.vma(address + PAGE).end).isEqualTo(address + 2 * PAGE);
    assertThat(t.pte(address)).isZero();
    assertThat(t.self.unmap(address, 3 * PAGE)).isZero();
    assertThat(t.k.current.mm().lockedVm).isZero();
  }

  @Test
  void whatCannotBeBroughtInIsAnErrorThatLeavesItLocked() {
    long address = t.place();
    t.self.mapPrivate(address, 1, SimulatedProcess.PROT_NONE);
    assertThat(t.self.lock(address, PAGE)).isEqualTo(-Err.EFAULT);
    assertThat(t.vma(address).has(VmFlag.LOCKED)).isTrue();

    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long mapped = t.place();
    t.self.mapFile(mapped, 2, TestKernel.RW, file.file, true);
    assertThat(t.self.lock(mapped, 2 * PAGE)).as("only the first page is there").isEqualTo(-Err.EPERM);

    List<List<Integer>> taken = List.of(t.exhaust(0), t.exhaust(1), t.exhaust(2), t.exhaust(3));
    assertThat(t.self.lock(t.map(1), PAGE)).isEqualTo(-Err.EAGAIN);
    taken.forEach(t::refill);

    long device = t.place();
    t.self.mapDevice(device, 1, SimulatedProcess.PROT_READ);
    assertThat(t.self.lock(device, PAGE)).isZero();
    assertThat(t.vma(device).has(VmFlag.LOCKED)).isTrue();
  }

  @Test
  void writesThroughAMappingAreThePageTablesSecret() {
    for (FileSystem on : List.of(FileSystem.EXT4, FileSystem.VFAT)) {
      TestFile file = new TestFile(t, on, 1);
      long address = file.map(true);
      t.self.read(address);
      assertThat(Pte.write(t.pte(address))).isTrue();
      assertThat(t.self.write(address, 3)).isZero();
      assertThat(file.isDirty(0)).isFalse();
      assertThat(t.self.protect(address, PAGE, SimulatedProcess.PROT_READ)).isZero();
      assertThat(t.self.protect(address, PAGE, TestKernel.RW)).isZero();
      assertThat(t.self.write(address, 4)).isZero();
      assertThat(file.isDirty(0)).isFalse();

      assertThat(t.self.sync(address, PAGE)).isZero();
      assertThat(Pte.dirty(t.pte(address))).isFalse();
      assertThat(file.mapping.host().disk(0)).isEqualTo(4);
      t.self.write(address, 5);
      t.self.unmap(address, PAGE);
      assertThat(file.isDirty(0)).isTrue();
    }
  }

  @Test
  void aWriteFaultOfASharedPageThatIsReadOnlyIsNoneOfTheFilesBusiness() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(true);
    t.self.read(address);
    t.k.current.mm().pageTable().set(address, t.pte(address) & ~Pte.WRITE);
    assertThat(t.self.write(address, 3)).isZero();
    assertThat(file.isDirty(0)).isFalse();
    assertThat(Pte.dirty(t.pte(address))).isTrue();
  }

  @Test
  void clearPageDirtyForIoLeavesThePageTablesAlone() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(true);
    t.self.write(address, 3);
    file.dirty(0, 3);
    int page = file.lockForIo(0);
    assertThat(Pte.write(t.pte(address)) && Pte.dirty(t.pte(address))).isTrue();
    file.mapping.ops().writepage(page);
  }

  @Test
  void msyncOverHolesAnswersAsItsLastMappingDoes() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 3);
    long address = file.map(true);
    t.self.write(address + 2 * PAGE, 3);
    t.self.unmap(address, PAGE);
    assertThat(t.self.sync(address, 3 * PAGE)).as("the file's result hides the hole").isZero();
    assertThat(file.mapping.host().disk(2)).isEqualTo(3);

    long anonymous = t.written(2, 0);
    t.self.unmap(anonymous, PAGE);
    assertThat(t.self.sync(anonymous, 2 * PAGE)).isEqualTo(-Err.ENOMEM);
    assertThat(t.self.sync(anonymous + PAGE, PAGE)).isZero();
    assertThat(t.self.sync(anonymous + PAGE, 0)).isZero();
    assertThat(t.self.sync(anonymous + 1, PAGE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.sync(t.place(), PAGE)).isEqualTo(-Err.ENOMEM);
    assertThat(t.self.sync(anonymous + PAGE, -2 * PAGE)).isEqualTo(-Err.ENOMEM);
  }

  @Test
  void msyncTellsOfWritesThatFailed() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(true);
    t.self.write(address, 3);
    t.k.blockDevice.failing(true);
    assertThat(t.self.sync(address, PAGE)).isEqualTo(-Err.EIO);
    t.k.blockDevice.failing(false);
    file.mapping.host().disk(0, 3);
  }

  @Test
  void aDirtyPageThatMovesIsDirtyAsAWhole() {
    TestFile file = new TestFile(t, FileSystem.EXT4, 1);
    t.k.pageWriteback.setPageDirtyNobuffers(file.page(0));
    assertThat(file.anyBuffer(0, BufferHeads.DIRTY)).isFalse();
    assertThat(t.k.migrate.migratePages(t.isolate(file.page(0)), t.new To(2), false)).isZero();
    assertThat(file.isDirty(0)).isTrue();
    assertThat(file.allBuffers(0, BufferHeads.DIRTY)).isTrue();
  }

  @Test
  void ext3AllocatesAtOnce() {
    TestFile file = new TestFile(t, FileSystem.EXT4, 0);
    file.dirty(0, 1);
    assertThat(file.anyBuffer(0, BufferHeads.DELAY)).isFalse();
    assertThat(file.allBuffers(0, BufferHeads.MAPPED)).isTrue();
  }

  @Test
  void aFailedWriteoutUnlocksWhatIsNotLocked() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    file.dirty(0, 1);
    file.heads().clear(file.buffers(0).get(0), BufferHeads.MAPPED);
    assertThat(t.k.migrate.afterWriteout(file.page(0), -Err.ENOSPC)).isEqualTo(-Err.EIO);
    assertThatThrownBy(() -> t.k.filemap.unlockPage(file.page(0))).isInstanceOf(KernelBug.class);
    assertThat(t.k.migrate.afterWriteout(file.page(0), 0)).isEqualTo(-Err.EAGAIN);
    assertThat(t.frames.has(file.page(0), PageFlag.LOCKED)).isTrue();
    t.k.filemap.unlockPage(file.page(0));
  }

  @Test
  void filesStayCountedWhereTheirPagesCameFrom() {
    TestFile file = new TestFile(t, FileSystem.EXT4, 1);
    assertThat(t.k.migrate.migratePages(t.isolate(file.page(0)), t.new To(2), false)).isZero();
    assertThat(t.stat(0, ZoneStat.NR_FILE_PAGES)).isEqualTo(1);
    assertThat(t.stat(2, ZoneStat.NR_FILE_PAGES)).isZero();
  }

  @Test
  void aPageThatIsBroughtInToBeWrittenStaysInTheSwapCache() {
    assertThat(t.machine.swapOn(64)).isZero();
    long address = t.written(1, 0);
    t.swapOut(address);
    assertThat(t.self.write(address, 2)).isZero();
    assertThat(t.frames.has(t.pageAt(address), PageFlag.SWAPCACHE)).isTrue();
    // So that it is unmapped for good when it moves.
    t.k.swap.lruAddDrainAll();
    assertThat(t.self.migratePages(0, NodeMask.of(0), NodeMask.of(1))).isZero();
    t.swapEntry(address);
    assertThat(t.self.read(address)).isZero();
    assertThat(t.self.peek(address)).isEqualTo(2);
    assertThat(t.nodeAt(address)).isEqualTo(1);

    TestKernel later = new TestKernel();
    assertThat(later.machine.swapOn(64)).isZero();
    long there = later.written(1, 0);
    later.swapOut(there);
    assertThat(later.self.write(there, 2)).isZero();
    assertThat(later.frames.has(later.pageAt(there), PageFlag.SWAPCACHE)).isFalse();
  }

  @Test
  void aLockedPageMayStayInTheSwapCache() {
    assertThat(t.machine.swapOn(64)).isZero();
    long address = t.written(1, 0);
    t.swapOut(address);
    assertThat(t.self.lock(address, PAGE)).isZero();
    assertThat(t.frames.has(t.pageAt(address), PageFlag.SWAPCACHE)).isTrue();
  }
}
