package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.VmOperations;

/** {@code mm/memory.c}, its second half: what a page fault brings in. Results are bits of {@code VM_FAULT_*}. */
public class MemoryFaults {

  protected final Kernel k;
  protected final PageFrames frames;

  protected MemoryFaults(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code maybe_mkwrite()}. */
  private static long maybeMkwrite(long pte, Vma vma) {
    return vma.has(VmFlag.WRITE) ? pte | Pte.WRITE : pte;
  }

  static boolean isSharedWritable(Vma vma) {
    return (vma.flags & (VmFlag.WRITE | VmFlag.SHARED)) == (VmFlag.WRITE | VmFlag.SHARED);
  }

  /** {@code do_wp_page()}: a write to a page whose entry is read-only. */
  protected int doWpPage(Mm mm, Vma vma, long address, long pte) {
    int oldPage = k.memory.vmNormalPage(vma, address, pte);
    if (oldPage == 0) {
      return isSharedWritable(vma) ? reuse(mm, vma, address, pte) : copy(mm, vma, address, pte, 0);
    }
    if (frames.anon(oldPage) && !frames.ksm(oldPage)) {
      if (!lockMapped(mm, address, pte, oldPage)) {
        return 0;
      }
      boolean reuse = reuseSwapPage(oldPage);
      if (reuse) {
        k.rmap.pageMoveAnonRmap(oldPage, vma);
        reuse(mm, vma, address, pte);
      } else {
        frames.get(frames.compoundHead(oldPage));
      }
      k.filemap.unlockPage(frames.compoundHead(oldPage));
      return reuse ? VmOperations.FAULT_WRITE : copy(mm, vma, address, pte, oldPage);
    } else if (isSharedWritable(vma)) {
      return writeShared(mm, vma, address, pte, oldPage);
    }
    frames.get(frames.compoundHead(oldPage));
    return copy(mm, vma, address, pte, oldPage);
  }

  /**
   * {@code pte_offset_map_lock()} with {@code pte_same()}: whether the entry is another one by now, so that the fault must be taken
   * anew. Tasks beside this one can change it, and reclaim, where a page was allocated since.
   */
  protected final boolean isChanged(Mm mm, long address, long pte) {
    k.locks.passPageTable();
    return mm.pageTable().get(address) != pte;
  }

  /** Gives a new page back that somebody else's has made needless. */
  private void discard(int page) {
    k.memcontrol.unchargePage(page);
    k.swap.putPage(page);
  }

  /** Locks the page that an entry maps, unless the entry is another one by then. */
  private boolean lockMapped(Mm mm, long address, long pte, int page) {
    int head = frames.compoundHead(page);
    frames.get(head);
    k.filemap.lockPage(head);
    boolean changed = mm.pageTable().get(address) != pte;
    if (changed) {
      k.filemap.unlockPage(head);
    }
    k.swap.putPage(head);
    return !changed;
  }

  /** Whether the locked page may be written as it is, nobody else having it. */
  protected boolean reuseSwapPage(int page) {
    int head = frames.compoundHead(page);
    return head == page && frames.nrPages(page) == 1 ? k.swapfile.reuseSwapPage(page) : reuseHugePage(head);
  }

  /** A page for an address, on the account of the process's memory cgroup; 0 where either refuses. */
  private int allocCharged(Mm mm, Vma vma, long address) {
    int page = k.mempolicy.allocPageVma(Gfp.HIGHUSER_MOVABLE, vma, address);
    if (page != 0 && k.memcontrol.newpageCharge(page, mm) != 0) {
      k.swap.putPage(page);
      return 0;
    }
    return page;
  }

  /** As {@link #reuseSwapPage}, of a transparent huge page: no part of it is mapped twice. */
  protected boolean reuseHugePage(int head) {
    for (int i = 0; i < frames.nrPages(head); i++) {
      if (frames.mapcount(head + i) > 1) {
        return false;
      }
    }
    return true;
  }

  /** A transparent huge page, which {@link #reuseHugePage} allows to be written, is this process's alone. */
  protected void makeExclusive(int head, Vma vma) {}

