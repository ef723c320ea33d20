package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.VmFlag;

/** {@code mm/msync.c} until 204ec841fbea (2.6.19): what has been written through a mapping is looked up in its page table. */
class MsyncOfPageTables extends Msync {

  MsyncOfPageTables(Kernel k) {
    super(k);
  }

  /** {@code msync_page_range()}: passes on the dirty bits of a range. */
  private void msyncPageRange(Vma vma, long start, long end) {
    PageTable table = vma.mm.pageTable();
    for (long address = start; address < end; address += PageTable.PAGE_SIZE) {
      long pte = table.get(address);
      int page = Pte.present(pte) && Pte.dirty(pte) ? k.memory.vmNormalPage(vma, address, pte) : 0;
      if (page != 0) {
        table.set(address, pte & ~Pte.DIRTY);
        k.pageWriteback.setPageDirty(page);
      }
    }
  }

  /** A hole is told at the end only where the last mapping of the range is no shared file, whose result takes its place. */
  @Override
  public long sysMsync(long start, long length) {
    long end = start + (length + PageTable.PAGE_SIZE - 1 & PageTable.PAGE_MASK);
    if ((start & ~PageTable.PAGE_MASK) != 0) {
      return -Err.EINVAL;
    }
    if (end <= start) {
      return end == start ? 0 : -Err.ENOMEM;
    }
    Mm mm = k.current.mm();
    Vma vma = mm.findVma(start);
    if (vma == null) {
      return -Err.ENOMEM;
    }
    int error = 0;
    int unmapped = 0;
    long at = start;
    for (boolean done = false; vma != null && !done; vma = mm.findVma(at)) {
      if (at < vma.start) {
        unmapped = -Err.ENOMEM;
        at = vma.start;
      }
      VmFile file = vma.has(VmFlag.SHARED) ? vma.file : null;
      if (file != null) {
        msyncPageRange(vma, at, Math.min(end, vma.end));
      }
      done = end <= vma.end;
      error = done ? unmapped : 0;
      at = vma.end;
      if (file != null) {
        error = k.inodes.fsync(file);
        if (error != 0) {
          return error;
        }
      }
    }
    return error;
  }
}
