package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code vmsplice()} of fs/splice.c, and {@code get_user_pages_fast()}, by which it takes pages since 2.6.27. */
class VmspliceTest {

  private static final long PAGE = TestKernel.PAGE;

  private final TestKernel t = new TestKernel();

  /** mark_page_accessed(): which pagevec a page waits in after a failed move hangs on it. */
  @ParameterizedTest
  @CsvSource({
      "2.6.18, true, true", "2.6.36, false, true", "2.6.36, true, false", "6.1, true, false"})
  void onlyWhatHasToBeLookedForCountsAsAccessed(String release, boolean mapped, boolean accessed) {
    TestKernel k = new TestKernel(Machines.SMALL, release);
    TestFile file = new TestFile(k, FileSystem.TMPFS, 1);
    long address = file.map(true);
    if (mapped) {
      assertThat(k.self.read(address)).isZero();
    }
    int page = file.page(0);
    k.k.swap.lruAddDrainAll();
    k.frames.clear(page, PageFlag.REFERENCED);
    assertThat(k.self.pin(address)).isZero();
    assertThat(k.frames.has(page, PageFlag.REFERENCED)).isEqualTo(accessed);
    assertThat(k.self.unpin(address)).isZero();
    file.remove();
  }

  @Test
  void aPageHasOneReferenceMoreHoweverItWasFound() {
    long address = t.written(1, 0);
    int page = t.pageAt(address);
    assertThat(t.self.pin(address)).isZero();
    assertThat(t.frames.count(page)).isEqualTo(2);
    assertThat(t.self.unpin(address)).isZero();
    assertThat(t.frames.count(page)).isEqualTo(1);
  }

  /** gup_pte_range() leaves _PAGE_SPECIAL and what has no _PAGE_USER to get_user_pages(). */
  @Test
  void theZeroPageAndWhatMayNotBeReadAreLookedFor() {
    long address = t.map(1);
    assertThat(t.self.read(address)).isZero();
    assertThat(t.self.pin(address)).isZero();
    assertThat(t.k.splice.pages()).containsExactly(PageFrames.ZERO_PAGE);
    assertThat(t.self.unpin(address)).isZero();

    long hidden = t.written(1, 0);
    assertThat(t.self.protect(hidden, PAGE, SimulatedProcess.PROT_NONE)).isZero();
    assertThat(t.self.pin(hidden)).isEqualTo(-Err.EFAULT);
    long device = t.place();
    t.self.mapDevice(device, 1, SimulatedProcess.PROT_READ);
    assertThat(t.self.read(device)).isZero();
    assertThat(t.self.pin(device)).isEqualTo(-Err.EFAULT);
  }

  /** gup_pte_range() does not ask for a VMA. */
  @Test
  void whatBelongsToNoVmaAnyLongerIsTakenSince2627() {
    assertThat(pinWithoutVma("2.6.36")).isZero();
    assertThat(pinWithoutVma("2.6.18")).isEqualTo(-Err.EFAULT);
  }

  private static long pinWithoutVma(String release) {
    TestKernel k = new TestKernel(Machines.SMALL, release);
    long address = k.written(1, 0);
    long lost = address + PAGE;
    PageTable tables = k.k.current.mm().pageTable();
    tables.set(lost, k.pte(address));
    long result = k.self.pin(lost);
    assertThat(k.self.unpin(lost)).isEqualTo(result == 0 ? 0 : -Err.ENOENT);
    tables.set(lost, 0);
    return result;
  }

  @Test
  void partsOfHugePagesAreTakenByTheirHead() {
    t.hugePools(1);
    long address = t.mapHuge(1, false);
    assertThat(t.self.write(address, 1)).isZero();
    int head = t.pageAt(address);
    assertThat(t.self.pin(address + 5 * PAGE)).isZero();
    assertThat(t.frames.count(head)).isEqualTo(2);
    assertThat(t.self.unpin(address + 5 * PAGE)).isZero();
    assertThat(t.frames.count(head)).isEqualTo(1);
  }
}
