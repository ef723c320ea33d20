package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Zone;

/** {@code mm/memory_hotplug.c}: memory goes away, as the caller of the migration engine with {@code offlining} set. */
public class MemoryHotplug {

  /** {@code NR_OFFLINE_AT_ONCE_PAGES}. */
  private static final int AT_ONCE = 256;
  /** {@code retry_max}: how often migrate_pages() may give up as a whole. */
  private static final int RETRY_MAX = 5;
  /** How many attempts stand for the 120 seconds after which it is given up. */
  private static final int ATTEMPTS = 100;

  protected final Kernel k;
  private final PageFrames frames;

  protected MemoryHotplug(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code scan_lru_pages()}: the first page of a range that is on a list, 0 where there is none. */
  private int scanLruPages(int start, int end) {
    for (int page = start; page < end; page++) {
      if (frames.isPopulated(page / PageFrames.SEGMENT_FRAMES) && frames.has(page, PageFlag.LRU)) {
        return page;
      }
    }
    return 0;
  }

  /** {@code hotremove_migrate_alloc()}: anywhere, by the current task's policy. */
  private int hotremoveMigrateAlloc(int page) {
    return k.mempolicy.allocPagesCurrent(Gfp.HIGHUSER_MOVABLE);
  }

  /**
   * {@code do_migrate_range()}: moves pages out of a range, up to 256 of them.
   *
   * @return 0, how many pages stayed, or an errno negated: -EBUSY where a page is in use that is on no list
   */
  int doMigrateRange(int start, int end) {
    PageList source = new PageList(frames);
    boolean notManaged = false;
    for (int page = start; page < end && source.size() < AT_ONCE; page++) {
      if (!frames.isPopulated(page / PageFrames.SEGMENT_FRAMES) || frames.count(page) == 0) {
        continue;
      }
      notManaged |= k.vmscan.isolateLruPage(page, source) != 0;
    }
    if (notManaged) {
      k.migrate.putbackLruPages(source);
      return -Err.EBUSY;
    }
    return source.isEmpty() ? 0 : k.migrate.migratePages(source, this::hotremoveMigrateAlloc, true);
  }

  /** {@code offline_pages()} from {@code repeat} to where no page is on a list any longer: 0 or an errno negated. */
  private int migrateAll(int start, int end) {
    int retries = RETRY_MAX;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt != 0) {
        k.swap.lruAddDrainAll();
      }
      int page = scanLruPages(start, end);
      if (page == 0) {
        return 0;
      }
      int result = doMigrateRange(page, end);
      if (result < 0 && --retries == 0) {
        return result;
      }
    }
    return -Err.EAGAIN;
  }

  /** {@code check_pages_isolated()}. */
  private boolean isFree(Zone zone, int start, int end) {
    for (int page = start; page < end; page++) {
      if (!zone.isFree(page)) {
        return false;
      }
    }
    return true;
  }

  /**
   * {@code remove_memory()} with {@code offline_pages()}: empties a range of frames, which are the machine's no longer then.
   *
   * @param start the first frame, of a pageblock
   * @param pages how many, whole pageblocks
   * @return 0, or an errno negated with all as it was: -EINVAL for a range that is not one zone's, -EBUSY where a page cannot be
   *     moved, -ENOMEM, or -EAGAIN
   */
  public int offlinePages(int start, int pages) {
    int end = start + pages;
    if (pages <= 0 || start % Zone.PAGEBLOCK != 0 || pages % Zone.PAGEBLOCK != 0) {
      return -Err.EINVAL;
    }
    Zone zone = start / PageFrames.SEGMENT_FRAMES < frames.segments() ? k.nodes.findZone(frames.pageToNid(start)) : null;
    if (zone == null || start < zone.firstFrame() || end > zone.endFrame()) {
      return -Err.EINVAL;
    }
    zone.isolate(start, end);
    int error = migrateAll(start, end);
    k.swap.lruAddDrainAll();
    if (error == 0 && !isFree(zone, start, end)) {
      error = -Err.EBUSY;
    }
    if (error != 0) {
      zone.undoIsolate();
      return error;
    }
    zone.offlineIsolated();
    if (zone.presentPages() == 0) {
      k.nodes.clearMemory(zone.node());
      k.cpuset.trackOnlineNodes();
    }
    return 0;
  }
}
