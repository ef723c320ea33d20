package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import org.jspecify.annotations.Nullable;

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
    if (k.profile.huge().dontneedFreesTables()) {
      reclaimTables(vma, start, end);
    }
    return 0;
  }

  /** {@code zap_empty_pte_table()}: without their tables, huge pages may be mapped there again. */
  private void reclaimTables(Vma vma, long start, long end) {
    long from = start + PageTable.PMD_SIZE - 1 & PageTable.PMD_MASK;
    long to = end & PageTable.PMD_MASK;
    if (from < to) {
      vma.mm.pageTable().freeRange(from, to, 0, 0);
    }
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

  /** {@code madvise_behavior()} with {@code MADV_MERGEABLE}. */
  private int madviseMergeable(Vma vma, @Nullable Vma prev, long start, long end) {
    long flags = k.ksm.madviseMergeable(vma);
    if (flags == vma.flags) {
      return 0;
    }
    Vma marked = k.mmap.vmaMerge(
        vma.mm, prev, start, end, flags, vma.anonVma, vma.file, vma.pageIndex(start), vma.policy);
    if (marked == null) {
      if (k.mmap.splitToRange(vma, start, end) != 0) {
        // Only for want of room, which is told as what may pass.
        return -Err.EAGAIN;
      }
      marked = vma;
    }
    marked.flags = flags;
    return 0;
  }

  /**
   * {@code madvise(2)} with {@code MADV_DONTNEED}. Holes are passed over, and told at the end.
   *
   * @return 0 or an errno negated
   */
  public long sysDontneed(long start, long length) {
    Mm mm = k.current.mm();
    k.locks.downRead(mm);
    long result = sysMadvise(start, length, (vma, prev, from, to) -> madviseDontneed(vma, from, to));
    k.locks.upRead(mm);
    return result;
  }

  /** {@code madvise(2)} with {@code MADV_MERGEABLE}: as {@link #sysDontneed}; ksmd does the rest. -EINVAL where there is none. */
  public long sysMergeable(long start, long length) {
    if (!k.profile.has(Feature.KSM)) {
      return -Err.EINVAL;
    }
    Mm mm = k.current.mm();
    k.locks.downWrite(mm);
    long result = sysMadvise(start, length, this::madviseMergeable);
    k.locks.upWrite(mm);
    return result;
  }

  /** {@code hugepage_madvise(MADV_HUGEPAGE)} of the VMA at an address, where the release's are modelled. */
  public void sysHugepage(long address) {
    Mm mm = k.current.mm();
    k.locks.downWrite(mm);
    Vma vma = mm.findVma(address);
    if (vma != null && vma.start <= address && k.profile.huge().modelled()) {
      vma.flags |= VmFlag.HUGEPAGE;
    }
    k.locks.upWrite(mm);
  }

  /** {@code madvise_vma()}: what is done to the part of a range that lies in one VMA. */
  private interface Behavior {
    int apply(Vma vma, @Nullable Vma prev, long start, long end);
  }

  private long sysMadvise(long start, long length, Behavior behavior) {
    long end = start + (length + PageTable.PAGE_SIZE - 1 & PageTable.PAGE_MASK);
    if ((start & ~PageTable.PAGE_MASK) != 0 || end < start) {
      return -Err.EINVAL;
    }
    if (end == start) {
      return 0;
    }
    int unmapped = 0;
    Mm mm = k.current.mm();
    for (long at = start; at < end; ) {
      Vma vma = mm.findVma(at);
      if (vma == null) {
        return -Err.ENOMEM;
      }
      if (at < vma.start) {
        unmapped = -Err.ENOMEM;
        at = vma.start;
        continue;
      }
      long to = Math.min(vma.end, end);
      int error = behavior.apply(vma, at > vma.start ? vma : vma.prev, at, to);
      if (error != 0) {
        return error;
      }
      at = to;
    }
    return unmapped;
  }
}
