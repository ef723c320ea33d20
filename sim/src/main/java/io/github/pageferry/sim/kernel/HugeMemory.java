package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.VmOperations;
import org.jspecify.annotations.Nullable;

/**
 * {@code mm/huge_memory.c}: transparent huge pages of anonymous memory as page tables see them: mapped by one entry ({@code
 * pmd}) or, once that has been split, by one for each base page. The pages themselves are split by {@link HugeSplit}.
 *
 * <p>Each entry has one reference on the head. {@code page->mapping}, {@code page->index} and {@code PG_anon_exclusive} are
 * kept for every base page, the latter for the head alone while one entry maps the page.
 */
public class HugeMemory {

  /** {@code VM_FAULT_FALLBACK}: small pages it is. */
  static final int FALLBACK = 0x800;

  private static final int PAGES = PageFrames.HUGE_FRAMES;

  private final Kernel k;
  private final PageFrames frames;

  HugeMemory(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  // Faults.

  /** The steps of {@code __handle_mm_fault()} that concern huge pages: bits of {@code VM_FAULT_*}, {@link #FALLBACK} among them. */
  int fault(Mm mm, Vma vma, long address, boolean write) {
    long entry = mm.pageTable().huge(address);
    if (entry == 0) {
      long start = address & PageTable.PMD_MASK;
      boolean suits = vma.has(VmFlag.HUGEPAGE) && vma.ops == null
          && vma.start <= start && start + PageTable.PMD_SIZE <= vma.end && mm.pageTable().find(address) == null;
      return suits ? doHugePmdAnonymousPage(mm, vma, start, write) : FALLBACK;
    }
    if (write && !Pte.write(entry)) {
      return doHugePmdWpPage(mm, vma, address, entry);
    }
    mm.pageTable().setHuge(address, entry | Pte.ACCESSED | (write ? Pte.DIRTY : 0));
    return 0;
  }

  /** {@code do_huge_pmd_anonymous_page()}: a read gets the huge zero page. */
  private int doHugePmdAnonymousPage(Mm mm, Vma vma, long start, boolean write) {
    k.rmap.anonVmaPrepare(vma);
    if (!write) {
      mm.pageTable().setHuge(start, Pte.of(PageFrames.ZERO_PAGE, vma.pageProt) | Pte.SPECIAL | Pte.HUGE);
      return 0;
    }
    int head = allocByPolicy(k.mempolicy.getVmaPolicy(k.current, vma, start), interleaveIndex(vma, start));
    if (head == 0) {
      return FALLBACK;
    }
    for (int i = 0; i < PAGES; i++) {
      frames.content(head + i, 0);
    }
    frames.set(head, PageFlag.UPTODATE);
    mm.anonPages += PAGES;
    k.rmap.pageAddNewAnonRmap(head, vma, start);
    mm.pageTable().setHuge(start, Pte.of(head, vma.pageProt) | Pte.HUGE | Pte.WRITE | Pte.DIRTY);
    return 0;
  }

  /** {@code do_huge_pmd_wp_page()}: what cannot be written as it is falls into parts. */
  private int doHugePmdWpPage(Mm mm, Vma vma, long address, long entry) {
    if (Pte.special(entry) && k.profile.huge().zeroGivesWay()) {
      int fault = doHugePmdAnonymousPage(mm, vma, address & PageTable.PMD_MASK, true);
      if (fault != FALLBACK) {
        return fault;
      }
    } else if (!Pte.special(entry) && k.memoryFaults.reuseHugePage(Pte.pfn(entry))) {
      k.memoryFaults.makeExclusive(Pte.pfn(entry), vma);
      mm.pageTable().setHuge(address, entry | Pte.ACCESSED | Pte.DIRTY | Pte.WRITE);
      return VmOperations.FAULT_WRITE;
    }
    splitHugePmd(vma, address);
    return FALLBACK;
  }

  // Allocation.

  /** {@code alloc_pages_vma()} of a huge page by a policy, which interleaves by a number of huge pages; 0 where none is to be had. */
  int allocByPolicy(Policy policy, long index) {
    if (Mempolicy.isInterleave(policy)) {
      return k.pageAlloc.allocHuge(Gfp.HIGHUSER_MOVABLE, k.mempolicy.offsetIlNode(policy, index), null);
    }
    int node = k.mempolicy.hugePolicyNode(policy);
    int head = policy.mode == Policy.PREFERRED_MANY
        ? k.pageAlloc.allocHuge(Gfp.HIGHUSER_MOVABLE, node, policy.nodes) : 0;
    return head != 0 ? head : k.pageAlloc.allocHuge(Gfp.HIGHUSER_MOVABLE, node, k.mempolicy.policyNodemask(policy));
  }

  /** {@code interleave_nid()}: by which number a mapping's transparent huge pages interleave. */
  static long interleaveIndex(Vma vma, long address) {
    return vma.pgoff / PAGES + (address - vma.start) / PageTable.PMD_SIZE;
  }

  /** {@code alloc_migration_target()} of a huge page. */
  int allocOnNode(int node) {
    return k.pageAlloc.allocHuge(Gfp.HIGHUSER_MOVABLE | Gfp.THISNODE, node, null);
  }

  // Page tables.

  /** {@code __split_huge_pmd()}: entries for the base pages take the place of the one that maps a huge page at this address, if any. */
  void splitHugePmd(Vma vma, long address) {
    long start = address & PageTable.PMD_MASK;
    PageTable tables = vma.mm.pageTable();
    long entry = tables.huge(start);
    if (entry == 0 || vma.has(VmFlag.HUGETLB)) {
      return;
    }
    boolean zero = Pte.special(entry);
    int head = Pte.pfn(entry);
    boolean exclusive = !zero && k.rmap.isAnonExclusive(head);
    tables.setHuge(start, 0);
    long[] table = tables.alloc(start);
    for (int i = 0; i < PAGES; i++) {
      table[i] = Pte.ofPart(entry, i) & ~Pte.HUGE;
      if (exclusive) {
        frames.set(head + i, PageFlag.ANON_EXCLUSIVE);
      }
    }
    if (!zero) {
      frames.count(head, frames.count(head) + PAGES - 1);
    }
  }

  /** {@code vma_adjust_trans_huge()}: no entry of a huge page reaches over a border between VMAs. */
  void vmaAdjustTransHuge(Vma vma, long border) {
    if ((border & ~PageTable.PMD_MASK) != 0) {
      splitHugePmd(vma, border);
    }
  }

  /** {@code copy_huge_pmd()}: fork copies the entry of a huge page, if there is one. */
  void copyHugePmd(Mm to, Mm from, long address) {
    long entry = from.pageTable().huge(address);
    if (entry == 0) {
      return;
    }
    if (!Pte.special(entry)) {
      int head = Pte.pfn(entry);
      frames.get(head);
      for (int i = 0; i < PAGES; i++) {
        k.memory.dupRmap(head + i);
      }
      to.anonPages += PAGES;
    }
    from.pageTable().setHuge(address, entry & ~Pte.WRITE);
    to.pageTable().setHuge(address, entry & ~(Pte.WRITE | Pte.ACCESSED));
  }

  /** {@code zap_pmd_range()}: takes away an entry that lies in the range as a whole, and splits it otherwise. */
  void zapHugePmd(Vma vma, long start, long end) {
    if (end - start < PageTable.PMD_SIZE) {
      splitHugePmd(vma, start);
      return;
    }
    long entry = vma.mm.pageTable().huge(start);
    vma.mm.pageTable().setHuge(start, 0);
    if (!Pte.special(entry)) {
      int head = Pte.pfn(entry);
      vma.mm.anonPages -= PAGES;
      k.rmap.folioRemoveRmapPmd(head);
      k.swap.putPage(head);
    }
  }

  /** {@code change_huge_pmd()}: another protection for an entry, if there is one; it lies in the range, which is all of a VMA. */
  void changeHugePmd(Vma vma, long start, long prot) {
    long entry = vma.mm.pageTable().huge(start);
    if (entry != 0) {
      vma.mm.pageTable().setHuge(start, Pte.modify(entry, prot));
    }
  }

  // Migration.

  /** Whether the entry of a huge page maps the page whose head this is. */
  boolean isMapping(int head, Vma vma, long address) {
    long entry = vma.mm.pageTable().huge(address);
    return Pte.present(entry) && !Pte.special(entry) && Pte.pfn(entry) == head;
  }

  /** {@code set_pmd_migration_entry()}. */
  void setPmdMigrationEntry(int head, Vma vma, long address) {
    long entry = vma.mm.pageTable().huge(address);
    if (Pte.dirty(entry)) {
      k.pageWriteback.setPageDirty(head);
    }
    vma.mm.pageTable().setHuge(address, k.rmap.migrationEntry(head, entry));
    k.rmap.folioRemoveRmapPmd(head);
    k.swap.putPage(head);
  }

  /** {@code remove_migration_pmd()}. */
  void removeMigrationPmd(int newHead, Vma vma, long address, int old) {
    long entry = vma.mm.pageTable().huge(address);
    if (!Pte.isMigration(entry) || Pte.migrationPage(entry) != old) {
      return;
    }
    frames.get(newHead);
    long restored = Pte.of(newHead, vma.pageProt) & ~Pte.ACCESSED | Pte.HUGE;
    vma.mm.pageTable().setHuge(address, Pte.isWriteMigration(entry) ? restored | Pte.WRITE : restored);
    for (int i = 0; i < PAGES; i++) {
      k.rmap.pageAddAnonRmap(newHead + i, vma, address);
    }
    k.migrate.restoreExclusive(newHead, entry);
  }
}
