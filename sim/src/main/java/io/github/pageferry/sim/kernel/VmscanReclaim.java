package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AddressSpaceOperations;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.MemCgroup;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Zone;
import org.jspecify.annotations.Nullable;

/**
 * {@code mm/vmscan.c}, its reclaim: what makes pages leave memory, to swap space or to their files. Nobody calls it by himself
 * but a memory cgroup at its limit: an allocation that finds no page fails at once.
 */
public class VmscanReclaim {

  /** What becomes of a page in {@code shrink_page_list()}, by the labels there. */
  private enum Fate { FREE_IT, CULL_MLOCKED, ACTIVATE_LOCKED, KEEP_LOCKED, KEEP }

  /** {@code enum page_references}. */
  private enum References { RECLAIM, RECLAIM_CLEAN, KEEP, ACTIVATE }

  /** {@code pageout_t}. */
  private enum Pageout { KEEP, ACTIVATE, SUCCESS, CLEAN }

  /** {@code SWAP_CLUSTER_MAX}: so many pages are wanted at a time. */
  static final int SWAP_CLUSTER_MAX = 32;
  /** Rounds from {@code DEF_PRIORITY} down to 0; each looks at the whole of the lists here. */
  private static final int PRIORITIES = 13;

  protected final Kernel k;
  private final PageFrames frames;

