package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Vma;

/**
 * {@code mm/memory.c} until 89f5b7da2a6b (2.6.26): a frame without a page is not there, in the eyes of {@code follow_page()}, nor has
 * that {@code FOLL_DUMP} (until 8e4b9a607189, 2.6.32).
 */
class MemoryWithoutFrames extends Memory {

  MemoryWithoutFrames(Kernel k) {
    super(k);
  }

  @Override
  public int followPage(Vma vma, long address, int flags) {
    return Math.max(0, super.followPage(vma, address, flags & ~FOLL_DUMP));
  }
}
