package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AnonVma;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.VmFlag;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code mm/mmap.c} and {@code mm/mremap.c}: mapping and unmapping, and the splitting and merging of VMAs. */
public class Mmap {

  /** {@code sysctl_max_map_count}. */
  private static final int MAX_MAP_COUNT = 65530;

  protected final Kernel k;

  protected Mmap(Kernel k) {
    this.k = k;
  }

  /** {@code unlink_file_vma()}. */
  void unlinkFileVma(Vma vma) {
    AddressSpace mapping = vma.mapping();
    if (mapping != null) {
      k.locks.pass(null, mapping);
      mapping.mmap().remove(vma);
    }
  }

  /** {@code remove_vma()}: the VMA is gone, and with it its hold on the file. */
  private void removeVma(Vma vma) {
    k.hugetlb.close(vma);
    VmFile file = vma.file;
    if (file != null) {
      k.inodes.fput(file);
    }
  }

  /** {@code vma_link()}. */
  public void vmaLink(Mm mm, Vma vma) {
    k.locks.pass(null, vma.mapping());
    insertVma(mm, vma);
  }

  /** {@code __vma_link()} and {@code __vma_link_file()}, with {@code i_mmap_lock}. */
  private static void insertVma(Mm mm, Vma vma) {
    mm.link(vma);
    AddressSpace mapping = vma.mapping();
    if (mapping != null) {
      mapping.mmap().add(vma);
    }
  }

  /**
   * {@code vma_adjust()}: gives a VMA other bounds. Where they reach into or past the next one, that shrinks or goes.
   *
   * @param insert the other half where this is a split, else null
   */
  private void vmaAdjust(Vma vma, long start, long newEnd, long pgoff, @Nullable Vma insert) {
    Mm mm = vma.mm;
    long end = newEnd;
    boolean again = true;
    while (again) {
      again = false;
      Vma next = vma.next;
      boolean removeNext = false;
      long adjustNext = 0;
      if (next != null && insert == null) {
        Vma exporter = null;
        Vma importer = null;
        if (end >= next.end) {
          removeNext = true;
          again = end > next.end;
          exporter = next;
          importer = vma;
        } else if (end > next.start) {
          adjustNext = end - next.start;
          exporter = next;
          importer = vma;
        } else if (end < vma.end) {
          adjustNext = end - vma.end;
          exporter = vma;
          importer = next;
        }
        if (exporter != null && importer != null && exporter.anonVma != null && importer.anonVma == null) {
          k.rmap.anonVmaClone(importer, exporter);
          importer.anonVma = exporter.anonVma;
        }
      }
      k.hugeMemory.vmaAdjustTransHuge(vma, start);
      k.hugeMemory.vmaAdjustTransHuge(vma, end);
      k.locks.pass(vma.anonVma, vma.mapping());
      vma.start = start;
      vma.end = removeNext ? Math.min(end, next == null ? end : next.end) : end;
      vma.pgoff = pgoff;
      if (adjustNext != 0 && next != null) {
        next.start += adjustNext;
        next.pgoff += adjustNext >> PageTable.PAGE_SHIFT;
      }
      if (removeNext && next != null) {
        mm.unlink(next);
        unlinkFileVma(next);
        mergedAway(vma, next);
      } else if (insert != null) {
        insertVma(mm, insert);
      }
    }
  }

  /** The end of {@code vma_adjust()} for a VMA that another has swallowed. */
  private void mergedAway(Vma vma, Vma next) {
    if (next.anonVma != null) {
      // anon_vma_merge(): both have the same one.
      k.rmap.unlinkAnonVmas(next);
    }
    removeVma(next);
  }

  private static boolean isMergeableVma(Vma vma, @Nullable VmFile file, long flags) {
    return vma.flags == flags && vma.file == file;
  }

  private static boolean isMergeableAnonVma(@Nullable AnonVma a, @Nullable AnonVma b) {
    return a == null || b == null || a == b;
  }

  /**
   * {@code is_mergeable_anon_vma()}: of what is to be merged, and of the VMA that it would become a part of.
   *
   * @param source the VMA that has {@code anonVma}; null where that is not known to be cloned
   */
  private boolean isMergeableAnonVma(@Nullable AnonVma anonVma, Vma vma, @Nullable Vma source) {
    if (!isMergeableAnonVma(anonVma, vma.anonVma)) {
      return false;
    }
    if (anonVma == vma.anonVma || !k.profile.clonedVmasStayApart()) {
      return true;
    }
    if (anonVma == null) {
      return vma.anonVmaChain.size() == 1;
    }
    return k.profile.untouchedNeighboursMerge() && (source == null || source.anonVmaChain.size() == 1);
  }

