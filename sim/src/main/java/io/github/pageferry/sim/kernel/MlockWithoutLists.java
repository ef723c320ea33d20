package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import org.jspecify.annotations.Nullable;

/** {@code mm/mlock.c} until b291f000393f (2.6.28): a locked mapping has a flag, and its pages are like any others. */
class MlockWithoutLists extends Mlock {

  MlockWithoutLists(Kernel k) {
    super(k);
  }

  @Override
  protected void drainPagevecs() {}

  @Override
  public void clearPageMlock(int page) {}

  @Override
  public void mlockVmaPage(int page) {}

  @Override
  public void munlockVmaPagesRange(Vma vma, long start, long end) {
    vma.flags &= ~VmFlag.LOCKED;
  }

  /** {@code mlock_fixup()}: whatever the mapping is. */
  @Override
  protected Fixed mlockFixup(Vma of, @Nullable Vma prev, long start, long end, long flags) {
    if (flags == of.flags) {
      return new Fixed(of, 0);
    }
    Vma vma = k.mmap.vmaMerge(
        of.mm, prev, start, end, flags, of.anonVma, of.file, of.pageIndex(start), of.policy);
    if (vma == null) {
      vma = of;
      int error = k.mmap.splitToRange(vma, start, end);
      if (error != 0) {
        return new Fixed(vma, error == -Err.ENOMEM ? -Err.EAGAIN : error);
      }
    }
    vma.flags = flags;
    boolean lock = (flags & VmFlag.LOCKED) != 0;
    int error = lock && !vma.has(VmFlag.IO) ? bringIn(vma, start, end) : 0;
    long pages = (end - start) >>> PageTable.PAGE_SHIFT;
    vma.mm.lockedVm += lock ? pages : -pages;
    return new Fixed(vma, error == -Err.ENOMEM ? -Err.EAGAIN : error);
  }

  /** {@code make_pages_present()} of mm/memory.c: the first page's error, or -1 where a later one could not be had. */
  private int bringIn(Vma vma, long start, long end) {
    int flags = Memory.FOLL_TOUCH | (vma.has(VmFlag.WRITE) ? Memory.FOLL_WRITE : 0);
    for (long address = start; address < end; address += PageTable.PAGE_SIZE) {
      int page = k.memory.getUserPage(vma.mm, address, flags);
      if (page < 0) {
        return address == start ? page : -Err.EPERM;
      }
    }
    return 0;
  }
}
