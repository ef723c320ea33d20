package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code follow_page()}, {@code get_user_pages()} and {@code free_pgtables()} of mm/memory.c. */
class FollowPageTest {

  private static final long PAGE = TestKernel.PAGE;
  private static final int DUMP = Memory.FOLL_DUMP;
  private static final int GET = Memory.FOLL_GET;
  private static final int TOUCH = Memory.FOLL_TOUCH;
  private static final int WRITE = Memory.FOLL_WRITE;

  private final TestKernel t = new TestKernel();

  private int follow(long address, int flags) {
    return t.k.memory.followPage(t.vma(address), address, flags);
  }

  private int user(long address, int flags) {
    return t.k.memory.getUserPage(t.k.current.mm(), address, flags);
  }

  @Test
  void findsThePageAndTakesAReferenceWhereAsked() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    assertThat(follow(address, 0)).isEqualTo(page);
    assertThat(t.frames.count(page)).isEqualTo(1);
    assertThat(follow(address, GET)).isEqualTo(page);
    assertThat(t.frames.count(page)).isEqualTo(2);
    t.k.swap.putPage(page);
  }

  @Test
  void whatCannotBeWrittenIsNotFoundForWriting() {
    long address = t.written(1, 1);
    assertThat(follow(address, WRITE)).isEqualTo(t.pageAt(address));
    t.self.protect(address, PAGE, SimulatedProcess.PROT_READ);
    assertThat(follow(address, WRITE)).isZero();
    assertThat(follow(address, 0)).isEqualTo(t.pageAt(address));
  }

  @Test
  void theZeroPageIsAPageExceptToADump() {
    long address = t.map(1);
    assertThat(t.self.read(address)).isZero();
    assertThat(Pte.special(t.pte(address))).isTrue();
    assertThat(follow(address, 0)).isEqualTo(PageFrames.ZERO_PAGE);
    assertThat(follow(address, DUMP)).isEqualTo(-Err.EFAULT);
  }

  @Test
  void aFrameWithoutAPageIsAnError() {
    long address = t.place();
    t.self.mapDevice(address, 1, TestKernel.RW);
    assertThat(t.self.read(address)).isZero();
    assertThat(follow(address, 0)).isEqualTo(-Err.EFAULT);
    assertThat(user(address, 0)).as("VM_PFNMAP").isEqualTo(-Err.EFAULT);
  }

  /** no_page_table(): a dump need not make page tables for memory that nobody touched. */
  @Test
  void whereNothingIsADumpPassesOverAnonymousMemoryAlone() {
    long anonymous = t.map(1);
    assertThat(follow(anonymous, 0)).isZero();
    assertThat(follow(anonymous, DUMP)).isEqualTo(-Err.EFAULT);
    TestFile file = new TestFile(t, FileSystem.TMPFS, 1);
    long mapped = file.map(true);
    assertThat(follow(mapped, DUMP)).isZero();
    file.remove();
  }

  @Test
  void whatIsInSwapSpaceIsNotThereEvenForADump() {
    t.machine.swapOn(8);
    long address = t.written(1, 1);
    t.swapOut(address);
    assertThat(follow(address, 0)).isZero();
    assertThat(follow(address, DUMP)).isZero();
  }

  @Test
  void touchingMarksThePageAccessedAndWhereItIsForWritingDirty() {
    TestFile file = new TestFile(t, FileSystem.TMPFS, 1);
    long address = file.map(true);
    assertThat(t.self.read(address)).isZero();
    int page = t.pageAt(address);
    t.frames.clear(page, PageFlag.REFERENCED | PageFlag.ACTIVE | PageFlag.DIRTY);
    PageTable tables = t.k.current.mm().pageTable();
    tables.set(address, (t.pte(address) | Pte.WRITE) & ~Pte.DIRTY);

    assertThat(follow(address, WRITE)).isEqualTo(page);
    assertThat(t.frames.has(page, PageFlag.REFERENCED)).as("without FOLL_TOUCH").isFalse();
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isFalse();
    assertThat(follow(address, TOUCH)).isEqualTo(page);
    assertThat(t.frames.has(page, PageFlag.REFERENCED)).as("mark_page_accessed()").isTrue();
    assertThat(t.frames.has(page, PageFlag.DIRTY)).as("for reading").isFalse();
    tables.set(address, t.pte(address) | Pte.DIRTY);
    assertThat(follow(address, TOUCH | WRITE)).isEqualTo(page);
    assertThat(t.frames.has(page, PageFlag.DIRTY)).as("the entry says so already").isFalse();
    tables.set(address, t.pte(address) & ~Pte.DIRTY);
    assertThat(follow(address, TOUCH | WRITE)).isEqualTo(page);
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isTrue();
    file.remove();
  }

  @Test
  void usersPagesAreBroughtInAsFarAsTheMappingAllows() {
    long address = t.map(2);
    assertThat(user(address - PAGE, 0)).as("below all mappings").isEqualTo(-Err.EFAULT);
    assertThat(user(address + 2 * PAGE, 0)).as("above all").isEqualTo(-Err.EFAULT);
    assertThat(user(address, 0)).isEqualTo(PageFrames.ZERO_PAGE);
    int page = user(address, WRITE | GET);
    assertThat(t.pageAt(address)).isEqualTo(page);
    assertThat(t.frames.count(page)).isEqualTo(2 + (t.frames.has(page, PageFlag.LRU) ? 0 : 1));
    t.k.swap.putPage(page);
    t.self.protect(address, PAGE, SimulatedProcess.PROT_READ);
    assertThat(user(address, WRITE)).isEqualTo(-Err.EFAULT);
    assertThat(user(address, 0)).isEqualTo(page);
    t.self.protect(address, PAGE, SimulatedProcess.PROT_NONE);
    assertThat(user(address, 0)).isEqualTo(-Err.EFAULT);
  }

  @Test
  void withoutMemoryAUsersPageIsNotToBeHad() {
    long address = t.map(1);
    List<Integer> taken = new ArrayList<>();
    for (int node = 0; node < 4; node++) {
      taken.addAll(t.exhaust(node));
    }
    assertThat(user(address, WRITE)).isEqualTo(-Err.ENOMEM);
    t.refill(taken);
  }

  /** free_pgtables(): tables that a mapping which stays needs are kept, others go. */
  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "6.12"})
  void tablesGoWithTheLastMappingInTheirRange(String release) {
    TestKernel k = new TestKernel(Machines.SMALL, release);
    long huge = PageTable.PMD_SIZE;
    long address = k.map(1);
    long far = address + 8 * huge;
    for (long at : new long[] {address + 16 * PAGE, address + huge, far}) {
      k.self.mapPrivate(at, 1, TestKernel.RW);
      assertThat(k.self.write(at, 1)).isZero();
    }
    assertThat(k.self.write(address, 1)).isZero();
    PageTable tables = k.k.current.mm().pageTable();
    assertThat(k.self.unmap(address, PAGE)).isZero();
    assertThat(tables.find(address)).as("its neighbour's, too").isNotNull();
    assertThat(k.self.unmap(address, 9 * huge)).isZero();
    assertThat(tables.find(address)).isNull();
    assertThat(tables.find(address + huge)).isNull();
    assertThat(tables.find(far)).isNull();
  }
}
