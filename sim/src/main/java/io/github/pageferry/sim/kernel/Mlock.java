package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.ZoneStat;
import org.jspecify.annotations.Nullable;

/** {@code mm/mlock.c}. */
public class Mlock {

  protected final Kernel k;
  protected final PageFrames frames;

  protected Mlock(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code clear_page_mlock()}: of a page that is leaving its mapping or its file; locked. */
  public void clearPageMlock(int page) {
    if (frames.testAndClear(page, PageFlag.MLOCKED) && frames.mapping(page) != 0) {
      k.decZonePageState(page, ZoneStat.NR_MLOCK);
      if (k.vmscan.isolateLruPage(page) == 0) {
        k.vmscan.putbackLruPage(page);
      }
    }
  }

  /** {@code mlock_vma_page()}: of a locked page; moves it to the unevictable list. */
  public void mlockVmaPage(int page) {
    KernelBug.on(!frames.has(page, PageFlag.LOCKED), "mlock_vma_page() of unlocked page {}", page);
    if (!frames.testAndSet(page, PageFlag.MLOCKED)) {
      k.incZonePageState(page, ZoneStat.NR_MLOCK);
      if (k.vmscan.isolateLruPage(page) == 0) {
        k.vmscan.putbackLruPage(page);
      }
    }
  }

  /** {@code munlock_vma_page()}: unless another VMA still locks the page. */
  private void munlockVmaPage(int page) {
    if (frames.testAndClear(page, PageFlag.MLOCKED)) {
      k.decZonePageState(page, ZoneStat.NR_MLOCK);
      if (k.vmscan.isolateLruPage(page) == 0) {
        k.rmap.tryToMunlock(page);
        k.vmscan.putbackLruPage(page);
      }
    }
  }

  /** {@code __mlock_vma_pages_range()}: brings the pages in and marks them; 0 or an errno negated. */
  protected int mlockVmaPagesRange(Vma vma, long start, long end) {
    int flags = Memory.FOLL_TOUCH | Memory.FOLL_GET | (vma.has(VmFlag.WRITE) ? Memory.FOLL_WRITE : 0);
    int[] pages = new int[16];
    for (long address = start; address < end; ) {
      int count = 0;
      int error = 0;
      for (; count < pages.length && address + count * PageTable.PAGE_SIZE < end; count++) {
        int page = k.memory.getUserPage(vma.mm, address + count * PageTable.PAGE_SIZE, flags);
        if (page < 0) {
          error = page;
          break;
        }
        pages[count] = page;
      }
      if (count == 0) {
        return error;
      }
      // What was just brought in must be on the lists to be taken off them.
      k.swap.lruAddDrain();
      for (int i = 0; i < count; i++) {
        mlockPage(pages[i]);
      }
      address += count * PageTable.PAGE_SIZE;
    }
    return 0;
  }

  protected void mlockPage(int page) {
    int head = frames.compoundHead(page);
    if (frames.mapping(head) != 0) {
      k.filemap.lockPage(head);
      if (frames.mapping(head) != 0) {
        mlockVmaPage(head);
      }
      k.filemap.unlockPage(head);
    }
    k.swap.putPage(page);
  }

  /** {@code __mlock_posix_error_return()}. */
  static int mlockPosixErrorReturn(int error) {
    if (error == -Err.EFAULT) {
      return -Err.ENOMEM;
    }
    return error == -Err.ENOMEM ? -Err.EAGAIN : error;
  }

  /** {@code munlock_vma_pages_range()}: the VMA is not locked from here on. */
  public void munlockVmaPagesRange(Vma vma, long start, long end) {
    k.swap.lruAddDrain();
    vma.flags &= ~VmFlag.LOCKED;
    for (long address = start; address < end; address += PageTable.PAGE_SIZE) {
      int followed = k.memory.followPage(vma, address, Memory.FOLL_GET | Memory.FOLL_DUMP);
      if (followed > 0) {
        int page = frames.compoundHead(followed);
        k.filemap.lockPage(page);
        if (frames.mapping(page) != 0) {
          munlockVmaPage(page);
        }
        k.filemap.unlockPage(page);
        k.swap.putPage(page);
      }
    }
  }

  /** {@code mm_populate()} comes later: whoever locks brings in by {@link #mlockVmaPagesRange}. */
  int mmPopulate(Mm mm, long start, long end) {
    return 0;
  }

