package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import io.github.pageferry.sim.mm.VmOperations;
import io.github.pageferry.sim.mm.Vma;
import org.junit.jupiter.api.Test;

/** {@code hugetlb_fault()}, {@code hugetlb_cow()} and {@code free_huge_page()}: what they answer and leave behind. */
class HugetlbFaultTest {

  private static final long HUGE = PageTable.PMD_SIZE;
  private static final int PAGES = Hugetlb.PAGES;

  private TestKernel t = new TestKernel(new MachineSpec(4, 16 << 20, 1), "2.6.36");

  /** The VMA of an address in a process, whose call makes its tables the current ones. */
  private Vma vmaOf(SimulatedProcess process, long address) {
    process.peek(address);
    return t.vma(address);
  }

  private long entry(SimulatedProcess process, long address) {
    return vmaOf(process, address).mm.pageTable().huge(address);
  }

  private int fault(SimulatedProcess process, long address, boolean write) {
    Vma vma = vmaOf(process, address);
    return t.k.hugetlbFaults.hugetlbFault(vma.mm, vma, address, write);
  }

  @Test
  void aWriteSaysThatItWasDone() {
    t.hugePools(3);
    long address = t.mapHuge(1, false);
    assertThat(fault(t.self, address, false)).as("a read").isZero();
    assertThat(fault(t.self, address, true)).as("a write to what is the task's alone").isEqualTo(VmOperations.FAULT_WRITE);
    SimulatedProcess child = t.self.fork();
    assertThat(fault(child, address, true)).as("a write that copies").isEqualTo(VmOperations.FAULT_WRITE);
    child.exit();
    long fresh = t.mapHuge(1, false);
    assertThat(fault(t.self, fresh, true)).as("a write where nothing was").isEqualTo(VmOperations.FAULT_WRITE);
    long shared = t.mapHuge(1, true);
    assertThat(fault(t.self, shared, true)).as("a write to a file's page").isZero();
  }

  @Test
  void aWriteForWhichTheChildLosesItsPageSaysThatItWasDone() {
    t.hugePools(1);
    long address = t.mapHuge(1, false);
    assertThat(t.self.write(address, 3)).isZero();
    SimulatedProcess child = t.self.fork();
    assertThat(fault(t.self, address, true)).isEqualTo(VmOperations.FAULT_WRITE);
    assertThat(Pte.present(entry(child, address))).isFalse();
    child.exit();
  }

  /** Two threads fault at the same time: the second finds the entry there and marks it. */
  @Test
  void aFaultThatAnotherThreadHasSettledMarksTheEntryAlone() {
    t.hugePools(1);
    long address = t.mapHuge(1, true);
    assertThat(t.self.read(address)).isZero();
    Vma vma = t.vma(address);
    PageTable tables = vma.mm.pageTable();
    long untouched = tables.huge(address) & ~(Pte.ACCESSED | Pte.DIRTY);
    tables.setHuge(address, untouched);
    assertThat(fault(t.self, address, false)).isZero();
    assertThat(tables.huge(address)).isEqualTo(untouched | Pte.ACCESSED);
    assertThat(fault(t.self, address, true)).isZero();
    assertThat(tables.huge(address)).isEqualTo(untouched | Pte.ACCESSED | Pte.DIRTY);
  }

  /** page_move_anon_rmap(): the parent has gone, and with it its claim. */
  @Test
  void aPageThatIsAChildsAloneMovesToTheChildsAnonVma() {
    t.hugePools(1);
    long address = t.mapHuge(1, false);
    assertThat(t.self.write(address, 3)).isZero();
    SimulatedProcess child = t.self.fork();
    assertThat(t.self.unmap(address, HUGE)).isZero();
    Vma vma = vmaOf(child, address);
    int head = Pte.pfn(entry(child, address));
    assertThat(child.write(address, 4)).isZero();
    assertThat(vma.anonVma).isNotNull();
    assertThat(t.frames.mapping(head)).isEqualTo(vma.anonVma.handle());
    child.exit();
  }

