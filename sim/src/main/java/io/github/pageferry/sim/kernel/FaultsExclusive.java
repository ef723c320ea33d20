package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.PageFlag;

/**
 * Faults since 6c287605fd56 (5.19): a page that is marked as one process's alone is written as it is; another one is where it
 * turns out that nobody else has it.
 */
class FaultsExclusive extends FaultsAround {

  FaultsExclusive(Kernel k) {
    super(k);
  }

  /** {@code wp_can_reuse_anon_folio()}. */
  @Override
  protected boolean reuseSwapPage(int page) {
    if (frames.has(page, PageFlag.ANON_EXCLUSIVE)) {
      return true;
    }
    if (frames.count(page) > 3) {
      return false;
    }
    if (!frames.has(page, PageFlag.LRU)) {
      k.swap.lruAddDrain();
    }
    if (frames.count(page) != 1) {
      return false;
    }
    frames.set(page, PageFlag.ANON_EXCLUSIVE);
    return true;
  }
}
