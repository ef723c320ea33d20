package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Pagevec;
import io.github.pageferry.sim.mm.Scheduler;
import io.github.pageferry.sim.mm.Zone;
import io.github.pageferry.sim.mm.ZoneStat;
import org.jspecify.annotations.Nullable;

/** {@code mm/swap.c}: references on pages, the per-CPU pagevecs, and the way onto the LRU lists. */
public class Swap {

  protected final Kernel k;
  protected final PageFrames frames;
  /** {@code lru_add_pvecs}: by CPU and list. */
  private final Pagevec[][] lruAddPvecs;
  private final @Nullable Scheduler sched;

  protected Swap(Kernel k, int cpus) {
    this.k = k;
    frames = k.frames;
    sched = k.sched;
    lruAddPvecs = new Pagevec[cpus][];
  }

  /** The pagevec in which a CPU collects pages for a list. */
  public Pagevec lruAddPvec(int cpu, int lru) {
    Pagevec[] vecs = lruAddPvecs[cpu];
    if (vecs == null) {
      vecs = new Pagevec[Lru.LISTS];
      for (int i = 0; i < Lru.LISTS; i++) {
        vecs[i] = new Pagevec(k.profile.pagevecSize());
      }
      lruAddPvecs[cpu] = vecs;
    }
    return vecs[lru];
  }

  /** How many CPUs there are. */
  public int cpus() {
    return lruAddPvecs.length;
  }

  // include/linux/mm_inline.h

  /** {@code page_is_file_cache()} as the number that it adds to {@code NR_ISOLATED_ANON}: 0 or 1. */
  public int pageIsFileCache(int page) {
    return frames.has(page, PageFlag.SWAPBACKED) ? 0 : 1;
  }

  /** {@code NR_ISOLATED_ANON + page_is_file_cache(page)}. */
  public ZoneStat isolatedStat(int page) {
    return frames.has(page, PageFlag.SWAPBACKED) ? ZoneStat.NR_ISOLATED_ANON : ZoneStat.NR_ISOLATED_FILE;
  }

  /** {@code page_lru_base_type()}. */
  public int pageLruBaseType(int page) {
    return frames.has(page, PageFlag.SWAPBACKED) ? Lru.INACTIVE_ANON : Lru.INACTIVE_FILE;
  }

  /** {@code page_lru()}: the list that the page is on. */
  public int pageLru(int page) {
    if (frames.has(page, PageFlag.UNEVICTABLE)) {
      return Lru.UNEVICTABLE;
    }
    return pageLruBaseType(page) + (frames.has(page, PageFlag.ACTIVE) ? Lru.ACTIVE : 0);
  }

  /** {@code add_page_to_lru_list()}. */
  void addPageToLruList(Zone zone, int page, int lru) {
    zone.lru(lru).addFirst(page);
    zone.stat(ZoneStat.ofLru(lru), 1);
  }

  /** {@code add_page_to_lru_list()} and {@code list_move_tail()}: where reclaim looks first. */
  void addPageToLruListTail(Zone zone, int page, int lru) {
    zone.lru(lru).addLast(page);
    zone.stat(ZoneStat.ofLru(lru), 1);
  }

  /** {@code rotate_reclaimable_page()}: what reclaim wrote has been written, and can go as soon as reclaim comes again. */
  void rotateReclaimablePage(int page) {
    int not = PageFlag.LOCKED | PageFlag.DIRTY | PageFlag.ACTIVE | PageFlag.UNEVICTABLE;
    if (frames.has(page, PageFlag.LRU) && !frames.has(page, not)) {
      int lru = pageLruBaseType(page);
      k.zone(page).lru(lru).remove(page);
      k.zone(page).lru(lru).addLast(page);
    }
  }

  /** {@code del_page_from_lru_list()}. */
  void delPageFromLruList(Zone zone, int page, int lru) {
    zone.lru(lru).remove(page);
    zone.stat(ZoneStat.ofLru(lru), -1);
  }

  /** {@code del_page_from_lru()}: takes the page off its list and forgets which it was. */
  private void delPageFromLru(Zone zone, int page) {
    int lru = pageLru(page);
    frames.clear(page, lru == Lru.UNEVICTABLE ? PageFlag.UNEVICTABLE : PageFlag.ACTIVE);
    delPageFromLruList(zone, page, lru);
  }

  // mm/swap.c

  /** {@code __page_cache_release()}: the last reference is gone. */
  protected void pageCacheReleaseLast(int page) {
    if (frames.testAndClear(page, PageFlag.LRU)) {
      delPageFromLru(k.zone(page), page);
    }
    k.pageAlloc.freeHotColdPage(page);
  }

  /** {@code put_page()}, also {@code page_cache_release()}. */
  public void putPage(int page) {
    int head = frames.compoundHead(page);
    if (frames.putTestzero(head)) {
      putLast(head);
    }
  }

  private void putLast(int head) {
    if (frames.has(head, PageFlag.HUGETLB)) {
      k.hugetlb.freeHugePage(head);
    } else {
      pageCacheReleaseLast(head);
    }
  }

