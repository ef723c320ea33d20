package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;

/**
 * {@code mm/rmap.c} since 7262f208ca68 (6.10), for which it matters that a transparent huge page has lost the mapping of a part:
 * such a page waits to be split ({@code deferred_split_folio()}), whether the part is mapped again or not.
 */
class RmapPartlyMapped extends RmapExclusive {

  RmapPartlyMapped(Kernel k) {
    super(k);
  }

  @Override
  public void pageRemoveRmap(int page) {
    super.pageRemoveRmap(page);
    int head = k.frames.compoundHead(page);
    if (k.frames.nrPages(head) > 1 && k.frames.mapcount(page) == 0 && k.frames.mapped(head)) {
      k.frames.set(head, PageFlag.PARTIALLY_MAPPED);
    }
  }

  /** Parts may still be mapped by entries of their own: all of them, or some. */
  @Override
  void folioRemoveRmapPmd(int head) {
    boolean lost = false;
    for (int i = 0; i < PageFrames.HUGE_FRAMES; i++) {
      super.pageRemoveRmap(head + i);
      lost |= k.frames.mapcount(head + i) == 0;
    }
    if (lost && k.frames.mapped(head)) {
      k.frames.set(head, PageFlag.PARTIALLY_MAPPED);
    }
  }
}
