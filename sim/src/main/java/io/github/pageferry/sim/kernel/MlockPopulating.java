package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;

/**
 * {@code mm/mlock.c} since fed067da46ad (2.6.38): all VMAs of the range are marked first, and only where that went well are their
 * pages brought in ({@code mm_populate()}). A shared mapping is read, not written (5ecfda041e4b).
 */
class MlockPopulating extends Mlock {

  MlockPopulating(Kernel k) {
    super(k);
  }

  /** Marking brings nothing in. */
  @Override
  protected int mlockVmaPagesRange(Vma vma, long start, long end) {
    return 0;
  }

  @Override
  protected void makePagesPresent(Vma vma, long start, long end) {}

  @Override
  public long sysMlock(long address, long bytes, boolean on) {
    long result = super.sysMlock(address, bytes, on);
    if (!on || result != 0) {
      return result;
    }
    long start = address & PageTable.PAGE_MASK;
    long end = address + bytes + PageTable.PAGE_SIZE - 1 & PageTable.PAGE_MASK;
    return mlockPosixErrorReturn(mmPopulate(k.current.mm(), start, end));
  }

  /** {@code mm_populate()}: 0, or the first error. */
  @Override
  int mmPopulate(Mm mm, long start, long end) {
    k.locks.downRead(mm);
    int error = populate(mm, start, end);
    k.locks.upRead(mm);
    return error;
  }

  private int populate(Mm mm, long start, long end) {
    for (Vma vma = mm.findVma(start); vma != null && vma.start < end; vma = vma.next) {
      if (vma.has(VmFlag.IO | VmFlag.PFNMAP)) {
        continue;
      }
      int error = populateVmaPageRange(vma, Math.max(start, vma.start), Math.min(end, vma.end));
      if (error != 0) {
        return error;
      }
    }
    return 0;
  }

  /** {@code populate_vma_page_range()}: breaks copy-on-write where the process may write. */
  @Override
  public int populateVmaPageRange(Vma vma, long start, long end) {
    int flags = Memory.FOLL_TOUCH | Memory.FOLL_GET;
    if ((vma.flags & (VmFlag.WRITE | VmFlag.SHARED)) == VmFlag.WRITE) {
      flags |= Memory.FOLL_WRITE;
    }
    for (long at = start; at < end; at += PageTable.PAGE_SIZE) {
      int page = k.memory.getUserPage(vma.mm, at, flags);
      if (page < 0) {
        return page;
      }
      if (vma.has(VmFlag.LOCKED) && allowMlock(page, at, vma, start, end)) {
        k.swap.lruAddDrain();
        mlockPage(page);
      } else {
        k.swap.putPage(page);
      }
    }
    return 0;
  }

  /** {@code allow_mlock_munlock()}: a transparent huge page must be mapped as a whole, all of it in the range. */
  private boolean allowMlock(int page, long address, Vma vma, long start, long end) {
    int head = k.frames.compoundHead(page);
    long from = address - ((long) (page - head) << PageTable.PAGE_SHIFT);
    if (k.frames.nrPages(head) == 1 || !k.profile.huge().mlocksWholeOnly()) {
      return true;
    }
    boolean whole = from >= start && from + PageTable.PMD_SIZE <= end;
    for (int i = 0; whole && i < PageFrames.HUGE_FRAMES; i++) {
      long pte = vma.mm.pageTable().get(from + ((long) i << PageTable.PAGE_SHIFT));
      whole = Pte.present(pte) && Pte.pfn(pte) == head + i;
    }
    return whole;
  }
}
