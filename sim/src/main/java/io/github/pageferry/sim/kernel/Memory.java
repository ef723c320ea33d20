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
import org.jspecify.annotations.Nullable;

/**
 * {@code mm/memory.c}, its first half: walking, copying and clearing page tables. Faults are {@link MemoryFaults}.
 */
public class Memory {

  /** {@code FOLL_WRITE}: the entry must be writable. */
  public static final int FOLL_WRITE = 1;
  /** {@code FOLL_TOUCH}: the page counts as accessed. */
  public static final int FOLL_TOUCH = 1 << 1;
  /** {@code FOLL_GET}: with a reference. */
  public static final int FOLL_GET = 1 << 2;
  /** {@code FOLL_DUMP}: what would only be zeroes is an error. */
  public static final int FOLL_DUMP = 1 << 3;

  /** Entries that {@code copy_pte_range()} copies before it lets others have the page tables. */
  private static final int COPIED_AT_ONCE = 4;

  protected final Kernel k;
  protected final PageFrames frames;

  protected Memory(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /**
   * {@code free_pgtables()}: frees the page tables of a run of VMAs.
   *
   * @param floor end of the mapping below, or 0
   * @param ceiling start of the mapping above, or 0
   */
  void freePgtables(Mm mm, Iterable<Vma> vmas, long floor, long ceiling) {
    Vma first = null;
    Vma last = null;
    for (Vma vma : vmas) {
      k.rmap.unlinkAnonVmas(vma);
      k.mmap.unlinkFileVma(vma);
      // VMAs that are near each other go together, since a table may serve several.
      if (last != null && vma.start > last.end + PageTable.PMD_SIZE) {
        mm.pageTable().freeRange(first.start, last.end, floor, vma.start);
        first = vma;
      } else if (first == null) {
        first = vma;
      }
      last = vma;
    }
    if (first != null) {
      mm.pageTable().freeRange(first.start, last.end, floor, ceiling);
    }
  }

  /** {@code vm_normal_page()}: the counted page behind an entry, 0 for the zero page and for raw frames. */
  public int vmNormalPage(Vma vma, long address, long pte) {
    return Pte.special(pte) ? 0 : Pte.pfn(pte);
  }

  /** {@code page_dup_rmap()}: the child maps the page, too. */
  protected void dupRmap(int page) {
    k.rmap.pageDupRmap(page);
  }

  /** {@code copy_one_pte()}. */
  private void copyOnePte(Mm toMm, long[] to, long[] from, int slot, Vma vma, long address) {
    long pte = from[slot];
    if (!Pte.present(pte)) {
      if ((Pte.isWriteMigration(pte) || Pte.isExclusiveMigration(pte)) && VmFlag.isCow(vma.flags)) {
        pte = Pte.migration(Pte.migrationPage(pte), false);
        from[slot] = pte;
      } else if (!Pte.isMigration(pte)) {
        k.swapfile.swapDuplicate((int) Pte.swapOffset(pte));
        toMm.swapEntries++;
      }
      countMigrating(toMm, pte, 1);
      to[slot] = pte;
      return;
    }
    if (VmFlag.isCow(vma.flags)) {
      pte &= ~Pte.WRITE;
      from[slot] = pte;
    }
    if (vma.has(VmFlag.SHARED)) {
      pte &= ~Pte.DIRTY;
    }
    pte &= ~Pte.ACCESSED;
    int page = vmNormalPage(vma, address, pte);
    if (page != 0) {
      frames.get(frames.compoundHead(page));
      dupRmap(page);
      countRss(toMm, page, 1);
    }
    to[slot] = pte;
  }

  /** Counts a page that is being moved, whose entry is copied or goes. */
  private void countMigrating(Mm mm, long pte, int delta) {
    if (!Pte.isMigration(pte)) {
      return;
    }
    if (k.profile.rssCountsMigrating()) {
      countRss(mm, Pte.migrationPage(pte), delta);
    } else {
      k.defects.uncountedMigrating(mm, Pte.migrationPage(pte), delta);
    }
  }

  /** Adds to {@code MM_ANONPAGES} or {@code MM_FILEPAGES}. */
  void countRss(Mm mm, int page, int delta) {
    if (frames.anon(page)) {
      mm.anonPages += delta;
    } else {
      mm.filePages += delta;
    }
  }

  /** {@code copy_page_range()}: fork copies a VMA's entries, unless faults would bring them back as they are. */
  public int copyPageRange(Mm to, Mm from, Vma vma) {
    long special = VmFlag.HUGETLB | VmFlag.NONLINEAR | VmFlag.PFNMAP | VmFlag.INSERTPAGE;
    if (!vma.has(special & ~k.profile.forkSkips()) && vma.anonVma == null) {
      return 0;
    }
    if (vma.has(VmFlag.HUGETLB)) {
      k.hugetlbFaults.copyHugetlbPageRange(to, from, vma);
      return 0;
    }
    int progress = 0;
    for (long address = vma.start; address < vma.end; ) {
      k.locks.passPageTable();
      long[] source = from.pageTable().find(address);
      long next = Math.min((address & PageTable.PMD_MASK) + PageTable.PMD_SIZE, vma.end);
      if (source == null) {
        k.hugeMemory.copyHugePmd(to, from, address);
        address = next;
        continue;
      }
      long[] target = to.pageTable().alloc(address);
      for (; address < next; address += PageTable.PAGE_SIZE) {
        if (source[PageTable.slot(address)] != 0) {
          if (progress == COPIED_AT_ONCE) {
            progress = 0;
            k.locks.passPageTable();
          }
          progress++;
          copyOnePte(to, target, source, PageTable.slot(address), vma, address);
        }
      }
    }
    return 0;
  }

  /** {@code zap_pte_range()} of one entry. */
  private void zapPte(Vma vma, long[] table, long address, @Nullable AddressSpace checkMapping) {
    int slot = PageTable.slot(address);
    long pte = table[slot];
    if (pte == 0) {
      return;
    }
    int page = Pte.present(pte) ? vmNormalPage(vma, address, pte) : 0;
    if (checkMapping != null && (!Pte.present(pte) || page != 0 && frames.mapping(page) != checkMapping.handle())) {
      return;
    }
    table[slot] = 0;
    if (Pte.isSwap(pte) && !Pte.isMigration(pte)) {
      vma.mm.swapEntries--;
      k.swapfile.freeSwapAndCache((int) Pte.swapOffset(pte));
    }
    if (page == 0) {
      countMigrating(vma.mm, pte, -1);
      return;
    }
    if (!frames.anon(page)) {
      if (Pte.dirty(pte)) {
        k.pageWriteback.setPageDirty(page);
      }
      if (Pte.young(pte)) {
        k.swap.markPageAccessed(page);
      }
    }
    countRss(vma.mm, page, -1);
    k.rmap.pageRemoveRmap(page);
    k.swapState.freePageAndSwapCache(page);
  }

  /** {@code unmap_vmas()} of the part of one VMA that lies in a range. */
  public void unmapPageRange(Vma vma, long start, long end) {
    unmapPageRange(vma, start, end, null);
  }

  /**
   * As {@link #unmapPageRange(Vma, long, long)}.
   *
   * @param checkMapping {@code zap_details.check_mapping}: only this file's own pages; null for all
   */
  void unmapPageRange(Vma vma, long start, long end, @Nullable AddressSpace checkMapping) {
    long to = Math.min(end, vma.end);
    if (vma.has(VmFlag.HUGETLB)) {
      k.hugetlbFaults.unmapHugepageRange(vma, Math.max(start, vma.start), to);
      return;
    }
    for (long address = Math.max(start, vma.start); address < to; ) {
      k.locks.passPageTable();
      long next = Math.min((address & PageTable.PMD_MASK) + PageTable.PMD_SIZE, to);
      if (vma.mm.pageTable().huge(address) != 0) {
        k.hugeMemory.zapHugePmd(vma, address, next);
      }
      long[] table = vma.mm.pageTable().find(address);
      for (; table != null && address < next; address += PageTable.PAGE_SIZE) {
        zapPte(vma, table, address, checkMapping);
      }
      address = next;
    }
  }

  /** {@code zap_page_range()}. */
  public void zapPageRange(Vma vma, long start, long end) {
    k.swap.lruAddDrain();
    unmapPageRange(vma, start, end);
  }

  /**
   * {@code follow_page()}: the page that an address has at the moment; nothing is brought in.
   *
   * @param flags bits of {@code FOLL_*}
   * @return the page, 0 where there is none, or -EFAULT for a frame without a page
   */
  public int followPage(Vma vma, long address, int flags) {
    if (vma.has(VmFlag.HUGETLB)) {
      return k.hugetlbFaults.follow(vma, address, flags);
    }
    k.locks.passPageTable();
    long pte = vma.mm.pageTable().get(address);
    if (!Pte.present(pte)) {
      return pte == 0 ? noPageTable(vma, flags) : 0;
    }
    if (Pte.protnone(pte) && k.profile.protnoneUnseen()) {
      // What maps a huge page is passed over as if there were no table.
      return Pte.huge(pte) ? noPageTable(vma, flags) : 0;
    }
    if ((flags & FOLL_WRITE) != 0 && !Pte.write(pte)) {
      return 0;
    }
    int page = vmNormalPage(vma, address, pte);
    if (page == 0) {
      if ((flags & FOLL_DUMP) != 0 || Pte.pfn(pte) != PageFrames.ZERO_PAGE || vma.has(VmFlag.PFNMAP)) {
        return -Err.EFAULT;
      }
      page = PageFrames.ZERO_PAGE;
    }
    if ((flags & FOLL_GET) != 0) {
      frames.get(frames.compoundHead(page));
    }
    if ((flags & FOLL_TOUCH) != 0) {
      if ((flags & FOLL_WRITE) != 0 && !Pte.dirty(pte) && !frames.has(page, PageFlag.DIRTY)) {
        k.pageWriteback.setPageDirty(frames.compoundHead(page));
      }
      k.swap.markPageAccessed(frames.compoundHead(page));
    }
    return page;
  }

  private int noPageTable(Vma vma, int flags) {
    return (flags & FOLL_DUMP) != 0 && vma.ops == null ? -Err.EFAULT : 0;
  }

  /**
   * {@code __get_user_pages()} of one page: brings it in where it is not there.
   *
   * @param flags bits of {@code FOLL_*}
   * @return the page, with a reference where {@code FOLL_GET} is set, or an errno negated
   */
  public int getUserPage(Mm mm, long address, int flags) {
    Vma vma = mm.findVma(address);
    long wanted = (flags & FOLL_WRITE) != 0 ? VmFlag.WRITE : VmFlag.READ;
    if (vma == null || vma.start > address || vma.has(VmFlag.IO | VmFlag.PFNMAP) || !vma.has(wanted)) {
      return -Err.EFAULT;
    }
    for (int page; ; ) {
      page = followPage(vma, address, flags);
      if (page != 0) {
        return page;
      }
      int fault = k.memoryFaults.handleMmFault(mm, vma, address, (flags & FOLL_WRITE) != 0);
      if ((fault & VmOperations.FAULT_ERROR) != 0) {
        return (fault & VmOperations.FAULT_OOM) != 0 ? -Err.ENOMEM : -Err.EFAULT;
      }
    }
  }
}
