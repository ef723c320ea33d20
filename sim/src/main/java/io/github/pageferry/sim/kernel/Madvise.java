package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;

/** {@code mm/madvise.c}. */
public class Madvise {

  protected final Kernel k;

  protected Madvise(Kernel k) {
    this.k = k;
  }

  /** {@code madvise_dontneed()}. */
  protected int madviseDontneed(Vma vma, long start, long end) {
    if (vma.has(VmFlag.HUGETLB)) {
      return dontneedHuge(vma, start, end);
    }
    if (vma.has(VmFlag.LOCKED | VmFlag.PFNMAP)) {
      return -Err.EINVAL;
    }
    k.memory.zapPageRange(vma, start, end);
    return 0;
  }

  /** Of huge pages: the first must be given whole, a part of the last is left (8ebe0a5eaaeb). */
  private int dontneedHuge(Vma vma, long start, long end) {
    if (!k.profile.hugetlbDontneed() || (start & ~PageTable.PMD_MASK) != 0) {
      return -Err.EINVAL;
    }
    long to = end & PageTable.PMD_MASK;
    k.hugetlbFaults.unmapHugepageRange(vma, start, to);
    if (k.profile.hugetlbUnmapRestores()) {
      k.hugetlb.restorePromises(vma, start, to);
    }
    return 0;
  }

  /**
   * {@code madvise(2)} with {@code MADV_DONTNEED}. Holes are passed over, and told at the end.
   *
   * @return 0 or an errno negated
   */
  public long sysDontneed(long start, long length) {
    long end = start + (length + PageTable.PAGE_SIZE - 1 & PageTable.PAGE_MASK);
    if ((start & ~PageTable.PAGE_MASK) != 0 || end < start) {
      return -Err.EINVAL;
    }
    if (end == start) {
      return 0;
    }
    int unmapped = 0;
    Mm mm = k.current.mm();
    long at = start;
    for (Vma vma = mm.findVma(start); ; vma = vma.next) {
      if (vma == null) {
        return -Err.ENOMEM;
      }
      if (at < vma.start) {
        unmapped = -Err.ENOMEM;
        at = vma.start;
        if (at >= end) {
          return unmapped;
        }
      }
      long to = Math.min(vma.end, end);
      int error = madviseDontneed(vma, at, to);
      if (error != 0) {
        return error;
      }
      at = to;
      if (at >= end) {
        return unmapped;
      }
    }
  }
}
