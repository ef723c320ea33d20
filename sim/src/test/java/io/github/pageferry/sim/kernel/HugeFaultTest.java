package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.VmOperations;
import io.github.pageferry.sim.mm.Vma;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The faults of {@code mm/huge_memory.c}: what they answer, and what they do where no huge page is to be had. */
class HugeFaultTest {

  private static final long PAGE = TestKernel.PAGE;

  /** Takes pages until a node has room for single pages alone. */
  private static List<Integer> fragment(HugePages h, int node) {
    List<Integer> taken = h.t.exhaust(node);
    List<Integer> kept = new ArrayList<>();
    for (int page : taken) {
      if (page % 2 == 0) {
        h.t.free(page);
      } else {
        kept.add(page);
      }
    }
    return kept;
  }

  private static int fault(HugePages h, long address, boolean write) {
    Vma vma = h.t.vma(address);
    return h.t.k.hugeMemory.fault(vma.mm, vma, address, write);
  }

  private static long entry(HugePages h, long address) {
    h.t.self.peek(address);
    return h.t.k.current.mm().pageTable().huge(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.18"})
  void whereNoHugePageIsToBeHadASmallOneIsTaken(String release) {
    HugePages h = new HugePages(release);
    List<Integer> taken = fragment(h, 2);
    long address = h.map(512);
    assertThat(h.t.self.setPolicy(PolicyMode.BIND.number(), NodeMask.of(2))).isZero();
    assertThat(h.t.self.write(address + 3 * PAGE, 5)).isZero();
    assertThat(h.isHuge(address)).isFalse();
    assertThat(h.t.nodeAt(address + 3 * PAGE)).isEqualTo(2);
    assertThat(h.t.pte(address)).isZero();
    h.t.refill(taken);
    h.check();
  }

  /** Since "mm: allocate THP on hugezeropage wp-fault" a huge page takes the place of the zero page, or all falls into parts. */
  @Test
  void theHugeZeroPageFallsIntoPartsWhereNothingCanTakeItsPlace() {
    HugePages h = new HugePages("6.18");
    long address = h.map(512);
    assertThat(h.t.self.read(address)).isZero();
    List<Integer> taken = fragment(h, 2);
    assertThat(h.t.self.setPolicy(PolicyMode.BIND.number(), NodeMask.of(2))).isZero();
    assertThat(h.t.self.write(address + 3 * PAGE, 5)).isZero();
    assertThat(h.isHuge(address)).isFalse();
    assertThat(h.t.self.peek(address + 3 * PAGE)).isEqualTo(5);
    assertThat(Pte.special(h.t.pte(address + 4 * PAGE))).as("the zero page").isTrue();
    h.t.refill(taken);
    h.check();
  }

  @Test
  void aPageThatIsNewIsUptodateAndItsTasksAlone() {
    HugePages h = new HugePages("6.1");
    long address = h.map(512);
    h.write(address, 1);
    int head = h.head(address);
    assertThat(h.t.frames.has(head, PageFlag.UPTODATE)).isTrue();
    assertThat(h.t.frames.has(head, PageFlag.ANON_EXCLUSIVE)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"5.10, false", "6.1, true"})
  void aWriteToWhatIsNoLongerSharedSaysThatItWasDone(String release, boolean exclusive) {
    HugePages h = new HugePages(release);
    long address = h.written(0);
    int head = h.head(address);
    h.t.self.fork().exit();
    entry(h, address);
    assertThat(h.t.frames.has(head, PageFlag.ANON_EXCLUSIVE)).isFalse();
    assertThat(fault(h, address, true)).isEqualTo(VmOperations.FAULT_WRITE);
    assertThat(h.t.frames.has(head, PageFlag.ANON_EXCLUSIVE)).isEqualTo(exclusive);
    assertThat(Pte.young(entry(h, address))).isTrue();
  }

  @Test
  void aWriteToWhatIsSharedIsLeftToTheFaultsOfSmallPages() {
    HugePages h = new HugePages("5.10");
    long address = h.written(0);
    SimulatedProcess child = h.t.self.fork();
    entry(h, address);
    assertThat(fault(h, address, true)).isEqualTo(HugeMemory.FALLBACK);
    assertThat(h.isHuge(address)).isFalse();
    child.exit();
  }

  /** Two threads fault at the same time: the second finds the entry there and marks it. */
  @Test
  void aFaultThatAnotherThreadHasSettledMarksTheEntryAlone() {
    HugePages h = new HugePages("5.10");
    long address = h.written(0);
    PageTable tables = h.t.vma(address).mm.pageTable();
    long untouched = tables.huge(address) & ~(Pte.ACCESSED | Pte.DIRTY);
    tables.setHuge(address, untouched);
    assertThat(fault(h, address, false)).isZero();
    assertThat(tables.huge(address)).isEqualTo(untouched | Pte.ACCESSED);
    assertThat(fault(h, address, true)).isZero();
    assertThat(tables.huge(address)).isEqualTo(untouched | Pte.ACCESSED | Pte.DIRTY);
  }

  @Test
  void nothingIsLeftWhereTheWholeIsDropped() {
    HugePages h = new HugePages("5.10");
    long address = h.written(0);
    long free = h.t.k.nodes.zone(0).freePages();
    assertThat(h.t.self.dontneed(address, 512 * PAGE)).isZero();
    assertThat(entry(h, address)).isZero();
    assertThat(h.t.k.nodes.zone(0).freePages()).isEqualTo(free + 512);
  }

  /** set_pmd_migration_entry() and remove_migration_pmd(): dirty pages stay so, and rights are what they were. */
  @ParameterizedTest
  @CsvSource({"5.10, true", "5.10, false", "6.1, true", "6.1, false"})
  void aMoveKeepsWhatIsKnownOfThePage(String release, boolean writable) {
    HugePages h = new HugePages(release);
    long address = h.written(0);
    if (!writable) {
      assertThat(h.t.self.protect(address, 512 * PAGE, SimulatedProcess.PROT_READ)).isZero();
    }
    assertThat(h.move(address, 2, Mbind.MPOL_MF_MOVE)).isEqualTo(2);
    int head = h.head(address);
    assertThat(h.t.frames.has(head, PageFlag.DIRTY)).as("pmdp_huge_clear_flush() saw a dirty entry").isTrue();
    assertThat(Pte.write(entry(h, address))).isEqualTo(writable);
    assertThat(h.t.frames.has(head, PageFlag.ANON_EXCLUSIVE)).isEqualTo(release.equals("6.1"));
  }
}
