package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Scheduler;
import io.github.pageferry.sim.mm.Scheduler.At;
import io.github.pageferry.sim.mm.ZoneStat;
import org.jspecify.annotations.Nullable;

/** {@code mm/filemap.c}: the page lock, and pages in and out of the page cache. Files are {@link FilemapFiles}. */
public class Filemap {

  protected final Kernel k;
  private final PageFrames frames;
  private final @Nullable Scheduler sched;

  protected Filemap(Kernel k) {
    this.k = k;
    frames = k.frames;
    sched = k.sched;
  }

  /** {@code remove_from_page_cache()}: the caller holds the page lock and drops the cache's reference after it. */
  public void removeFromPageCache(int page) {
    // Not page_mapping(): a page of shared memory on its way to swap is in both caches.
    AddressSpace mapping = k.mappings.space(frames.mapping(page));
    if (mapping == null) {
      throw new KernelBug("mm/filemap.c: page " + page + " to be removed is not in the page cache");
    }
    mapping.pageTree().put(Integer.toUnsignedLong(frames.index(page)), 0);
    frames.mapping(page, 0);
    mapping.nrpages--;
    k.decZonePageState(page, ZoneStat.NR_FILE_PAGES);
    if (frames.has(page, PageFlag.SWAPBACKED)) {
      k.decZonePageState(page, ZoneStat.NR_SHMEM);
    }
    KernelBug.on(frames.mapped(page), "mm/filemap.c:128: page {} is still mapped", page);
    if (frames.has(page, PageFlag.DIRTY) && mapping.accountDirty) {
      k.decZonePageState(page, ZoneStat.NR_FILE_DIRTY);
    }
    k.memcontrol.uncharge(page, Memcontrol.Uncharge.CACHE);
  }

  /** {@code add_to_page_cache_locked()}: the cache takes a reference of its own; 0, -ENOMEM or -EEXIST. */
  public int addToPageCacheLocked(int page, AddressSpace mapping, long index) {
    int error = k.memcontrol.cacheCharge(page);
    if (error != 0) {
      return error;
    }
    if (mapping.pageTree().get(index) != 0) {
      k.memcontrol.uncharge(page, Memcontrol.Uncharge.CACHE);
      return -Err.EEXIST;
    }
    frames.get(page);
    frames.mapping(page, mapping.handle());
    frames.index(page, (int) index);
    mapping.pageTree().put(index, page);
    mapping.nrpages++;
    k.incZonePageState(page, ZoneStat.NR_FILE_PAGES);
    if (frames.has(page, PageFlag.SWAPBACKED)) {
      k.incZonePageState(page, ZoneStat.NR_SHMEM);
    }
    return 0;
  }

  /** {@code add_to_page_cache_lru()}: a new page, locked from here on, into the cache and onto an inactive list. */
  public int addToPageCacheLru(int page, AddressSpace mapping, long index) {
    frames.set(page, PageFlag.LOCKED);
    int error = addToPageCacheLocked(page, mapping, index);
    if (error != 0) {
      frames.clear(page, PageFlag.LOCKED);
      return error;
    }
    k.swap.lruCacheAddLru(page, frames.has(page, PageFlag.SWAPBACKED) ? Lru.INACTIVE_ANON : Lru.INACTIVE_FILE);
    return 0;
  }

  /** {@code trylock_page()}. */
  public boolean trylockPage(int page) {
    return sched == null ? testAndSetLocked(page) : trylockShared(sched, page);
  }

  private boolean trylockShared(Scheduler scheduler, int page) {
    scheduler.point(At.TRYLOCK_PAGE, page);
    boolean locked = testAndSetLocked(page);
    scheduler.outcome(At.TRYLOCK_PAGE, page, locked);
    return locked;
  }

  private boolean testAndSetLocked(int page) {
    return !frames.testAndSet(page, PageFlag.LOCKED);
  }

