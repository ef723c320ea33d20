package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.VmOperations;
import java.util.List;

/** {@code mm/hugetlb.c}, its page tables: faults, copy-on-write, fork, protection and unmapping of huge pages. */
public class HugetlbFaults {

  protected final Kernel k;
  private final PageFrames frames;

  protected HugetlbFaults(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  private static long makeHugePte(Vma vma, int head, boolean writable) {
    long entry = Pte.of(head, vma.pageProt) | Pte.HUGE;
    return writable ? entry | Pte.WRITE | Pte.DIRTY : entry & ~Pte.WRITE;
  }

  /** {@code hugetlb_fault()}: returns bits of {@code VM_FAULT_*}. */
  int hugetlbFault(Mm mm, Vma vma, long address, boolean write) {
    long entry = mm.pageTable().huge(address);
    if (entry == 0) {
      return noPage(mm, vma, address & PageTable.PMD_MASK, write);
    }
    if (write && !Pte.write(entry)) {
      return cow(mm, vma, address & PageTable.PMD_MASK, entry);
    }
    mm.pageTable().setHuge(address, entry | Pte.ACCESSED | (write ? Pte.DIRTY : 0));
    return 0;
  }

  /** {@code hugetlb_no_page()}: the address is the huge page's. */
  private int noPage(Mm mm, Vma vma, long address, boolean write) {
    AddressSpace mapping = k.filemapFiles.mappingOf(vma);
    long index = vma.pageIndex(address);
    int head = mapping.pageTree().get(index);
    if (head == 0) {
      head = k.hugetlb.allocHugePage(vma, address, false);
      if (head == 0) {
        return VmOperations.FAULT_SIGBUS;
      }
      clear(head);
      frames.set(head, PageFlag.UPTODATE | PageFlag.ACTIVE);
      if (vma.has(VmFlag.MAYSHARE)) {
        addToPageCache(mapping, head, index);
      } else {
        k.rmap.anonVmaPrepare(vma);
        k.rmap.hugepageAddNewAnonRmap(head, vma, address);
        mm.pageTable().setHuge(address, makeHugePte(vma, head, false));
        return write ? cow(mm, vma, address, mm.pageTable().huge(address)) : 0;
      }
    }
    frames.get(head);
    k.rmap.pageDupRmap(head);
    mm.pageTable().setHuge(address, makeHugePte(vma, head, vma.has(VmFlag.WRITE)));
    return 0;
  }

  private void clear(int head) {
    for (int i = 0; i < Hugetlb.PAGES; i++) {
      frames.content(head + i, 0);
    }
  }

  void copyContent(int to, int from) {
    for (int i = 0; i < Hugetlb.PAGES; i++) {
      frames.content(to + i, frames.content(from + i));
    }
  }

  /** {@code huge_add_to_page_cache()}: the reference of the one who made the page is the cache's. */
  private void addToPageCache(AddressSpace mapping, int head, long index) {
    frames.mapping(head, mapping.handle());
    frames.index(head, (int) index);
    mapping.pageTree().put(index, head);
    mapping.nrpages++;
  }

  /** {@code hugetlb_cow()}, later {@code hugetlb_wp()}. */
  private int cow(Mm mm, Vma vma, long address, long entry) {
    int old = Pte.pfn(entry);
    if (vma.has(VmFlag.MAYSHARE) || frames.mapcount(old) == 1) {
      if (frames.anon(old)) {
        k.rmap.pageMoveAnonRmap(old, vma);
      }
      mm.pageTable().setHuge(address, entry | Pte.WRITE | Pte.DIRTY);
      return VmOperations.FAULT_WRITE;
    }
    boolean owner = vma.hugeReservation != null;
    int head = k.hugetlb.allocHugePage(vma, address, owner);
    if (head == 0) {
      if (!owner) {
        return VmOperations.FAULT_SIGBUS;
      }
      // The pool is too small for parent and child: the child loses the page.
      unmapRefPrivate(vma, old, address);
      return cow(mm, vma, address, entry);
    }
    copyContent(head, old);
    frames.set(head, PageFlag.UPTODATE | PageFlag.ACTIVE);
    k.rmap.hugepageAddNewAnonRmap(head, vma, address);
    mm.pageTable().setHuge(address, makeHugePte(vma, head, true));
    removeRmap(old);
    k.swap.putPage(old);
    return VmOperations.FAULT_WRITE;
  }

  /** {@code unmap_ref_private()}: takes a page away from all private mappings to which it was not promised. */
  private void unmapRefPrivate(Vma vma, int head, long address) {
    long index = vma.pageIndex(address);
    for (Vma other : List.copyOf(k.filemapFiles.mappingOf(vma).mmap())) {
      boolean reaches = other.pgoff <= index && index < other.pgoff + other.pages();
      if (other == vma || other.has(VmFlag.MAYSHARE) || other.hugeReservation != null || !reaches) {
        continue;
      }
      long at = other.start + ((index - other.pgoff) << PageTable.PAGE_SHIFT);
      long entry = other.mm.pageTable().huge(at);
      if (Pte.present(entry) && Pte.pfn(entry) == head) {
        zap(other, at);
      }
    }
  }

  /** {@code page_remove_rmap()} of a huge page, which no zone counts. */
  void removeRmap(int head) {
    frames.mapcount(head, frames.mapcount(head) - 1);
  }

  private void zap(Vma vma, long address) {
    long entry = vma.mm.pageTable().huge(address);
    vma.mm.pageTable().setHuge(address, 0);
    if (Pte.present(entry)) {
      removeRmap(Pte.pfn(entry));
      k.swap.putPage(Pte.pfn(entry));
    }
  }

  /** {@code unmap_hugepage_range()}. */
  void unmapHugepageRange(Vma vma, long start, long end) {
    for (long at = start; at < end; at += PageTable.PMD_SIZE) {
      if (vma.mm.pageTable().huge(at) != 0) {
        zap(vma, at);
      }
    }
  }

  /** {@code copy_hugetlb_page_range()}: fork. */
  void copyHugetlbPageRange(Mm to, Mm from, Vma vma) {
    for (long at = vma.start; at < vma.end; at += PageTable.PMD_SIZE) {
      long entry = from.pageTable().huge(at);
      if (!Pte.present(entry)) {
        continue;
      }
      if (VmFlag.isCow(vma.flags)) {
        entry &= ~Pte.WRITE;
        from.pageTable().setHuge(at, entry);
      }
      frames.get(Pte.pfn(entry));
      k.memory.dupRmap(Pte.pfn(entry));
      to.pageTable().setHuge(at, entry);
    }
  }

  /** {@code hugetlb_change_protection()}. */
  void changeProtection(Vma vma, long start, long end, long prot) {
    for (long at = start; at < end; at += PageTable.PMD_SIZE) {
      long entry = vma.mm.pageTable().huge(at);
      if (Pte.present(entry)) {
        vma.mm.pageTable().setHuge(at, Pte.modify(entry, prot));
      }
    }
  }

  /**
   * {@code follow_huge_pmd()}: the base page of an address.
   *
   * @param flags bits of {@code FOLL_*}
   * @return the page, 0 where there is none
   */
  int follow(Vma vma, long address, int flags) {
    long entry = vma.mm.pageTable().huge(address);
    if (!Pte.present(entry) || (flags & Memory.FOLL_WRITE) != 0 && !Pte.write(entry)) {
      return 0;
    }
    if ((flags & Memory.FOLL_GET) != 0) {
      frames.get(Pte.pfn(entry));
    }
    return Pte.pfn(entry) + PageTable.slot(address);
  }
}