  private boolean canMergeBefore(
      Vma vma, long flags, @Nullable AnonVma anonVma, @Nullable Vma source, @Nullable VmFile file, long pgoff) {
    return isMergeableVma(vma, file, flags) && isMergeableAnonVma(anonVma, vma, source) && vma.pgoff == pgoff;
  }

  private boolean canMergeAfter(
      Vma vma, long flags, @Nullable AnonVma anonVma, @Nullable Vma source, @Nullable VmFile file, long pgoff) {
    return isMergeableVma(vma, file, flags)
        && isMergeableAnonVma(anonVma, vma, source)
        && vma.pgoff + vma.pages() == pgoff;
  }

  /** The VMA around an address if it has this anon_vma. */
  private static @Nullable Vma vmaWith(@Nullable AnonVma anonVma, Mm mm, long address) {
    Vma vma = anonVma == null ? null : mm.findVma(address);
    return vma != null && vma.start <= address && vma.anonVma == anonVma ? vma : null;
  }

  /**
   * {@code vma_merge()}: lets a range with these properties grow out of the VMA before it, the one after it, or both.
   *
   * @param prev the VMA before the range, or the one that the range lies in unless at its start
   * @return the VMA that holds the range now, null where none could grow
   */
  @Nullable Vma vmaMerge(
      Mm mm, @Nullable Vma prev, long start, long end, long flags, @Nullable AnonVma anonVma, @Nullable VmFile file,
      long pgoff, @Nullable Policy policy) {
    if ((flags & VmFlag.SPECIAL) != 0) {
      return null;
    }
    long length = (end - start) >>> PageTable.PAGE_SHIFT;
    Vma source = vmaWith(anonVma, mm, start);
    Vma area = prev != null ? prev.next : mm.first();
    Vma next = area;
    if (next != null && next.end == end) {
      next = next.next;
    }
    boolean beforeNext = next != null && end == next.start
        && k.mempolicy.mpolEqual(policy, next.policy)
        && canMergeBefore(next, flags, anonVma, source, file, pgoff + length);
    if (prev != null && prev.end == start
        && k.mempolicy.mpolEqual(prev.policy, policy)
        && canMergeAfter(prev, flags, anonVma, source, file, pgoff)) {
      boolean both = beforeNext && next != null && isMergeableAnonVma(prev.anonVma, next.anonVma);
      vmaAdjust(prev, prev.start, both && next != null ? next.end : end, prev.pgoff, null);
      return prev;
    }
    if (beforeNext && next != null) {
      if (prev != null && start < prev.end) {
        vmaAdjust(prev, prev.start, start, prev.pgoff, null);
        return area;
      }
      if (area != null) {
        vmaAdjust(area, start, next.end, next.pgoff - length, null);
      }
      return area;
    }
    return null;
  }

  /** {@code anon_vma_compatible()}. */
  private boolean anonVmaCompatible(Vma a, Vma b) {
    return a.end == b.start
        && k.mempolicy.mpolEqual(a.policy, b.policy)
        && a.file == b.file
        && ((a.flags ^ b.flags) & ~VmFlag.ACCESS) == 0
        && b.pgoff == a.pgoff + ((b.start - a.start) >>> PageTable.PAGE_SHIFT);
  }

  private @Nullable AnonVma reusableAnonVma(Vma old, Vma a, Vma b) {
    return old.anonVmaChain.size() == 1 && anonVmaCompatible(a, b) ? old.anonVma : null;
  }

  /** {@code find_mergeable_anon_vma()}: a neighbour's, where both may become one VMA again. */
  @Nullable AnonVma findMergeableAnonVma(Vma vma) {
    AnonVma found = vma.next == null ? null : reusableAnonVma(vma.next, vma, vma.next);
    if (found == null && vma.prev != null) {
      found = reusableAnonVma(vma.prev, vma.prev, vma);
    }
    return found;
  }

  /**
   * {@code split_vma()}.
   *
   * @param newBelow whether the new VMA is the lower part
   */
  int splitVma(Vma vma, long address, boolean newBelow) {
    return vma.mm.mapCount() >= MAX_MAP_COUNT ? -Err.ENOMEM : splitVmaUnchecked(vma, address, newBelow);
  }

  /** Splits off a VMA what of it lies below or above a range, as all do who change a part of one: 0 or an errno negated. */
  int splitToRange(Vma vma, long from, long to) {
    int error = vma.start < from ? splitVma(vma, from, true) : 0;
    return error == 0 && to < vma.end ? splitVma(vma, to, false) : error;
  }