  /** {@code lock_page()}: waits until the page is unlocked. */
  public void lockPage(int page) {
    if (sched != null) {
      sleepWhile(sched, At.LOCK_PAGE, page, PageFlag.LOCKED);
    } else if (frames.has(page, PageFlag.LOCKED)) {
      k.blockDevice.unplug();
    }
    KernelBug.on(!testAndSetLocked(page), "lock_page() of page {} waits for ever: nobody will unlock it", page);
  }

  /** {@code unlock_page()}. */
  public void unlockPage(int page) {
    KernelBug.on(!frames.testAndClear(page, PageFlag.LOCKED), "unlock_page() of unlocked page {}", page);
    if (sched != null) {
      sched.point(At.UNLOCK_PAGE, page);
    }
  }

  /** {@code wait_on_page_locked()}. */
  public void waitOnPageLocked(int page) {
    if (sched != null) {
      sleepWhile(sched, At.WAIT_ON_PAGE_LOCKED, page, PageFlag.LOCKED);
    } else if (frames.has(page, PageFlag.LOCKED)) {
      k.blockDevice.unplug();
    }
    KernelBug.on(frames.has(page, PageFlag.LOCKED), "wait_on_page_locked() of page {} waits for ever", page);
  }

  /** {@code wait_on_page_writeback()}: {@code sync_page()} gets the disk to work. */
  public void waitOnPageWriteback(int page) {
    if (sched != null) {
      sleepWhile(sched, At.WAIT_ON_PAGE_WRITEBACK, page, PageFlag.WRITEBACK);
    } else if (frames.has(page, PageFlag.WRITEBACK)) {
      k.blockDevice.unplug();
    }
    KernelBug.on(frames.has(page, PageFlag.WRITEBACK), "wait_on_page_writeback() of page {} waits for ever", page);
  }

  private void sleepWhile(Scheduler scheduler, At at, int page, int flag) {
    scheduler.waitUntil(at, page, () -> !frames.has(page, flag), at);
  }

  /** {@code end_page_writeback()}. */
  public void endPageWriteback(int page) {
    if (frames.testAndClear(page, PageFlag.RECLAIM)) {
      k.swap.rotateReclaimablePage(page);
    }
    KernelBug.on(!k.pageWriteback.testClearPageWriteback(page), "mm/filemap.c: page {} is not under writeback", page);
  }

  /** {@code find_get_page()}: the cached page with a reference, 0 where there is none. */
  public int findGetPage(AddressSpace mapping, long index) {
    if (sched != null) {
      return findGetShared(sched, mapping, index);
    }
    int page = mapping.pageTree().get(index);
    if (page != 0) {
      frames.get(page);
    }
    return page;
  }

  /** {@code find_get_page()} beside others, without a lock: between the lookup and the reference the page may go. */
  private int findGetShared(Scheduler scheduler, AddressSpace mapping, long index) {
    while (true) {
      int page = mapping.pageTree().get(index);
      if (page == 0) {
        return 0;
      }
      scheduler.point(At.GET_SPECULATIVE, page);
      if (!frames.getUnlessZero(page)) {
        // Frozen or freed: cpu_relax() until it is neither, or is not there any more.
        scheduler.outcome(At.GET_SPECULATIVE, page, false);
        scheduler.waitUntil(
            At.GET_SPECULATIVE, page, () -> frames.count(page) != 0 || mapping.pageTree().get(index) != page, "a frozen page");
      } else if (mapping.pageTree().get(index) == page) {
        return page;
      } else {
        k.swap.putPage(page);
      }
    }
  }

  /** {@code find_lock_page()}: as {@link #findGetPage}, locked. */
  public int findLockPage(AddressSpace mapping, long index) {
    while (true) {
      int page = findGetPage(mapping, index);
      if (page == 0) {
        return 0;
      }
      lockPage(page);
      if (frames.mapping(page) == mapping.handle()) {
        return page;
      }
      // Truncated, or moved, before it could be locked.
      unlockPage(page);
      k.swap.putPage(page);
    }
  }
}