  private int reuse(Mm mm, Vma vma, long address, long pte) {
    mm.pageTable().set(address, maybeMkwrite(pte | Pte.ACCESSED | Pte.DIRTY, vma));
    return VmOperations.FAULT_WRITE;
  }

  /** The first write to a page of a shared mapping: its file system may have a word in it. */
  private int writeShared(Mm mm, Vma vma, long address, long pte, int page) {
    VmOperations ops = vma.ops;
    frames.get(page);
    if (ops != null && ops.hasPageMkwrite()) {
      VmOperations.Fault fault = new VmOperations.Fault(Integer.toUnsignedLong(frames.index(page)), true);
      fault.page = page;
      int result = ops.pageMkwrite(vma, fault);
      if ((result & (VmOperations.FAULT_ERROR | VmOperations.FAULT_NOPAGE)) != 0) {
        k.swap.putPage(page);
        return result;
      }
      if ((result & VmOperations.FAULT_LOCKED) == 0) {
        k.filemap.lockPage(page);
      }
      // Truncated meanwhile, or mapped anew.
      if (frames.mapping(page) == 0 || isChanged(mm, address, pte)) {
        k.filemap.unlockPage(page);
        k.swap.putPage(page);
        return 0;
      }
      reuse(mm, vma, address, pte);
      setFaultedPageDirty(page);
      k.filemap.unlockPage(page);
    } else {
      reuse(mm, vma, address, pte);
      // Whoever cleans the page for writing holds its lock: it is dirtied after that, or its entry is cleaned with it.
      k.filemap.waitOnPageLocked(page);
      setFaultedPageDirty(page);
    }
    k.swap.putPage(page);
    return VmOperations.FAULT_WRITE;
  }

  /** {@code set_page_dirty_balance()}: a shared page is about to be written to. */
  protected void setFaultedPageDirty(int page) {
    k.pageWriteback.setPageDirty(page);
  }

  /** From {@code gotten} on: a copy of its own for the process, of a page that the caller holds (0: of zeroes). */
  private int copy(Mm mm, Vma vma, long address, long pte, int oldPage) {
    k.rmap.anonVmaPrepare(vma);
    int newPage = allocCharged(mm, vma, address);
    if (newPage == 0) {
      if (oldPage != 0) {
        k.swap.putPage(oldPage);
      }
      return VmOperations.FAULT_OOM;
    }
    frames.content(newPage, oldPage == 0 ? 0 : frames.content(oldPage));
    frames.set(newPage, PageFlag.UPTODATE);
    if (vma.has(VmFlag.LOCKED) && oldPage != 0) {
      int head = frames.compoundHead(oldPage);
      k.filemap.lockPage(head);
      k.mlock.clearPageMlock(head);
      k.filemap.unlockPage(head);
    }
    // Others may have come between, or reclaim, which makes room for the new page, have taken the old one.
    if (isChanged(mm, address, pte)) {
      discard(newPage);
      if (oldPage != 0) {
        k.swap.putPage(oldPage);
      }
      return 0;
    }
    if (oldPage == 0) {
      mm.anonPages++;
    } else if (!frames.anon(oldPage)) {
      mm.filePages--;
      mm.anonPages++;
    }
    long entry = maybeMkwrite(Pte.of(newPage, vma.pageProt) | Pte.DIRTY, vma);
    k.rmap.pageAddNewAnonRmap(newPage, vma, address);
    mm.pageTable().set(address, entry);
    if (oldPage != 0) {
      k.rmap.pageRemoveRmap(oldPage);
      // The reference that the entry had, and the one taken above.
      k.swap.putPage(oldPage);
      k.swap.putPage(oldPage);
    }
    return VmOperations.FAULT_WRITE;
  }

  /**
   * {@code do_swap_page()}: the entry says where the page went.
   *
   * @param write whether the access writes
   */
  protected int doSwapPage(Mm mm, Vma vma, long address, long pte, boolean write) {
    if (Pte.isMigration(pte)) {
      k.migrate.migrationEntryWait(mm, address);
      return 0;
    }
    int entry = (int) Pte.swapOffset(pte);
    int page = k.swapState.lookupSwapCache(entry);
    if (page == 0) {
      page = k.swapState.swapinReadahead(entry, vma, address);
    }
    if (page == 0) {
      return mm.pageTable().get(address) == pte ? VmOperations.FAULT_OOM : 0;
    }
    k.filemap.lockPage(page);
    return swapIn(mm, vma, address, pte, page, write);
  }