  protected VmscanReclaim(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  // One page.

  /** {@code page_check_references()}. */
  private References pageCheckReferences(int page, boolean lumpy) {
    int referencedPtes = k.rmap.pageReferenced(page);
    boolean referencedPage = frames.testAndClear(page, PageFlag.REFERENCED);
    // Of a page that is locked into memory try_to_unmap() will say so.
    if (lumpy || referencedPtes == Rmap.LOCKED_IN_MEMORY) {
      return References.RECLAIM;
    }
    if (referencedPtes != 0) {
      if (frames.anon(page)) {
        return References.ACTIVATE;
      }
      // A file's page comes in accessed: only the second time counts.
      frames.set(page, PageFlag.REFERENCED);
      return referencedPage ? References.ACTIVATE : References.KEEP;
    }
    return referencedPage ? References.RECLAIM_CLEAN : References.RECLAIM;
  }

  /** {@code pageout()}: writes a dirty page. */
  private Pageout pageout(int page, @Nullable AddressSpace mapping) {
    // is_page_cache_freeable(): the cache, the isolation and buffers.
    if (frames.count(page) - frames.hasPrivate(page) != 2) {
      return Pageout.KEEP;
    }
    if (mapping == null) {
      if (frames.hasPrivate(page) != 0 && k.buffer.tryToFreeBuffers(page)) {
        frames.clear(page, PageFlag.DIRTY);
        return Pageout.CLEAN;
      }
      return Pageout.KEEP;
    }
    if (!mapping.ops().hasWritepage()) {
      return Pageout.ACTIVATE;
    }
    if (!k.pageWriteback.clearPageDirtyForIo(page)) {
      return Pageout.CLEAN;
    }
    frames.set(page, PageFlag.RECLAIM);
    int result = mapping.ops().writepage(page);
    if (result == AddressSpaceOperations.AOP_WRITEPAGE_ACTIVATE) {
      frames.clear(page, PageFlag.RECLAIM);
      return Pageout.ACTIVATE;
    }
    if (result < 0) {
      mapping.error = result == -Err.ENOSPC ? result : -Err.EIO;
    }
    if (!frames.has(page, PageFlag.WRITEBACK)) {
      frames.clear(page, PageFlag.RECLAIM);
    }
    return Pageout.SUCCESS;
  }

  /** {@code __remove_mapping()}: the page leaves its cache and has no reference any longer; false where somebody holds it. */
  private boolean removeMapping(AddressSpace mapping, int page) {
    KernelBug.on(mapping != k.pageMapping(page), "mm/vmscan.c: page {} is not of this mapping", page);
    if (!frames.freezeRefs(page, 2)) {
      return false;
    }
    if (frames.has(page, PageFlag.DIRTY)) {
      frames.unfreezeRefs(page, 2);
      return false;
    }
    if (frames.has(page, PageFlag.SWAPCACHE)) {
      int entry = frames.privateOf(page);
      k.swapState.removeFromSwapCache(page);
      k.swapfile.swapcacheFree(entry, page);
    } else {
      k.filemap.removeFromPageCache(page);
    }
    return true;
  }

  /** One round of {@code shrink_page_list()}'s loop; the page's lock is the caller's to drop where the result says so. */
  private Fate shrinkPage(int page, boolean lumpy) {
    KernelBug.on(frames.has(page, PageFlag.ACTIVE), "mm/vmscan.c: active page {} to be reclaimed", page);
    if (!k.vmscan.pageEvictable(page, null)) {
      return Fate.CULL_MLOCKED;
    }
    if (frames.has(page, PageFlag.WRITEBACK)) {
      return Fate.KEEP_LOCKED;
    }
    References references = pageCheckReferences(page, lumpy);
    if (references == References.ACTIVATE || references == References.KEEP) {
      return references == References.ACTIVATE ? Fate.ACTIVATE_LOCKED : Fate.KEEP_LOCKED;
    }
    if (frames.anon(page) && !frames.has(page, PageFlag.SWAPCACHE) && !k.swapState.addToSwap(page)) {
      return Fate.ACTIVATE_LOCKED;
    }
    AddressSpace mapping = k.pageMapping(page);
    if (frames.mapped(page) && mapping != null) {
      int unmapped = k.rmap.tryToUnmap(page, Rmap.TTU_UNMAP);
      if (unmapped != Rmap.SWAP_SUCCESS) {
        return unmapped == Rmap.SWAP_FAIL ? Fate.ACTIVATE_LOCKED
            : unmapped == Rmap.SWAP_MLOCK ? Fate.CULL_MLOCKED : Fate.KEEP_LOCKED;
      }
    }
    if (frames.has(page, PageFlag.DIRTY)) {
      Fate kept = references == References.RECLAIM_CLEAN ? Fate.KEEP_LOCKED : writeOut(page, mapping);
      if (kept != Fate.FREE_IT) {
        return kept;
      }
      mapping = k.pageMapping(page);
    }
    if (frames.hasPrivate(page) != 0) {
      if (!k.buffer.tryToReleasePage(page)) {
        return Fate.ACTIVATE_LOCKED;
      }
      if (mapping == null && frames.count(page) == 1) {
        k.filemap.unlockPage(page);
        frames.putTestzero(page);
        return Fate.FREE_IT;
      }
    }
    if (mapping == null || !removeMapping(mapping, page)) {
      return Fate.KEEP_LOCKED;
    }
    frames.clear(page, PageFlag.LOCKED);
    return Fate.FREE_IT;
  }

  /** What {@code pageout()} leads to; {@code FREE_IT} where the page is clean and locked and may go. */
  private Fate writeOut(int page, @Nullable AddressSpace mapping) {
    switch (pageout(page, mapping)) {
      case KEEP:
        return Fate.KEEP_LOCKED;
      case ACTIVATE:
        return Fate.ACTIVATE_LOCKED;
      case SUCCESS:
        if (frames.has(page, PageFlag.WRITEBACK | PageFlag.DIRTY) || !k.filemap.trylockPage(page)) {
          return Fate.KEEP;
        }
        return frames.has(page, PageFlag.WRITEBACK | PageFlag.DIRTY) ? Fate.KEEP_LOCKED : Fate.FREE_IT;
      default:
        return Fate.FREE_IT;
    }
  }

  // Lists.

  /**
   * {@code shrink_page_list()}: of isolated pages, the last first; those that stay are left on the list.
   *
   * @param lumpy {@code lumpy_reclaim_mode}: whether it does not matter that a page was used lately
   * @return how many pages were freed
   */
  int shrinkPageList(PageList pages, boolean lumpy) {
    PageList returned = new PageList(frames);
    int reclaimed = 0;
    for (int page; (page = pages.last()) != 0; ) {
      pages.remove(page);
      Fate fate = k.filemap.trylockPage(page) ? shrinkPage(page, lumpy) : Fate.KEEP;
      if (fate == Fate.FREE_IT) {
        k.decZonePageState(page, k.swap.isolatedStat(page));
        k.pageAlloc.freeHotColdPage(page);
        reclaimed++;
        continue;
      }
      if (fate == Fate.CULL_MLOCKED) {
        k.swapfile.tryToFreeSwap(page);
        k.filemap.unlockPage(page);
        k.decZonePageState(page, k.swap.isolatedStat(page));
        k.vmscan.putbackLruPage(page);
        continue;
      }
      if (fate == Fate.ACTIVATE_LOCKED) {
        if (k.swapfile.vmSwapFull()) {
          k.swapfile.tryToFreeSwap(page);
        }
        frames.set(page, PageFlag.ACTIVE);
      }
      if (fate != Fate.KEEP) {
        k.filemap.unlockPage(page);
      }
      returned.addFirst(page);
    }
    for (int page; (page = returned.last()) != 0; ) {
      returned.remove(page);
      pages.addFirst(page);
    }
    return reclaimed;
  }

  /** {@code isolate_lru_pages()} of a whole list, or of a group's pages on it, the last first, huge pages excepted. */
  private PageList isolateLruPages(Zone zone, int lru, @Nullable MemCgroup group) {
    PageList isolated = new PageList(frames);
    for (int page = zone.lru(lru).last(), prev; page != 0; page = prev) {
      prev = zone.lru(lru).previous(page);
      boolean wanted = group == null || k.memcontrol.groupOf(page) == group;
      // Huge pages stay: reclaim would split them.
      if (wanted && !frames.has(page, PageFlag.HEAD) && k.vmscan.isolateLruPage(page) == 0) {
        isolated.addFirst(page);
        k.incZonePageState(page, k.swap.isolatedStat(page));
      }
    }
    return isolated;
  }

  /** {@code putback_lru_pages()} of this file: pages go back to where their flags say, without a pagevec. */
  private void putbackLruPages(PageList pages) {
    k.swap.lruAddDrain();
    for (int page; (page = pages.last()) != 0; ) {
      pages.remove(page);
      k.decZonePageState(page, k.swap.isolatedStat(page));
      if (!k.vmscan.pageEvictable(page, null)) {
        k.vmscan.putbackLruPage(page);
        continue;
      }
      frames.set(page, PageFlag.LRU);
      k.swap.addPageToLruList(k.zone(page), page, k.swap.pageLru(page));
      k.swap.putPage(page);
    }
  }

  /** {@code shrink_active_list()}: all become inactive, and what page tables know of their use is forgotten. */
  private void shrinkActiveList(Zone zone, int lru, @Nullable MemCgroup group) {
    PageList pages = isolateLruPages(zone, lru, group);
    for (int page = pages.first(); page != 0; page = pages.next(page)) {
      if (k.filemap.trylockPage(page)) {
        k.rmap.pageReferenced(page);
        k.filemap.unlockPage(page);
      }
      frames.clear(page, PageFlag.ACTIVE);
    }
    putbackLruPages(pages);
  }

  /** {@code shrink_inactive_list()}, at most {@code SWAP_CLUSTER_MAX} pages at a time. */
  private int shrinkInactiveList(Zone zone, int lru, int goal, @Nullable MemCgroup group) {
    PageList pages = isolateLruPages(zone, lru, group);
    PageList chunk = new PageList(frames);
    PageList kept = new PageList(frames);
    int reclaimed = 0;
    while (!pages.isEmpty() && reclaimed < goal) {
      while (!pages.isEmpty() && chunk.size() < Math.min(goal - reclaimed, SWAP_CLUSTER_MAX)) {
        int page = pages.last();
        pages.remove(page);
        chunk.addFirst(page);
      }
      reclaimed += shrinkPageList(chunk, false);
      for (int page; (page = chunk.last()) != 0; ) {
        chunk.remove(page);
        kept.addFirst(page);
      }
    }
    putbackLruPages(kept);
    // What was not looked at goes back to the end that it came from.
    for (int page; (page = pages.first()) != 0; ) {
      pages.remove(page);
      k.decZonePageState(page, k.swap.isolatedStat(page));
      frames.set(page, PageFlag.LRU);
      k.swap.addPageToLruListTail(k.zone(page), page, k.swap.pageLru(page));
      k.swap.putPage(page);
    }
    return reclaimed;
  }

  /**
   * {@code shrink_zone()}: a round over one zone's lists. Without swap space anonymous memory is not looked at.
   *
   * @param group only pages that are charged to it; null for all
   * @return how many pages were freed
   */
  private int shrinkZone(Zone zone, int goal, @Nullable MemCgroup group) {
    int reclaimed = 0;
    for (int lru = k.swapfile.nrSwapPages() > 0 ? Lru.INACTIVE_ANON : Lru.INACTIVE_FILE; lru <= Lru.INACTIVE_FILE; lru += Lru.FILE) {
      if (reclaimed < goal) {
        reclaimed += shrinkInactiveList(zone, lru, goal - reclaimed, group);
      }
      if (reclaimed < goal) {
        shrinkActiveList(zone, lru + Lru.ACTIVE, group);
      }
    }
    return reclaimed;
  }

  /**
   * {@code try_to_free_pages()}, of one node.
   *
   * @return how many pages were freed, fewer than wanted where no more could be
   */
  public int tryToFreePages(Zone zone, int wanted) {
    k.swap.lruAddDrainAll();
    int reclaimed = 0;
    for (int priority = PRIORITIES - 1; priority >= 0 && reclaimed < wanted; priority--) {
      reclaimed += shrinkZone(zone, wanted - reclaimed, null);
    }
    return reclaimed;
  }

  /** {@code try_to_free_mem_cgroup_pages()}: the same of all zones, for one group; returns how many pages were freed. */
  int tryToFreeMemCgroupPages(MemCgroup group) {
    k.swap.lruAddDrainAll();
    int reclaimed = 0;
    for (int priority = PRIORITIES - 1; priority >= 0 && reclaimed == 0; priority--) {
      for (int node = k.nodes.withMemory().first(); node >= 0; node = k.nodes.withMemory().next(node)) {
        if (reclaimed < SWAP_CLUSTER_MAX) {
          reclaimed += shrinkZone(k.nodes.zone(node), SWAP_CLUSTER_MAX - reclaimed, group);
        }
      }
    }
    return reclaimed;
  }

  /**
   * Reclaims this very page, used lately or not, as lumpy reclaim does with the neighbours of a page that it looks at.
   *
   * @return whether the page was freed
   */
  public boolean reclaimPage(int page) {
    k.swap.lruAddDrainAll();
    PageList pages = new PageList(frames);
    if (frames.has(page, PageFlag.UNEVICTABLE | PageFlag.HEAD | PageFlag.TAIL) || k.vmscan.isolateLruPage(page, pages) != 0) {
      return false;
    }
    frames.clear(page, PageFlag.ACTIVE);
    boolean freed = shrinkPageList(pages, true) != 0;
    putbackLruPages(pages);
    return freed;
  }
}
