package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Scheduler.At;
import io.github.pageferry.sim.mm.VmOperations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code handle_mm_fault()} where another thread settles the same fault first, and what faults answer. */
class FaultRacesTest {

  private static final long PAGE = TestKernel.PAGE;

  private final OneTask task = new OneTask();
  private final TestKernel t = new TestKernel(Machines.boot(Machines.SMALL, "2.6.36", task));

  FaultRacesTest() {
    task.attach(t.k);
  }

  private int fault(long address, boolean write) {
    return t.k.memoryFaults.handleMmFault(t.k.current.mm(), t.vma(address), address, write);
  }

  private long free() {
    long sum = 0;
    for (int node = 0; node < 4; node++) {
      sum += t.k.nodes.zone(node).freePages();
    }
    return sum;
  }

  /** Takes the page of an address out of its table; it is in the swap cache, and has been written. */
  private void swapOut(long address) {
    t.machine.swapOn(8);
    t.self.reclaim(address);
    while (t.k.blockDevice.isBusy()) {
      t.k.blockDevice.interrupt();
    }
    t.swapEntry(address);
  }

  /** Writes 2, and meanwhile, at such a point, writes 1: the page of the first one there is that of both. */
  private void writeAtOnce(At at, long address) {
    int[] first = new int[1];
    task.next(at, () -> {
      assertThat(t.self.write(address, 1)).isZero();
      first[0] = t.pageAt(address);
    });
    assertThat(t.self.write(address, 2)).isZero();
    assertThat(first[0]).as("there was such a point").isNotZero();
    assertThat(t.pageAt(address)).isEqualTo(first[0]);
    assertThat(t.self.peek(address)).isEqualTo(2);
    assertThat(t.frames.has(first[0], PageFlag.UPTODATE)).isTrue();
  }

  @Test
  void twoFirstWritesBringInOnePage() {
    long address = t.map(2);
    assertThat(t.self.write(address + PAGE, 1)).isZero();
    long before = free();
    writeAtOnce(At.ALLOC_PAGES, address);
    assertThat(free()).isEqualTo(before - 1);
    assertThat(t.k.current.mm().anonPages).isEqualTo(2);
  }

  @Test
  void aReadThatComesLateDoesNotTakeAwayWhatWasWritten() {
    long address = t.map(1);
    task.next(At.PAGE_TABLE_LOCK, () -> assertThat(t.self.write(address, 1)).isZero());
    assertThat(t.self.read(address)).isZero();
    assertThat(t.self.peek(address)).isEqualTo(1);
    assertThat(Pte.special(t.pte(address))).isFalse();
  }

  @Test
  void twoCopiesOfASharedPageAreOne() {
    long address = t.written(1, 1);
    int shared = t.pageAt(address);
    SimulatedProcess child = t.self.fork();
    t.self.peek(address);
    long before = free();
    writeAtOnce(At.ALLOC_PAGES, address);
    assertThat(free()).isEqualTo(before - 1);
    assertThat(t.frames.count(shared)).as("the child's").isEqualTo(1);
    assertThat(child.peek(address)).isEqualTo(1);
    child.exit();
  }

  @Test
  void twoCopiesOfAFilesPageAreOne() {
    TestFile file = new TestFile(t, FileSystem.TMPFS, 1);
    long address = file.map(false);
    int cached = file.page(0);
    int before = t.frames.count(cached);
    writeAtOnce(At.LOCK_PAGE, address);
    assertThat(t.frames.count(cached)).isEqualTo(before);
    assertThat(t.k.current.mm().anonPages).isEqualTo(1);
    file.remove();
  }

  @ParameterizedTest
  @CsvSource({"TMPFS, LOCK_PAGE, false", "EXT4, LOCK_PAGE, true", "EXT4, UNLOCK_PAGE, true"})
  void twoFaultsOfAFilesPageMapItOnce(FileSystem on, At at, boolean lastWrites) {
    TestFile file = new TestFile(t, on, 1);
    long address = file.map(true);
    int page = file.page(0);
    int before = t.frames.count(page);
    task.next(at, () -> assertThat(t.self.read(address)).isZero());
    assertThat(lastWrites ? t.self.write(address, 3) : t.self.read(address)).isZero();
    assertThat(t.frames.mapcount(page)).isEqualTo(1);
    assertThat(t.frames.count(page)).isEqualTo(before + 1);
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    assertThat(t.k.current.mm().filePages).isEqualTo(1);
    file.remove();
  }