  @Test
  void aFilesPageStaysTheFiles() {
    t.hugePools(2);
    long address = t.mapHuge(2, true);
    assertThat(t.self.write(address + HUGE, 1)).isZero();
    int head = Pte.pfn(entry(t.self, address + HUGE));
    int file = t.frames.mapping(head);
    assertThat(t.frames.index(head)).as("by base pages").isEqualTo(PAGES);
    assertThat(t.self.protect(address, 2 * HUGE, SimulatedProcess.PROT_READ)).isZero();
    assertThat(t.self.protect(address, 2 * HUGE, TestKernel.RW)).isZero();
    assertThat(t.self.write(address + HUGE, 2)).isZero();
    assertThat(t.frames.mapping(head)).isEqualTo(file);
    assertThat(t.frames.anon(head)).isFalse();
  }

  /** unmap_ref_private(), for the second page of a mapping that the child has cut in two. */
  @Test
  void theChildLosesThePageThatIsWrittenAndNoOther() {
    t.hugePools(3);
    long address = t.mapHuge(3, false);
    for (int i = 0; i < 3; i++) {
      assertThat(t.self.write(address + i * HUGE, i + 1)).isZero();
    }
    SimulatedProcess child = t.self.fork();
    assertThat(child.protect(address, HUGE, SimulatedProcess.PROT_READ)).isZero();
    assertThat(t.self.write(address + HUGE, 9)).isZero();
    assertThat(Pte.present(entry(child, address))).isTrue();
    assertThat(Pte.present(entry(child, address + HUGE))).isFalse();
    assertThat(Pte.present(entry(child, address + 2 * HUGE))).isTrue();
    assertThat(t.self.write(address + 2 * HUGE, 9)).isZero();
    assertThat(Pte.present(entry(child, address + 2 * HUGE))).isFalse();
    assertThat(child.peek(address)).isEqualTo(1);
    child.exit();
  }

  @Test
  void aPageThatIsFreeRemembersNothing() {
    t.hugePools(1);
    long address = t.mapHuge(1, false);
    assertThat(t.self.write(address, 1)).isZero();
    int head = Pte.pfn(entry(t.self, address));
    assertThat(t.self.unmap(address, HUGE)).isZero();
    assertThat(t.frames.mapping(head)).isZero();
    assertThat(t.frames.has(head, PageFlag.ACTIVE | PageFlag.UPTODATE | PageFlag.DIRTY | PageFlag.REFERENCED)).isFalse();
  }

  @Test
  void thePoolGivesUpNoPageThatIsUsedThoughAnotherNodeHasOneFree() {
    t.hugePools(1, 1);
    long address = t.mapHuge(1, false);
    assertThat(t.self.write(address, 1)).isZero();
    assertThat(t.k.hugetlb.setPoolSize(0, 0)).isEqualTo(1);
    assertThat(t.k.hugetlb.pool().freePages(1)).isEqualTo(1);
    assertThat(t.self.peek(address)).isEqualTo(1);
  }

  /** A page made for a move belongs to the pool after it, and frames that once were such a page do not differ from others. */
  @Test
  void framesOfAPageThatWasMadeForAMoveComeBackToThePoolLater() {
    t = new TestKernel(new MachineSpec(4, 16 << 20, 1), "5.10");
    t.hugePools(1);
    long address = t.mapHuge(1, false);
    assertThat(t.self.write(address, 1)).isZero();
    int old = Pte.pfn(entry(t.self, address));
    int[] status = new int[1];
    assertThat(t.self.movePages(
        0, 1, UserLongs.of(address), UserInts.of(2), UserInts.of(status), MovePages.MPOL_MF_MOVE)).isZero();
    assertThat(status).containsExactly(2);
    assertThat(t.frames.mapping(old)).as("free").isZero();
    assertThat(t.self.unmap(address, HUGE)).isZero();
    t.hugePools(8);
    long all = t.mapHuge(8, false);
    for (int i = 0; i < 8; i++) {
      assertThat(t.self.write(all + i * HUGE, 1)).isZero();
    }
    assertThat(t.self.unmap(all, 8 * HUGE)).isZero();
    assertThat(t.k.hugetlb.pool().freePages(0)).isEqualTo(8);
  }
}