  /** {@code activate_page()}. */
  protected void activatePage(int page) {
    if (frames.has(page, PageFlag.LRU) && !frames.has(page, PageFlag.ACTIVE | PageFlag.UNEVICTABLE)) {
      int lru = pageLruBaseType(page);
      Zone zone = k.zone(page);
      delPageFromLruList(zone, page, lru);
      frames.set(page, PageFlag.ACTIVE);
      addPageToLruList(zone, page, lru + Lru.ACTIVE);
    }
  }

  /** {@code mark_page_accessed()}: the second access of an inactive page activates it. */
  public void markPageAccessed(int page) {
    if (!frames.has(page, PageFlag.ACTIVE | PageFlag.UNEVICTABLE)
        && frames.has(page, PageFlag.REFERENCED)
        && frames.has(page, PageFlag.LRU)) {
      activatePage(page);
      frames.clear(page, PageFlag.REFERENCED);
    } else {
      frames.set(page, PageFlag.REFERENCED);
    }
  }

  /** {@code __lru_cache_add()}: the pagevec holds a reference until it is full or drained. */
  final void lruCacheAdd(int page, int lru) {
    frames.get(page);
    pagevecAdd(page, lru);
  }

  /** As {@link #lruCacheAdd}, and the caller's reference is the pagevec's from then on. */
  void pagevecAdd(int page, int lru) {
    Pagevec vec = lruAddPvec(k.current.cpu, lru);
    if (!vec.add(page)) {
      pagevecLruAdd(vec, lru);
    }
  }

  /** {@code lru_cache_add_lru()}. */
  public final void lruCacheAddLru(int page, int lru) {
    frames.get(page);
    lruCacheGiveLru(page, lru);
  }

  /** {@code lru_cache_add_lru()} and {@code put_page()}: the caller's reference is the pagevec's from then on. */
  void lruCacheGiveLru(int page, int lru) {
    frames.clear(page, PageFlag.ACTIVE | PageFlag.UNEVICTABLE);
    KernelBug.on(frames.has(page, PageFlag.LRU), "lru_cache_add_lru() of page {} that is on a list", page);
    pagevecAdd(page, lru);
  }

  /** {@code add_page_to_unevictable_list()}: at once, without a pagevec. */
  public void addPageToUnevictableList(int page) {
    frames.set(page, PageFlag.UNEVICTABLE | PageFlag.LRU);
    addPageToLruList(k.zone(page), page, Lru.UNEVICTABLE);
  }

  /** {@code drain_cpu_pagevecs()}. */
  private void drainCpuPagevecs(int cpu) {
    if (lruAddPvecs[cpu] == null) {
      return;
    }
    for (int lru = 0; lru < Lru.LISTS; lru++) {
      Pagevec vec = lruAddPvecs[cpu][lru];
      if (vec.count() != 0) {
        pagevecLruAdd(vec, lru);
      }
    }
  }

  /** {@code lru_add_drain()}: this CPU's pagevecs. */
  public void lruAddDrain() {
    if (sched != null) {
      sched.point(Scheduler.At.LRU_ADD_DRAIN, 0);
    }
    drainCpuPagevecs(k.current.cpu);
  }

  /** {@code lru_add_drain_all()}: every CPU's. */
  public int lruAddDrainAll() {
    for (int cpu = 0; cpu < lruAddPvecs.length; cpu++) {
      if (sched != null) {
        // Each CPU's turn comes when it has time (schedule_on_each_cpu()).
        sched.point(Scheduler.At.LRU_ADD_DRAIN, 0);
      }
      drainCpuPagevecs(cpu);
    }
    return 0;
  }

  /** {@code lru_cache_disable()}, before d479960e44f2 (5.13) {@code migrate_prep()}: no page waits in a pagevec from here on. */
  public void lruCacheDisable() {
    lruAddDrainAll();
  }

  /** {@code lru_cache_enable()}. */
  public void lruCacheEnable() {}

  /**
   * {@code ____pagevec_lru_add()}: the pages go onto the list, and the pagevec's references go. A page that nobody else refers
   * to, such as one that has moved, would be on the list only until the second loop frees it; it is spared the list here.
   */
  protected void pagevecLruAdd(Pagevec vec, int lru) {
    int flags = lru == Lru.ACTIVE_ANON || lru == Lru.ACTIVE_FILE ? PageFlag.LRU | PageFlag.ACTIVE : PageFlag.LRU;
    for (int i = 0; i < vec.count(); i++) {
      int page = vec.page(i);
      KernelBug.on(
          frames.has(page, PageFlag.ACTIVE | PageFlag.UNEVICTABLE | PageFlag.LRU), "page {} of a pagevec is on a list", page);
      if (frames.count(page) > 1) {
        frames.set(page, flags);
        addPageToLruList(k.zone(page), page, lru);
      }
    }
    for (int i = 0; i < vec.count(); i++) {
      putPage(vec.page(i));
    }
    vec.reinit();
  }
}
