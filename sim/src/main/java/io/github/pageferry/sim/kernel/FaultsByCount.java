package io.github.pageferry.sim.kernel;

/**
 * Faults since 09854ba94c6a (5.9): a page that is written after fork or mprotect is written as it is only where nobody else holds
 * a reference, a pagevec included.
 */
class FaultsByCount extends FaultsAround {

  FaultsByCount(Kernel k) {
    super(k);
  }

  @Override
  protected boolean reuseSwapPage(int page) {
    return frames.count(frames.compoundHead(page)) == 1 && frames.mapcount(page) == 1;
  }
}
