package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.ZoneStat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code remove_migration_pte()} and {@code remove_migration_ptes()}: working entries take the place of migration entries. */
class RemoveMigrationPteTest {

  private static final int UNMAP = Rmap.TTU_MIGRATION | Rmap.TTU_IGNORE_MLOCK | Rmap.TTU_IGNORE_ACCESS;

  private final TestKernel t = new TestKernel();

  private void unmap(int page) {
    unmap(t, page);
  }

  private void restore(int page) {
    restore(t, page);
  }

  @Test
  void aWritableEntryComesBackWritableAndOldAndClean() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    unmap(page);
    assertThat(Pte.isWriteMigration(t.pte(address))).isTrue();
    assertThat(t.frames.mapped(page)).isFalse();

    restore(page);

    long pte = t.pte(address);
    assertThat(Pte.pfn(pte)).isEqualTo(page);
    assertThat(Pte.present(pte)).isTrue();
    assertThat(Pte.write(pte)).isTrue();
    assertThat(Pte.young(pte)).isFalse();
    assertThat(Pte.dirty(pte)).isFalse();
    assertThat(t.frames.mapcount(page)).isEqualTo(1);
    assertThat(t.frames.count(page)).isEqualTo(1);
    assertThat(t.stat(1, ZoneStat.NR_ANON_PAGES)).isEqualTo(1);
  }

  @Test
  void aReadOnlyEntryComesBackReadOnly() {
    long address = t.written(1, 1);
    t.self.protect(address, TestKernel.PAGE, SimulatedProcess.PROT_READ);
    int page = t.pageAt(address);
    unmap(page);
    assertThat(Pte.isMigration(t.pte(address))).isTrue();
    assertThat(Pte.isWriteMigration(t.pte(address))).isFalse();

    restore(page);

    assertThat(Pte.write(t.pte(address))).isFalse();
    assertThat(t.pageAt(address)).isEqualTo(page);
  }

  @Test
  void allProcessesThatShareThePageGetItBack() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    SimulatedProcess child = t.self.fork();
    unmap(page);
    assertThat(t.frames.count(page)).isEqualTo(1);

    restore(page);

    assertThat(t.frames.mapcount(page)).isEqualTo(2);
    assertThat(child.peek(address)).isEqualTo(1);
    child.exit();
  }

  // What others do with the entry meanwhile.

  /** A kernel whose tasks could be parted in the middle of a migration. */
  private static TestKernel concurrent(String release) {
    return new TestKernel(Machines.boot(Machines.SMALL, release, new OneTask()));
  }

  private static void unmap(TestKernel k, int page) {
    k.frames.get(page);
    k.k.filemap.lockPage(page);
    assertThat(k.k.rmap.tryToUnmap(page, UNMAP)).isEqualTo(Rmap.SWAP_SUCCESS);
  }

  private static void restore(TestKernel k, int page) {
    k.k.migrate.removeMigrationPtes(page, page);
    k.k.filemap.unlockPage(page);
    k.k.swap.putPage(page);
  }

  /** Takes away the right to write to the page of this address while it is unmapped, and restores its entry, which it returns. */
  private static long protectMeanwhile(TestKernel k, long address) {
    int page = k.pageAt(address);
    unmap(k, page);
    assertThat(Pte.isWriteMigration(k.pte(address))).isTrue();
    k.self.protect(address, TestKernel.PAGE, SimulatedProcess.PROT_READ);
    assertThat(Pte.migrationPage(k.pte(address))).isEqualTo(page);
    assertThat(Pte.isWriteMigration(k.pte(address))).isFalse();
    restore(k, page);
    assertThat(k.pageAt(address)).isEqualTo(page);
    return k.pte(address);
  }

  /** And since 6c287605fd56 (5.19) it is its process's alone all the same. */
  @ParameterizedTest
  @CsvSource({"2.6.36, false", "5.10, false", "6.1, true", "7.3, true"})
  void anEntryThatIsProtectedMeanwhileComesBackReadOnly(String release, boolean exclusive) {
    TestKernel k = concurrent(release);
    long address = k.written(1, 1);
    assertThat(Pte.write(protectMeanwhile(k, address))).isFalse();
    assertThat(k.k.rmap.isAnonExclusive(k.pageAt(address))).isEqualTo(exclusive);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.1", "7.3"})
  void soDoesASharedMappings(String release) {
    TestKernel k = concurrent(release);
    assertThat(Pte.write(protectMeanwhile(k, k.shared(1, 1)))).isFalse();
  }

  /** Whoever writes first copies it, as if it had been forked before it moved. */
  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "3.3", "5.10", "6.1", "7.3"})
  void anEntryThatIsForkedMeanwhileComesBackReadOnlyInBoth(String release) {
    TestKernel k = concurrent(release);
    long address = k.written(1, 1);
    int page = k.pageAt(address);
    unmap(k, page);

    SimulatedProcess child = k.self.fork();

    assertThat(k.pte(address)).isEqualTo(Pte.migration(page, false));
    restore(k, page);
    assertThat(k.frames.mapcount(page)).isEqualTo(2);
    assertThat(Pte.write(k.pte(address))).isFalse();
    assertThat(k.k.rmap.isAnonExclusive(page)).isFalse();
    k.self.write(address, 5);
    assertThat(child.peek(address)).isEqualTo(1);
    child.exit();
  }

  @Test
  void aFilesPageIsCountedAsMappedAgain() {
    long address = t.file(FileSystem.TMPFS, 1);
    int page = t.pageAt(address);
    unmap(page);
    assertThat(t.stat(0, ZoneStat.NR_FILE_MAPPED)).isZero();

    restore(page);

    assertThat(t.stat(0, ZoneStat.NR_FILE_MAPPED)).isEqualTo(1);
    assertThat(t.frames.mapcount(page)).isEqualTo(1);
  }

  @Test
  void entriesLeadToTheNewPageWhereThereIsOne() {
    long address = t.written(1, 1);
    int old = t.pageAt(address);
    unmap(old);
    int newPage = t.newPage(2);
    t.frames.mapping(newPage, t.frames.mapping(old));
    t.frames.index(newPage, t.frames.index(old));
    t.frames.content(newPage, t.frames.content(old));
    t.frames.set(newPage, PageFlag.SWAPBACKED | PageFlag.LOCKED);

    t.k.migrate.removeMigrationPtes(old, newPage);

    assertThat(t.pageAt(address)).isEqualTo(newPage);
    assertThat(t.frames.count(newPage)).isEqualTo(2);
    assertThat(t.frames.mapcount(newPage)).isEqualTo(1);
    t.k.filemap.unlockPage(newPage);
    t.k.vmscan.putbackLruPage(newPage);
    t.frames.mapping(old, 0);
    t.k.filemap.unlockPage(old);
    t.k.swap.putPage(old);
  }

  @Test
  void entriesOfOtherKindsAreLeftAlone() {
    long address = t.written(3, 1);
    int first = t.pageAt(address);
    int second = t.pageAt(address + TestKernel.PAGE);
    int third = t.pageAt(address + 2 * TestKernel.PAGE);
    long present = t.pte(address);
    unmap(second);
    long migrating = t.pte(address + TestKernel.PAGE);

    assertThat(t.k.migrate.removeMigrationPte(third, t.vma(address), address, first)).isEqualTo(Rmap.SWAP_AGAIN);
    assertThat(t.k.migrate.removeMigrationPte(third, t.vma(address), address + TestKernel.PAGE, first)).isEqualTo(Rmap.SWAP_AGAIN);
    long nowhere = t.map(1);
    assertThat(t.k.migrate.removeMigrationPte(third, t.vma(nowhere), nowhere, first)).isEqualTo(Rmap.SWAP_AGAIN);

    assertThat(t.pte(address)).isEqualTo(present);
    assertThat(t.pte(address + TestKernel.PAGE)).isEqualTo(migrating);
    assertThat(t.pte(nowhere)).isZero();
    restore(second);
  }

  @Test
  void entriesOfPagesInSwapSpaceAreLeftAlone() {
    t.machine.swapOn(8);
    long address = t.written(2, 1);
    int other = t.pageAt(address + TestKernel.PAGE);
    t.swapOut(address);
    // An entry's number may be that of a page.
    long entry = Pte.swap(0, other);
    long before = t.pte(address);
    t.k.current.mm().pageTable().set(address, entry);
    assertThat(t.k.migrate.removeMigrationPte(other, t.vma(address), address, other)).isEqualTo(Rmap.SWAP_AGAIN);
    assertThat(t.pte(address)).isEqualTo(entry);
    t.k.current.mm().pageTable().set(address, before);
  }

  /** RMAP_EXCLUSIVE, since 6c287605fd56 (5.19): a page that nobody else had stays its process's alone, whatever its entry allows. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPageOfOneProcessAloneIsSoAgain(boolean writable) {
    TestKernel later = new TestKernel(Machines.SMALL, "6.1");
    long address = later.written(1, 1);
    if (!writable) {
      later.self.protect(address, TestKernel.PAGE, SimulatedProcess.PROT_READ);
    }
    int page = later.pageAt(address);
    assertThat(later.frames.has(page, PageFlag.ANON_EXCLUSIVE)).isTrue();
    later.frames.get(page);
    later.k.filemap.lockPage(page);
    later.k.rmap.tryToUnmap(page, UNMAP);
    assertThat(later.frames.has(page, PageFlag.ANON_EXCLUSIVE)).isFalse();

    later.k.migrate.removeMigrationPtes(page, page);

    assertThat(later.frames.has(page, PageFlag.ANON_EXCLUSIVE)).isTrue();
    later.k.filemap.unlockPage(page);
    later.k.swap.putPage(page);
  }

  /** And one that a child has too is not. */
  @Test
  void aPageThatIsSharedIsNobodysAlone() {
    TestKernel later = new TestKernel(Machines.SMALL, "6.1");
    long address = later.written(1, 1);
    SimulatedProcess child = later.self.fork();
    int page = later.pageAt(address);
    later.frames.get(page);
    later.k.filemap.lockPage(page);
    later.k.rmap.tryToUnmap(page, UNMAP);
    later.k.migrate.removeMigrationPtes(page, page);
    assertThat(later.frames.has(page, PageFlag.ANON_EXCLUSIVE)).isFalse();
    later.k.filemap.unlockPage(page);
    later.k.swap.putPage(page);
    child.exit();
  }
}
