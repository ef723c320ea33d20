package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pagevec;

/**
 * {@code mm/swap.c} with one pagevec for all lists: which list a page goes to is decided when the pagevec is emptied
 * (13f7f78981e4, 3.11), for unevictable pages too (9c4e6b1a7027, 4.16).
 */
class SwapOnePagevec extends Swap {

  /** {@code lru_add_pvecs}: the place among the pagevecs by list where the one that there is stands. */
  private static final int ONE = Lru.INACTIVE_ANON;

  /** {@code lru_disable_count}. */
  private int disabled;

  SwapOnePagevec(Kernel k, int cpus) {
    super(k, cpus);
  }

  @Override
  void pagevecAdd(int page, int lru) {
    Pagevec vec = lruAddPvec(k.current.cpu, ONE);
    // A huge page is worth a batch of its own.
    if (!vec.add(page) || disabled > 0 || frames.has(page, PageFlag.HEAD)) {
      pagevecLruAdd(vec, ONE);
    }
  }

  @Override
  void lruCacheGiveLru(int page, int lru) {
    KernelBug.on(frames.has(page, PageFlag.LRU), "lru_cache_add() of page {} that is on a list", page);
    if (lru == Lru.ACTIVE_ANON || lru == Lru.ACTIVE_FILE) {
      frames.set(page, PageFlag.ACTIVE);
    }
    pagevecAdd(page, lru);
  }

  @Override
  public void addPageToUnevictableList(int page) {
    lruCacheAdd(page, Lru.UNEVICTABLE);
  }

  @Override
  public void lruCacheDisable() {
    if (k.profile.lruCacheDisable()) {
      disabled++;
    }
    lruAddDrainAll();
  }

  @Override
  public void lruCacheEnable() {
    if (k.profile.lruCacheDisable()) {
      disabled--;
    }
  }

  /** {@code __pagevec_lru_add_fn()} of each page. */
  @Override
  protected void pagevecLruAdd(Pagevec vec, int lru) {
    for (int i = 0; i < vec.count(); i++) {
      int page = vec.page(i);
      KernelBug.on(frames.has(page, PageFlag.LRU), "page {} of a pagevec is on a list", page);
      if (k.vmscan.pageEvictable(page, null)) {
        frames.clear(page, PageFlag.UNEVICTABLE);
      } else {
        frames.clear(page, PageFlag.ACTIVE);
        frames.set(page, PageFlag.UNEVICTABLE);
      }
      frames.set(page, PageFlag.LRU);
      addPageToLruList(k.zone(page), page, pageLru(page));
    }
    for (int i = 0; i < vec.count(); i++) {
      putPage(vec.page(i));
    }
    vec.reinit();
  }
}