  /** ext4_page_mkwrite() finds the page truncated, and says so with a signal, though the file is as large as it was. */
  @Test
  void aPageThatIsTruncatedDuringAWriteIsASignal() {
    TestFile file = new TestFile(t, FileSystem.EXT4, 1);
    long address = file.map(true);
    int old = file.page(0);
    task.next(At.UNLOCK_PAGE, () -> t.k.truncate.truncateAndExtend(file.file.inode()));
    assertThat(t.self.write(address, 3)).isEqualTo(-Err.EFAULT);
    assertThat(t.self.write(address, 3)).as("the next one finds a new page").isZero();
    assertThat(t.pageAt(address)).isEqualTo(file.page(0));
    assertThat(t.frames.mapcount(file.page(0))).isEqualTo(1);
    assertThat(old == file.page(0) || t.frames.count(old) == 0).as("the old page is free").isTrue();
    file.remove();
  }

  @Test
  void aPageThatBecameWritableMeanwhileIsWrittenAsItIs() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    t.self.fork().exit();
    t.self.peek(address);
    int count = t.frames.count(page);
    writeAtOnce(At.LOCK_PAGE, address);
    assertThat(t.pageAt(address)).isEqualTo(page);
    assertThat(t.frames.count(page)).isEqualTo(count);
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void twoFaultsOfWhatIsInSwapSpaceBringItInOnce(boolean firstWrites, boolean lastWrites) {
    long address = t.written(1, 1);
    swapOut(address);
    task.next(At.LOCK_PAGE, () -> assertThat(firstWrites ? t.self.write(address, 5) : t.self.read(address)).isZero());
    assertThat(lastWrites ? t.self.write(address, 6) : t.self.read(address)).isZero();
    int page = t.pageAt(address);
    assertThat(t.self.peek(address)).isEqualTo(lastWrites ? 6 : firstWrites ? 5 : 1);
    assertThat(t.frames.mapcount(page)).isEqualTo(1);
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    assertThat(t.k.current.mm().anonPages).isEqualTo(1);
    assertThat(t.k.current.mm().swapEntries).isZero();
  }

  /** do_wp_page(): who cleans the page has its lock. */
  @Test
  void aSharedPageIsDirtiedAfterWhoeverHasItLocked() {
    TestFile file = new TestFile(t, FileSystem.VFAT, 1);
    long address = file.map(true);
    assertThat(t.self.read(address)).isZero();
    int[] result = new int[1];
    assertThat(task.count(At.WAIT_ON_PAGE_LOCKED, () -> result[0] = fault(address, true))).isEqualTo(1);
    assertThat(result[0]).isEqualTo(VmOperations.FAULT_WRITE);
    assertThat(file.isDirty(0)).isTrue();
    assertThat(t.frames.count(file.page(0))).as("mapped, cached, buffers").isEqualTo(3);
    file.remove();
  }

  @Test
  void faultsSayWhetherAWriteWasDone() {
    long address = t.map(1);
    assertThat(fault(address, false)).isZero();
    assertThat(fault(address, true)).as("of the zero page").isEqualTo(VmOperations.FAULT_WRITE);
    SimulatedProcess child = t.self.fork();
    t.self.peek(address);
    assertThat(fault(address, true)).as("a copy").isEqualTo(VmOperations.FAULT_WRITE);
    child.exit();
    t.self.fork().exit();
    t.self.peek(address);
    assertThat(fault(address, true)).as("no longer shared").isEqualTo(VmOperations.FAULT_WRITE);
    t.k.swap.lruAddDrainAll();
    swapOut(address);
    assertThat(fault(address, true)).as("from swap space").isEqualTo(VmOperations.FAULT_WRITE);
    TestFile file = new TestFile(t, FileSystem.EXT4, 1);
    long mapped = file.map(true);
    assertThat(fault(mapped, false) & VmOperations.FAULT_WRITE).isZero();
    assertThat(fault(mapped, true)).as("after page_mkwrite()").isEqualTo(VmOperations.FAULT_WRITE);
    file.remove();
  }

