package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Vma;

/** {@code mm/memory.c} of 2.6.18: a frame without a page is not there, in the eyes of {@code follow_page()}. */
class MemoryWithoutFrames extends Memory {

  MemoryWithoutFrames(Kernel k) {
    super(k);
  }

  @Override
  public int followPage(Vma vma, long address, int flags) {
    return Math.max(0, super.followPage(vma, address, flags & ~FOLL_DUMP));
  }
}
