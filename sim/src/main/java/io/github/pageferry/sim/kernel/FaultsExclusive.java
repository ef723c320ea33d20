package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Vma;

/**
 * Faults since 6c287605fd56 (5.19): a page that is marked as one process's alone is written as it is; another one is where it
 * turns out that nobody else has it.
 */
class FaultsExclusive extends FaultsAround {

  FaultsExclusive(Kernel k) {
    super(k);
  }

  @Override
  protected boolean reuseSwapPage(int page) {
    if (!frames.has(page, PageFlag.ANON_EXCLUSIVE)) {
      if (!canReuseAnonFolio(frames.compoundHead(page))) {
        return false;
      }
      frames.set(page, PageFlag.ANON_EXCLUSIVE);
    }
    return true;
  }

  /** {@code wp_can_reuse_anon_folio()}: of a folio's head. What waits in a pagevec is taken out of it since d4c470970d45 (5.18). */
  private boolean canReuseAnonFolio(int head) {
    if (frames.nrPages(head) > 1 && k.profile.huge().partReuse() != HugeProfile.PartReuse.LAST_REFERENCE) {
      return k.profile.huge().partReuse() == HugeProfile.PartReuse.ONE_PROCESS && k.hugeSplit.isOneProcesses(head);
    }
    if (frames.count(head) > 3) {
      return false;
    }
    if (!frames.has(head, PageFlag.LRU)) {
      k.swap.lruAddDrain();
    }
    return frames.count(head) == 1;
  }

  @Override
  protected boolean reuseHugePage(int head) {
    return frames.has(head, PageFlag.ANON_EXCLUSIVE) || frames.count(head) == 1;
  }

  @Override
  protected void makeExclusive(int head, Vma vma) {
    if (!frames.testAndSet(head, PageFlag.ANON_EXCLUSIVE)) {
      k.rmap.pageMoveAnonRmap(head, vma);
    }
  }
}