  /** {@code do_swap_page()} from where the page is locked on. Where something has changed meanwhile the fault comes again. */
  private int swapIn(Mm mm, Vma vma, long address, long pte, int cached, boolean write) {
    int entry = (int) Pte.swapOffset(pte);
    if (!frames.has(cached, PageFlag.SWAPCACHE) || frames.privateOf(cached) != entry) {
      letGo(cached, cached);
      return 0;
    }
    int page = cached;
    boolean copied = k.ksm.mightNeedToCopy(cached, vma, address);
    if (copied) {
      page = k.ksm.doesNeedToCopy(cached, vma, address);
    }
    if (page == 0 || k.memcontrol.tryChargeSwapin(mm) != 0) {
      letGo(page, cached);
      return VmOperations.FAULT_OOM;
    }
    if (mm.pageTable().get(address) != pte) {
      k.memcontrol.cancelChargeSwapin(mm);
      letGo(page, cached);
      return 0;
    }
    mm.anonPages++;
    mm.swapEntries--;
    long present = Pte.of(page, vma.pageProt);
    // As of a page that is counted in swap, and not yet as mapped.
    boolean exclusive = write && reuseSwapPage(page);
    if (exclusive) {
      present = maybeMkwrite(present | Pte.DIRTY, vma);
    }
    mm.pageTable().set(address, present);
    k.rmap.doPageAddAnonRmap(page, vma, address, exclusive);
    k.memcontrol.commitChargeSwapin(page, mm);
    k.swapfile.swapFree(entry);
    if (isSwapToBeFreed(page, vma)) {
      k.swapfile.tryToFreeSwap(page);
    }
    k.filemap.unlockPage(page);
    if (copied) {
      k.filemap.unlockPage(cached);
      k.swap.putPage(cached);
    }
    if (write && !exclusive) {
      return doWpPage(mm, vma, address, present);
    }
    return exclusive ? VmOperations.FAULT_WRITE : 0;
  }

  /** Whether {@code do_swap_page()} tries to take a page that is mapped again out of the swap cache. */
  protected boolean isSwapToBeFreed(int page, Vma vma) {
    return k.swapfile.vmSwapFull() || vma.has(VmFlag.LOCKED) || frames.has(page, PageFlag.MLOCKED);
  }

  private void letGo(int page, int cached) {
    k.filemap.unlockPage(cached);
    k.swap.putPage(cached);
    if (page != 0 && page != cached) {
      k.filemap.unlockPage(page);
      k.swap.putPage(page);
    }
  }

  /** {@code do_anonymous_page()}: zeroes; a read gets the zero page that all share. */
  protected int doAnonymousPage(Mm mm, Vma vma, long address, boolean write) {
    if (!write) {
      if (isChanged(mm, address, 0)) {
        return 0;
      }
      mm.pageTable().set(address, Pte.of(PageFrames.ZERO_PAGE, vma.pageProt) | Pte.SPECIAL);
      return 0;
    }
    k.rmap.anonVmaPrepare(vma);
    int page = allocCharged(mm, vma, address);
    if (page == 0) {
      return VmOperations.FAULT_OOM;
    }
    frames.content(page, 0);
    frames.set(page, PageFlag.UPTODATE);
    if (isChanged(mm, address, 0)) {
      discard(page);
      return 0;
    }
    long entry = Pte.of(page, vma.pageProt);
    if (vma.has(VmFlag.WRITE)) {
      entry |= Pte.WRITE | Pte.DIRTY;
    }
    mm.anonPages++;
    k.rmap.pageAddNewAnonRmap(page, vma, address);
    mm.pageTable().set(address, entry);
    return 0;
  }

