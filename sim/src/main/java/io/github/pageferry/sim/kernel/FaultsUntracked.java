package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Vma;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Vma;

/**
 * Faults until d08b3851da41 (2.6.19): that a shared page has been written to is the page table's secret until the entry goes or
 * {@code msync(2)} asks.
 */
class FaultsUntracked extends MemoryFaults {

  FaultsUntracked(Kernel k) {
    super(k);
  }

  @Override
  protected void setFaultedPageDirty(int page) {}

  /** {@code filemap_nopage()} and {@code shmem_nopage()} count a fault as a use (until bf3f3bc5e734 and 390722baa7fc, 2.6.29). */
  @Override
  protected void markFaulted(int page) {
    k.swap.markPageAccessed(page);
  }

  /** {@code can_share_swap_page()}: as {@code reuse_swap_page()}, but the page stays in the swap cache (until 7b1fe59793e6, 2.6.29). */
  @Override
  protected boolean reuseSwapPage(int page) {
    return k.swapfile.canShareSwapPage(page);
  }

  /** Locked pages may stay there, too (until b291f000393f, 2.6.28). */
  @Override
  protected boolean isSwapToBeFreed(int page, Vma vma) {
    return k.swapfile.vmSwapFull();
  }
}
