package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.ZoneStat;
import org.junit.jupiter.api.Test;

/** {@code try_to_unmap()}, {@code try_to_unmap_one()} and {@code try_to_munlock()} of mm/rmap.c. */
class TryToUnmapTest {

  private static final int MIGRATION = Rmap.TTU_MIGRATION | Rmap.TTU_IGNORE_MLOCK | Rmap.TTU_IGNORE_ACCESS;

  private final TestKernel t = new TestKernel();

  /** Holds and locks the page as its caller does. */
  private int held(long address) {
    int page = t.pageAt(address);
    t.frames.get(page);
    t.k.filemap.lockPage(page);
    return page;
  }

  private void restore(int page) {
    t.k.migrate.removeMigrationPtes(page, page);
    letGo(page);
  }

  private void letGo(int page) {
    t.k.filemap.unlockPage(page);
    t.k.swap.putPage(page);
  }

  @Test
  void allEntriesGoAndTheirReferencesWithThem() {
    long address = t.written(1, 1);
    SimulatedProcess child = t.self.fork();
    int page = held(address);
    assertThat(t.frames.count(page)).isEqualTo(3);

    assertThat(t.k.rmap.tryToUnmap(page, MIGRATION)).isEqualTo(Rmap.SWAP_SUCCESS);

    assertThat(t.frames.mapcount(page)).isZero();
    assertThat(t.frames.count(page)).isEqualTo(1);
    assertThat(t.stat(1, ZoneStat.NR_ANON_PAGES)).isZero();
    assertThat(Pte.migrationPage(t.pte(address))).isEqualTo(page);
    assertThat(t.frames.has(page, PageFlag.DIRTY)).as("the entry was dirty").isTrue();
    restore(page);
    child.exit();
  }

  @Test
  void aPageThatNothingMapsIsUnmappedAlready() {
    long address = t.shared(1, 1);
    int page = held(address);
    t.self.dontneed(address, TestKernel.PAGE);
    assertThat(t.k.rmap.tryToUnmap(page, MIGRATION)).isEqualTo(Rmap.SWAP_SUCCESS);
    assertThat(t.pte(address)).isZero();
    letGo(page);
  }