  /** {@code populate_vma_page_range()}, which is {@code __mlock_vma_pages_range()} until fc05f566210f (4.1). */
  public int populateVmaPageRange(Vma vma, long start, long end) {
    return mlockVmaPagesRange(vma, start, end);
  }

  /** {@code mlock_fixup()}'s result: the VMA that holds the range now, and 0 or an errno negated. */
  protected record Fixed(Vma vma, int error) {}

  /** {@code mlock_fixup()}: locks or unlocks the part of one VMA that lies in the range. */
  protected Fixed mlockFixup(Vma of, @Nullable Vma prev, long start, long end, long flags) {
    Vma vma = of;
    boolean lock = (flags & VmFlag.LOCKED) != 0;
    if (flags == vma.flags || vma.has(VmFlag.IO | VmFlag.PFNMAP)) {
      return new Fixed(vma, 0);
    }
    if (vma.has(VmFlag.DONTEXPAND | VmFlag.RESERVED | VmFlag.HUGETLB)) {
      if (lock) {
        makePagesPresent(vma, start, end);
      }
      return new Fixed(vma, 0);
    }
    Mm mm = vma.mm;
    long pgoff = vma.pageIndex(start);
    Vma merged = k.mmap.vmaMerge(mm, prev, start, end, flags, vma.anonVma, vma.file, pgoff, vma.policy);
    if (merged != null) {
      vma = merged;
    } else {
      int error = k.mmap.splitToRange(vma, start, end);
      if (error != 0) {
        return new Fixed(vma, error);
      }
    }
    long pages = (end - start) >>> PageTable.PAGE_SHIFT;
    mm.lockedVm += lock ? pages : -pages;
    if (!lock) {
      munlockVmaPagesRange(vma, start, end);
      return new Fixed(vma, 0);
    }
    vma.flags = flags;
    return new Fixed(vma, mlockPosixErrorReturn(mlockVmaPagesRange(vma, start, end)));
  }

  /** {@code make_pages_present()} of mm/memory.c: its errors are nobody's. */
  protected void makePagesPresent(Vma vma, long start, long end) {
    int flags = vma.has(VmFlag.WRITE) ? Memory.FOLL_WRITE : 0;
    for (long address = start; address < end; address += PageTable.PAGE_SIZE) {
      if (k.memory.getUserPage(vma.mm, address, flags) < 0) {
        return;
      }
    }
  }

  /**
   * {@code mlock(2)} and {@code munlock(2)}.
   *
   * @param on whether to lock
   * @return 0 or an errno negated
   */
  public long sysMlock(long address, long bytes, boolean on) {
    if (on) {
      drainPagevecs();
    }
    Mm mm = k.current.mm();
    long start = address & PageTable.PAGE_MASK;
    long length = bytes + (address - start) + PageTable.PAGE_SIZE - 1 & PageTable.PAGE_MASK;
    long end = start + length;
    if (end < start) {
      return -Err.EINVAL;
    }
    if (end == start) {
      return 0;
    }
    k.locks.downWrite(mm);
    long result = doMlock(mm, start, end, on);
    k.locks.upWrite(mm);
    return result;
  }

  /** What {@code sys_mlock()} does first, by {@code lru_add_drain_all()}: a page must be on a list to be taken off it. */
  protected void drainPagevecs() {
    k.swap.lruAddDrainAll();
  }

  /** {@code do_mlock()}. */
  private long doMlock(Mm mm, long start, long end, boolean on) {
    Vma vma = mm.findVma(start);
    if (vma == null || vma.start > start) {
      return -Err.ENOMEM;
    }
    Vma prev = start > vma.start ? vma : mm.findVmaPrev(start);
    for (long at = start; ; ) {
      long flags = on ? vma.flags | VmFlag.LOCKED : vma.flags & ~VmFlag.LOCKED;
      long to = Math.min(vma.end, end);
      Fixed fixed = mlockFixup(vma, prev, at, to, flags);
      if (fixed.error() != 0) {
        return fixed.error();
      }
      prev = fixed.vma();
      at = Math.max(to, prev.end);
      if (at >= end) {
        return 0;
      }
      vma = prev.next;
      if (vma == null || vma.start != at) {
        return -Err.ENOMEM;
      }
    }
  }
}
