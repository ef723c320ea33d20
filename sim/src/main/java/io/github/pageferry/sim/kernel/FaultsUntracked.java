package io.github.pageferry.sim.kernel;

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
}