  @Test
  void aPageOfALockedVmaStaysAndIsMarked() {
    long address = t.written(1, 1);
    int page = held(address);
    t.vma(address).flags |= io.github.pageferry.sim.mm.VmFlag.LOCKED;
    assertThat(t.k.rmap.tryToUnmap(page, Rmap.TTU_MIGRATION)).isEqualTo(Rmap.SWAP_MLOCK);
    assertThat(t.pageAt(address)).isEqualTo(page);
    assertThat(t.frames.has(page, PageFlag.MLOCKED)).isTrue();
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.has(page, PageFlag.UNEVICTABLE)).isTrue();
    t.vma(address).flags &= ~io.github.pageferry.sim.mm.VmFlag.LOCKED;
    t.k.mlock.clearPageMlock(page);
    letGo(page);
  }

  @Test
  void aPageAccessedLatelyStaysAndIsOldThen() {
    long address = t.written(1, 1);
    int page = held(address);
    assertThat(t.k.rmap.tryToUnmap(page, Rmap.TTU_MIGRATION)).isEqualTo(Rmap.SWAP_FAIL);
    assertThat(t.pageAt(address)).isEqualTo(page);
    assertThat(Pte.young(t.pte(address))).isFalse();
    assertThat(t.k.rmap.tryToUnmap(page, Rmap.TTU_MIGRATION)).isEqualTo(Rmap.SWAP_SUCCESS);
    restore(page);
  }

  @Test
  void aFilesPageIsJustUnmappedWhereItDoesNotMove() {
    long address = t.file(FileSystem.EXT4, 1);
    int page = held(address);
    long files = t.k.current.mm().filePages;
    assertThat(t.k.rmap.tryToUnmap(page, Rmap.TTU_UNMAP | Rmap.TTU_IGNORE_ACCESS)).isEqualTo(Rmap.SWAP_SUCCESS);
    assertThat(t.pte(address)).isZero();
    assertThat(t.k.current.mm().filePages).isEqualTo(files - 1);
    letGo(page);
  }

  @Test
  void aMovingFilesPageIsCountedOnAsItsProcesses() {
    long address = t.file(FileSystem.EXT4, 1);
    int page = held(address);
    long files = t.k.current.mm().filePages;
    assertThat(t.k.rmap.tryToUnmap(page, MIGRATION)).isEqualTo(Rmap.SWAP_SUCCESS);
    assertThat(Pte.isMigration(t.pte(address))).isTrue();
    assertThat(t.k.current.mm().filePages).isEqualTo(files);
    restore(page);
  }

  @Test
  void anAnonymousPageWithoutSwapCannotJustGo() {
    int page = held(t.written(1, 1));
    assertThatThrownBy(() -> t.k.rmap.tryToUnmap(page, Rmap.TTU_UNMAP | Rmap.TTU_IGNORE_ACCESS))
        .isInstanceOf(KernelBug.class).hasMessageContaining("without a swap entry");
    Machines.expectCrash();
  }

  @Test
  void aWrittenEntryMakesItsFileDirty() {
    long address = t.file(FileSystem.EXT4, 1);
    t.self.write(address, 3);
    int page = held(address);
    t.k.pageWriteback.clearPageDirtyForIo(page);
    letGo(page);
    t.self.write(address, 4);
    held(address);
    t.frames.clear(page, PageFlag.DIRTY);
    t.k.decZonePageState(page, ZoneStat.NR_FILE_DIRTY);
    assertThat(t.k.rmap.tryToUnmap(page, MIGRATION)).isEqualTo(Rmap.SWAP_SUCCESS);
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isTrue();
    assertThat(t.stat(0, ZoneStat.NR_FILE_DIRTY)).isEqualTo(1);
    restore(page);
  }

  @Test
  void thePageMustBeLocked() {
    int page = t.anonPage(1);
    assertThatThrownBy(() -> t.k.rmap.tryToUnmap(page, MIGRATION)).isInstanceOf(KernelBug.class).hasMessageContaining("unlocked");
    assertThatThrownBy(() -> t.k.rmap.rmapWalk(page, (p, v, a, x) -> 0, 0))
        .isInstanceOf(KernelBug.class).hasMessageContaining("unlocked");
  }

  @Test
  void unlockingLooksForAnotherThatLocks() {
    long address = t.written(1, 1);
    SimulatedProcess child = t.self.fork();
    child.lock(address, TestKernel.PAGE);
    t.self.read(address);
    int page = t.pageAt(address);
    assertThat(child.peek(address)).isEqualTo(1);
    // Locking a writable private page breaks the sharing, so that the child has its own: nobody else locks this one.
    t.frames.get(page);
    t.k.filemap.lockPage(page);
    assertThat(t.k.rmap.tryToMunlock(page)).isEqualTo(Rmap.SWAP_AGAIN);
    assertThat(t.frames.has(page, PageFlag.MLOCKED)).isFalse();
    letGo(page);
    child.exit();
  }

  @Test
  void whoeverLocksASharedFileKeepsItMlocked() {
    long address = t.shared(1, 1);
    SimulatedProcess child = t.self.fork();
    child.lock(address, TestKernel.PAGE);
    t.self.read(address);
    t.self.lock(address, TestKernel.PAGE);
    int page = t.pageAt(address);
    t.self.unlock(address, TestKernel.PAGE);
    assertThat(t.frames.has(page, PageFlag.MLOCKED)).isTrue();
    assertThat(t.stat(1, ZoneStat.NR_MLOCK)).isEqualTo(1);
    child.unlock(address, TestKernel.PAGE);
    assertThat(t.frames.has(page, PageFlag.MLOCKED)).isFalse();
    assertThat(t.stat(1, ZoneStat.NR_MLOCK)).isZero();
    child.exit();
  }
}
