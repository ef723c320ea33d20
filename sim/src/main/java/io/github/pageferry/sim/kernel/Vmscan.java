package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Scheduler;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.ZoneStat;
import org.jspecify.annotations.Nullable;

/** {@code mm/vmscan.c}: taking pages off the LRU lists and putting them back. */
public class Vmscan {

  protected final Kernel k;
  private final PageFrames frames;
  private final @Nullable Scheduler sched;

  protected Vmscan(Kernel k) {
    this.k = k;
    frames = k.frames;
    sched = k.sched;
  }

  /**
   * {@code putback_lru_page()}: gives an isolated page back to the list that suits it now, and drops the isolation's
   * reference.
   */
  public void putbackLruPage(int page) {
    if (sched != null) {
      sched.point(Scheduler.At.PUTBACK_LRU_PAGE, page);
      sched.outcome(Scheduler.At.PUTBACK_LRU_PAGE, page, true);
    }
    int flags = frames.flags(page);
    KernelBug.on((flags & PageFlag.LRU) != 0, "putback_lru_page() of page {} that is on a list", page);
    frames.flags(page, flags & ~(PageFlag.ACTIVE | PageFlag.UNEVICTABLE));
    if (pageEvictable(page, null)) {
      boolean active = (flags & PageFlag.ACTIVE) != 0;
      k.swap.lruCacheGiveLru(page, k.swap.pageLruBaseType(page) + (active ? Lru.ACTIVE : 0));
    } else {
      // The kernel looks again after this, against a munlock beside it; nobody can come between the two here.
      k.swap.addPageToUnevictableList(page);
      k.swap.putPage(page);
    }
  }

  /**
   * {@code isolate_lru_page()}: takes the page off its list with a reference.
   *
   * @return 0, or -EBUSY where it is on no list
   */
  public int isolateLruPage(int page) {
    if (sched != null) {
      sched.point(Scheduler.At.ISOLATE_LRU_PAGE, page);
    }
    if (!frames.has(page, PageFlag.LRU)) {
      return -Err.EBUSY;
    }
    frames.get(page);
    frames.clear(page, PageFlag.LRU);
    k.swap.delPageFromLruList(k.zone(page), page, k.swap.pageLru(page));
    return 0;
  }

  /**
   * {@code isolate_lru_page()} and what all do then who are about to move the page: it goes onto their list and is counted.
   *
   * @return 0, or -EBUSY where it is on no LRU list
   */
  public int isolateLruPage(int page, PageList list) {
    int error = isolateLruPage(page);
    if (error == 0) {
      list.addLast(page);
      k.incZonePageState(page, k.swap.isolatedStat(page));
    }
    return error;
  }

  /** {@code page_evictable()}: whether reclaim may look at the page; marks a new page of a locked VMA as mlocked. */
  public boolean pageEvictable(int page, @Nullable Vma vma) {
    AddressSpace mapping = k.pageMapping(page);
    if (mapping != null && mapping.unevictable) {
      return false;
    }
    return !frames.has(page, PageFlag.MLOCKED) && (vma == null || !isMlockedVma(vma, page));
  }

  /** {@code is_mlocked_vma()} of mm/internal.h. */
  private boolean isMlockedVma(Vma vma, int page) {
    if ((vma.flags & (VmFlag.LOCKED | VmFlag.SPECIAL)) != VmFlag.LOCKED) {
      return false;
    }
    if (!frames.testAndSet(page, PageFlag.MLOCKED)) {
      k.incZonePageState(page, ZoneStat.NR_MLOCK);
    }
    return true;
  }
}
