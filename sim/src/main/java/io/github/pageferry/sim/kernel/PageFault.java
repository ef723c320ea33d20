package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.VmOperations;

/** The processor's accesses to memory, and {@code arch/x86/mm/fault.c} where they fault. */
public class PageFault {

  protected final Kernel k;

  protected PageFault(Kernel k) {
    this.k = k;
  }

  /** {@code do_page_fault()}: 0, or -EFAULT where the process would get a signal. */
  protected int doPageFault(Mm mm, long address, boolean write) {
    k.locks.downRead(mm);
    int error = faultIn(mm, address, write);
    k.locks.upRead(mm);
    return error;
  }

  private int faultIn(Mm mm, long address, boolean write) {
    Vma vma = mm.findVma(address);
    if (vma == null || vma.start > address) {
      return -Err.EFAULT;
    }
    if (!vma.has(write ? VmFlag.WRITE : VmFlag.ACCESS)) {
      return -Err.EFAULT;
    }
    int fault = k.memoryFaults.handleMmFault(mm, vma, address, write);
    return (fault & VmOperations.FAULT_ERROR) == 0 ? 0 : -Err.EFAULT;
  }

  /**
   * One access of the current task.
   *
   * @return the frame that was accessed, or -EFAULT
   */
  private int access(long address, boolean write) {
    Mm mm = k.current.mm();
    while (true) {
      long pte = mm.pageTable().get(address);
      if ((pte & Pte.PRESENT) != 0 && (!write || Pte.write(pte))) {
        if (!Pte.huge(pte)) {
          mm.pageTable().set(address, pte | Pte.ACCESSED | (write ? Pte.DIRTY : 0));
        }
        return Pte.pfn(pte);
      }
      int error = doPageFault(mm, address & PageTable.PAGE_MASK, write);
      if (error != 0) {
        return error;
      }
    }
  }

  /** Writes a pattern to the page of an address; 0 or -EFAULT. */
  public int write(long address, long pattern) {
    int page = access(address, true);
    if (page < 0) {
      return page;
    }
    k.frames.content(page, pattern);
    return 0;
  }

  /** Reads from the page of an address; 0 or -EFAULT. */
  public int read(long address) {
    return Math.min(0, access(address, false));
  }

  /**
   * What the current task would find at an address that it need not fault in.
   *
   * @return the pattern of the page; {@link PageAlloc#POISON} where it could not be read without a fault
   */
  public long peek(long address) {
    long pte = k.current.mm().pageTable().get(address);
    return (pte & Pte.PRESENT) == 0 ? PageAlloc.POISON : k.frames.content(Pte.pfn(pte));
  }
}
