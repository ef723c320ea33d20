package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.VmFlag;

/** {@code mm/msync.c}. */
public class Msync {

  protected final Kernel k;

  protected Msync(Kernel k) {
    this.k = k;
  }

  /**
   * {@code msync(MS_SYNC)}: writes the files of a range that is mapped as shared. Holes are passed over, and told at the
   * end.
   *
   * @return 0 or an errno negated
   */
  public long sysMsync(long start, long length) {
    long end = start + (length + PageTable.PAGE_SIZE - 1 & PageTable.PAGE_MASK);
    if ((start & ~PageTable.PAGE_MASK) != 0) {
      return -Err.EINVAL;
    }
    if (end < start) {
      return -Err.ENOMEM;
    }
    Mm mm = k.current.mm();
    k.locks.downRead(mm);
    long result = syncRange(mm, start, end);
    k.locks.upRead(mm);
    return result;
  }

  private long syncRange(Mm mm, long start, long end) {
    int unmapped = 0;
    long at = start;
    for (Vma vma = mm.findVma(start); at < end; vma = mm.findVma(at)) {
      if (vma == null) {
        return -Err.ENOMEM;
      }
      if (at < vma.start) {
        unmapped = -Err.ENOMEM;
        at = vma.start;
        if (at >= end) {
          break;
        }
      }
      VmFile file = vma.file;
      at = vma.end;
      if (file != null && vma.has(VmFlag.SHARED)) {
        // The address space is free for others meanwhile, but the file stays.
        file.inode().references++;
        k.locks.upRead(mm);
        int error = k.inodes.fsync(file);
        k.inodes.fput(file);
        k.locks.downRead(mm);
        if (error != 0 || at >= end) {
          return error != 0 ? error : unmapped;
        }
      }
    }
    return unmapped;
  }
}