  @Test
  void anEntryThatIsThereAlreadyIsMarkedAlone() {
    long address = t.written(1, 1);
    long untouched = t.pte(address) & ~(Pte.ACCESSED | Pte.DIRTY);
    t.k.current.mm().pageTable().set(address, untouched);
    assertThat(fault(address, false)).isZero();
    assertThat(t.pte(address)).isEqualTo(untouched | Pte.ACCESSED);
    assertThat(fault(address, true)).isZero();
    assertThat(t.pte(address)).isEqualTo(untouched | Pte.ACCESSED | Pte.DIRTY);
  }

  /** get_user_pages() for writing: the copy holds what the file's page does. */
  @Test
  void aCopyOfAFilesPageHoldsWhatThatDoes() {
    TestFile file = new TestFile(t, FileSystem.TMPFS, 2);
    file.dirty(0, 55);
    file.dirty(1, 56);
    long address = file.map(false);
    int early = t.k.memory.getUserPage(t.k.current.mm(), address, Memory.FOLL_WRITE);
    assertThat(t.frames.content(early)).isEqualTo(55);
    assertThat(t.frames.has(early, PageFlag.UPTODATE)).isTrue();
    assertThat(t.self.read(address + PAGE)).isZero();
    int late = t.k.memory.getUserPage(t.k.current.mm(), address + PAGE, Memory.FOLL_WRITE);
    assertThat(t.frames.content(late)).isEqualTo(56);
    assertThat(t.frames.has(late, PageFlag.UPTODATE)).isTrue();
    file.remove();
  }

  /** clear_page_mlock(): it is the copy that is locked in memory from now on. */
  @Test
  void aPageThatIsCopiedInALockedMappingIsLockedNoMore() {
    TestFile file = new TestFile(t, FileSystem.TMPFS, 1);
    long address = file.map(false);
    assertThat(t.self.protect(address, PAGE, SimulatedProcess.PROT_READ)).isZero();
    assertThat(t.self.lock(address, PAGE)).isZero();
    assertThat(t.frames.has(file.page(0), PageFlag.MLOCKED)).isTrue();
    assertThat(t.self.protect(address, PAGE, TestKernel.RW)).isZero();
    assertThat(t.self.write(address, 1)).isZero();
    assertThat(t.frames.has(file.page(0), PageFlag.MLOCKED)).isFalse();
    assertThat(t.frames.has(t.pageAt(address), PageFlag.MLOCKED)).isTrue();
    file.remove();
  }

  /** A page that is on the move when its mapping is forked or goes is counted, since 9f9f1acd713d (3.3). */
  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.12"})
  void pagesOnTheMoveAreCounted(String release) {
    TestKernel k = new TestKernel(Machines.SMALL, release);
    long address = k.written(1, 1);
    int page = k.pageAt(address);
    k.frames.get(page);
    k.k.filemap.lockPage(page);
    k.k.rmap.tryToUnmap(page, Rmap.TTU_MIGRATION | Rmap.TTU_IGNORE_MLOCK | Rmap.TTU_IGNORE_ACCESS);
    SimulatedProcess child = k.self.fork();
    assertThat(child.task().mm().anonPages).isEqualTo(1);
    assertThat(child.unmap(address, PAGE)).isZero();
    assertThat(child.task().mm().anonPages).isZero();
    child.exit();
    k.self.peek(address + PAGE);
    k.k.migrate.removeMigrationPtes(page, page);
    k.k.filemap.unlockPage(page);
    k.k.swap.putPage(page);
    assertThat(k.k.current.mm().anonPages).isEqualTo(1);
  }
}