  /** {@code __do_fault()}: a page of a file, or a copy of it where a private mapping is written. */
  protected int doFault(Mm mm, Vma vma, VmOperations ops, long address, boolean write) {
    VmOperations.Fault fault = new VmOperations.Fault(vma.pageIndex(address & PageTable.PAGE_MASK), write);
    int result = ops.fault(vma, fault);
    if ((result & (VmOperations.FAULT_ERROR | VmOperations.FAULT_NOPAGE)) != 0) {
      return result;
    }
    int filePage = fault.page;
    markFaulted(filePage);
    if ((result & VmOperations.FAULT_LOCKED) == 0) {
      k.filemap.lockPage(filePage);
    }
    if (write && !vma.has(VmFlag.SHARED)) {
      return copyEarly(mm, vma, address, filePage);
    }
    if (write && ops.hasPageMkwrite()) {
      k.filemap.unlockPage(filePage);
      int made = ops.pageMkwrite(vma, fault);
      if ((made & (VmOperations.FAULT_ERROR | VmOperations.FAULT_NOPAGE)) != 0) {
        k.swap.putPage(filePage);
        return made;
      }
      if ((made & VmOperations.FAULT_LOCKED) == 0) {
        k.filemap.lockPage(filePage);
      }
    }
    if (frames.mapping(filePage) == 0 || isChanged(mm, address, 0)) {
      k.filemap.unlockPage(filePage);
      k.swap.putPage(filePage);
      return 0;
    }
    long entry = Pte.of(filePage, vma.pageProt);
    if (write) {
      entry = maybeMkwrite(entry | Pte.DIRTY, vma);
    }
    mm.filePages++;
    k.rmap.pageAddFileRmap(filePage);
    mm.pageTable().set(address, entry);
    if (write) {
      setFaultedPageDirty(filePage);
    }
    k.filemap.unlockPage(filePage);
    return result;
  }

  /** The early copy-on-write of {@code __do_fault()}: the file's page is not even mapped. */
  private int copyEarly(Mm mm, Vma vma, long address, int filePage) {
    k.rmap.anonVmaPrepare(vma);
    int page = allocCharged(mm, vma, address);
    int result = VmOperations.FAULT_OOM;
    if (page != 0) {
      if (vma.has(VmFlag.LOCKED)) {
        k.mlock.clearPageMlock(filePage);
      }
      frames.content(page, frames.content(filePage));
      frames.set(page, PageFlag.UPTODATE);
      result = 0;
      if (isChanged(mm, address, 0)) {
        discard(page);
      } else {
        mm.anonPages++;
        long entry = maybeMkwrite(Pte.of(page, vma.pageProt) | Pte.DIRTY, vma);
        k.rmap.pageAddNewAnonRmap(page, vma, address);
        mm.pageTable().set(address, entry);
      }
    }
    k.filemap.unlockPage(filePage);
    k.swap.putPage(filePage);
    return result;
  }

  /**
   * {@code handle_mm_fault()} with {@code handle_pte_fault()}: does one step towards an entry that allows the access.
   *
   * @param write whether the access writes; the VMA allows it
   */
  public int handleMmFault(Mm mm, Vma vma, long address, boolean write) {
    if (vma.has(VmFlag.HUGETLB)) {
      return k.hugetlbFaults.hugetlbFault(mm, vma, address, write);
    }
    int huge = k.hugeMemory.fault(mm, vma, address, write);
    if ((huge & HugeMemory.FALLBACK) == 0) {
      return huge;
    }
    long pte = mm.pageTable().get(address);
    if (!Pte.present(pte)) {
      if (pte != 0) {
        return doSwapPage(mm, vma, address, pte, write);
      }
      VmOperations ops = vma.ops;
      return ops != null ? doFault(mm, vma, ops, address, write) : doAnonymousPage(mm, vma, address, write);
    }
    if (isChanged(mm, address, pte)) {
      return 0;
    }
    if (write && !Pte.write(pte)) {
      return doWpPage(mm, vma, address, pte);
    }
    mm.pageTable().set(address, pte | Pte.ACCESSED | (write ? Pte.DIRTY : 0));
    return 0;
  }

  /** A file's page has been found for a fault: the page table's entry tells of its use, the page itself does not. */
  protected void markFaulted(int page) {}

  /** The address space of a page that must have one. */
  protected AddressSpace mappingOf(int page) {
    AddressSpace mapping = k.pageMapping(page);
    if (mapping == null) {
      throw new KernelBug("page " + page + " has no mapping");
    }
    return mapping;
  }
}
