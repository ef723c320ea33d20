package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.PageFlag;

/**
 * {@code mm/shmem.c} until 9fab5619bdd7 (2.6.30): reclaim takes a page from its file into the swap cache, and writes it when it comes
 * upon it again.
 */
class ShmemWrittenLater extends Shmem {

  ShmemWrittenLater(Kernel k) {
    super(k);
  }

  /** {@code move_to_swap_cache()} leaves it dirty. */
  @Override
  protected int writeToSwap(int page) {
    k.frames.set(page, PageFlag.DIRTY);
    k.filemap.unlockPage(page);
    return 0;
  }
}