  /** {@code __split_vma()}. */
  private int splitVmaUnchecked(Vma vma, long address, boolean newBelow) {
    if (vma.has(VmFlag.HUGETLB) && (address & ~PageTable.PMD_MASK) != 0) {
      return -Err.EINVAL;
    }
    Vma part = vma.copy();
    if (newBelow) {
      part.end = address;
    } else {
      part.start = address;
      part.pgoff += (address - vma.start) >>> PageTable.PAGE_SHIFT;
    }
    if (vma.policy != null) {
      part.policy = vma.policy.copy();
    }
    k.rmap.anonVmaClone(part, vma);
    if (part.file != null) {
      part.file.inode().references++;
    }
    if (newBelow) {
      vmaAdjust(vma, address, vma.end, vma.pgoff + ((address - part.start) >>> PageTable.PAGE_SHIFT), part);
    } else {
      vmaAdjust(vma, vma.start, address, vma.pgoff, part);
    }
    return 0;
  }

  /** {@code munmap(2)}, of the current task. */
  public long sysMunmap(long start, long length) {
    Mm mm = k.current.mm();
    k.locks.downWrite(mm);
    long result = doMunmap(mm, start, length);
    k.locks.upWrite(mm);
    return result;
  }

  /** {@code do_munmap()}. */
  public long doMunmap(Mm mm, long start, long length) {
    if ((start & ~PageTable.PAGE_MASK) != 0 || start < 0 || length <= 0 || length > PageTable.TASK_SIZE - start) {
      return -Err.EINVAL;
    }
    long end = start + (length + PageTable.PAGE_SIZE - 1 & PageTable.PAGE_MASK);
    Vma vma = mm.findVma(start);
    if (vma == null || vma.start >= end) {
      return 0;
    }
    if (start > vma.start) {
      if (end < vma.end && mm.mapCount() >= MAX_MAP_COUNT) {
        return -Err.ENOMEM;
      }
      int error = splitVmaUnchecked(vma, start, false);
      if (error != 0) {
        return error;
      }
    }
    Vma last = mm.findVma(end);
    if (last != null && end > last.start) {
      int error = splitVmaUnchecked(last, end, true);
      if (error != 0) {
        return error;
      }
    }
    List<Vma> gone = new ArrayList<>();
    for (Vma at = mm.findVma(start); at != null && at.start < end; at = at.next) {
      gone.add(at);
    }
    Vma prev = mm.findVmaPrev(start);
    for (Vma at : gone) {
      if (at.has(VmFlag.LOCKED)) {
        mm.lockedVm -= at.pages();
        k.mlock.munlockVmaPagesRange(at, at.start, at.end);
      }
    }
    for (Vma at : gone) {
      mm.unlink(at);
    }
    unmapRegion(mm, gone, prev, start, end);
    gone.forEach(this::removeVma);
    return 0;
  }

  /** {@code unmap_region()}. */
  private void unmapRegion(Mm mm, List<Vma> vmas, @Nullable Vma prev, long start, long end) {
    Vma next = prev != null ? prev.next : mm.first();
    k.swap.lruAddDrain();
    for (Vma vma : vmas) {
      k.memory.unmapPageRange(vma, start, end);
    }
    k.memory.freePgtables(mm, vmas, prev == null ? 0 : prev.end, next == null ? 0 : next.start);
  }

  /** {@code exit_mmap()}: the last user of an address space is gone. */
  public void exitMmap(Mm mm) {
    List<Vma> vmas = new ArrayList<>();
    for (Vma vma = mm.first(); vma != null; vma = vma.next) {
      vmas.add(vma);
    }
    for (Vma vma : vmas) {
      if (mm.lockedVm != 0 && vma.has(VmFlag.LOCKED)) {
        k.mlock.munlockVmaPagesRange(vma, vma.start, vma.end);
      }
    }
    k.swap.lruAddDrain();
    for (Vma vma : vmas) {
      k.memory.unmapPageRange(vma, 0, Long.MAX_VALUE);
    }
    k.memory.freePgtables(mm, vmas, 0, 0);
    for (Vma vma : vmas) {
      mm.unlink(vma);
      removeVma(vma);
    }
  }

  /** {@code vma_wants_writenotify()}: whether the first write to each page must fault, so that it is noticed. */
  boolean vmaWantsWritenotify(Vma vma) {
    if ((vma.flags & (VmFlag.WRITE | VmFlag.SHARED)) != (VmFlag.WRITE | VmFlag.SHARED)) {
      return false;
    }
    if (vma.ops != null && vma.ops.hasPageMkwrite()) {
      return true;
    }
    AddressSpace mapping = vma.mapping();
    boolean tracked = k.profile.tracksSharedDirty() && mapping != null && mapping.accountDirty;
    return tracked && !vma.has(VmFlag.PFNMAP | VmFlag.INSERTPAGE);
  }

  /**
   * {@code mmap_region()} of anonymous private memory or of a device at a fixed, free place; a neighbour of the same kind grows.
   *
   * @param flags of the VMA, bits of {@link VmFlag}
   */
  Vma mmapRegion(Mm mm, long start, long length, long flags) {
    return mmapRegion(mm, start, length, flags, null, start >>> PageTable.PAGE_SHIFT);
  }

  /** As {@link #mmapRegion(Mm, long, long, long)}, of a file from page {@code pgoff} on. */
  private Vma mmapRegion(Mm mm, long start, long length, long flags, @Nullable VmFile file, long pgoff) {
    Vma merged = vmaMerge(mm, mm.findVmaPrev(start), start, start + length, flags, null, file, pgoff, null);
    if (merged != null) {
      return merged;
    }
    Vma vma = new Vma(mm, start, start + length, flags);
    vma.pgoff = pgoff;
    if (file != null) {
      vma.file = file;
      file.inode().references++;
      file.inode().fop().mmap(file, vma);
    }
    if (vmaWantsWritenotify(vma)) {
      vma.pageProt = VmFlag.pageProt(flags & ~VmFlag.SHARED);
    }
    vmaLink(mm, vma);
    return vma;
  }

  /**
   * {@code mmap(MAP_FIXED)} of anonymous private memory, of the current task, where nothing is mapped. Lengths and addresses are in
   * bytes, whole pages.
   *
   * @param flags of the VMA, bits of {@link VmFlag}
   */
  public void sysMmap(long start, long length, long flags) {
    Mm mm = k.current.mm();
    k.locks.downWrite(mm);
    mmapRegion(mm, start, length, flags);
    k.locks.upWrite(mm);
  }

  /** As {@link #sysMmap(long, long, long)}, of a file from its start. */
  public void sysMmap(long start, long length, long flags, VmFile file) {
    Mm mm = k.current.mm();
    k.locks.downWrite(mm);
    mmapRegion(mm, start, length, flags, file, 0);
    k.locks.upWrite(mm);
  }

  /**
   * As {@link #sysMmap(long, long, long)}, of huge pages ({@code MAP_HUGETLB}), whose file is made first.
   *
   * @return 0, or -ENOMEM where the pool cannot promise so many
   */
  public int sysMmapHuge(long start, long length, long flags) {
    Mm mm = k.current.mm();
    VmFile file = k.hugetlb.newFile(length >>> PageTable.PAGE_SHIFT);
    k.locks.downWrite(mm);
    int error = k.hugetlb.reservePages(mmapRegion(mm, start, length, flags, file, 0));
    if (error != 0) {
      doMunmap(mm, start, length);
    }
    k.locks.upWrite(mm);
    k.inodes.fput(file);
    return error;
  }

  /** As {@link #sysMmap(long, long, long)}, of a device, from frame {@code pfn} on ({@code remap_pfn_range()}). */
  public void sysMmapDevice(long start, long length, long flags, int pfn) {
    Mm mm = k.current.mm();
    k.locks.downWrite(mm);
    Vma vma = mmapRegion(mm, start, length, flags);
    int at = pfn;
    for (long address = start; address < start + length; address += PageTable.PAGE_SIZE) {
      mm.pageTable().set(address, Pte.of(at++, vma.pageProt) | Pte.SPECIAL);
    }
    k.locks.upWrite(mm);
  }

  /** {@code copy_vma()}: a second VMA of the same file, from page {@code pgoff} on, with the first one's properties. */
  private Vma copyVma(Vma of, long start, long length, long pgoff) {
    Mm mm = of.mm;
    Vma merged = vmaMerge(
        mm, mm.findVmaPrev(start), start, start + length, of.flags, of.anonVma, of.file, pgoff, of.policy);
    if (merged != null) {
      return merged;
    }
    Vma copy = of.copy();
    copy.start = start;
    copy.end = start + length;
    copy.pgoff = pgoff;
    copy.policy = of.policy == null ? null : of.policy.copy();
    k.rmap.anonVmaClone(copy, of);
    if (copy.file != null) {
      copy.file.inode().references++;
    }
    vmaLink(mm, copy);
    return copy;
  }

  /**
   * {@code mremap(2)} with an old length of 0, by the current task: what is mapped at an address is mapped a second time, at a free
   * place, with the access, the locks and the policy that it has.
   *
   * @return 0, or -EFAULT where no file is mapped at {@code of}
   */
  public long sysMremap(long of, long start, long length) {
    Mm mm = k.current.mm();
    k.locks.downWrite(mm);
    Vma source = mm.findVma(of);
    if (source == null || source.start > of || source.file == null) {
      k.locks.upWrite(mm);
      return -Err.EFAULT;
    }
    Vma copy = copyVma(source, start, length, source.pageIndex(of));
    boolean locked = source.has(VmFlag.LOCKED);
    if (locked) {
      mm.lockedVm += length >>> PageTable.PAGE_SHIFT;
      k.mlock.mlockVmaPagesRange(copy, start, start + length);
    }
    k.locks.upWrite(mm);
    if (locked) {
      k.mlock.mmPopulate(mm, start, start + length);
    }
    return 0;
  }
}
