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

  /** {@code scan_lru_pages()}: the first place of a range whose page is on a list, -1 where there is none. */
  private int scanLruPages(Zone zone, int start, int end) {
    for (int place = start; place < end; place++) {
      if (frames.has(zone.frame(place), PageFlag.LRU)) {
        return place;
      }
    }
    return -1;
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
  int doMigrateRange(Zone zone, int start, int end) {
    PageList source = new PageList(frames);
    boolean notManaged = false;
    for (int place = start; place < end && source.size() < AT_ONCE; place++) {
      int page = zone.frame(place);
      if (frames.count(page) != 0) {
        notManaged |= k.vmscan.isolateLruPage(page, source) != 0;
      }
    }
    if (notManaged) {
      k.migrate.putbackLruPages(source);
      return -Err.EBUSY;
    }
    return source.isEmpty() ? 0 : k.migrate.migratePages(source, this::hotremoveMigrateAlloc, true);
  }

  /** {@code offline_pages()} from {@code repeat} to where no page is on a list any longer: 0 or an errno negated. */
  private int migrateAll(Zone zone, int start, int end) {
    int retries = RETRY_MAX;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt != 0) {
        k.swap.lruAddDrainAll();
      }
      int first = scanLruPages(zone, start, end);
      if (first < 0) {
        return 0;
      }
      int result = doMigrateRange(zone, first, end);
      if (result < 0 && --retries == 0) {
        return result;
      }
    }
    return -Err.EAGAIN;
  }

  /** {@code check_pages_isolated()}. */
  private boolean isFree(Zone zone, int start, int end) {
    for (int place = start; place < end; place++) {
      if (!zone.isFree(zone.frame(place))) {
        return false;
      }
    }
    return true;
  }

  /**
   * {@code remove_memory()} with {@code offline_pages()}: empties a range of frames, which are the machine's no longer then.
   *
   * @param start the first frame's place in the zone, of a pageblock
   * @param pages how many, whole pageblocks
   * @return 0, or an errno negated with all as it was: -EINVAL for a range that the zone does not have, -EBUSY where a page cannot
   *     be moved, -ENOMEM, or -EAGAIN
   * @throws NotModelledException where the kernel cannot do it yet
   */
  public int offlinePages(Zone zone, int start, int pages) {
    if (!k.profile.has(Feature.OFFLINING)) {
      throw new NotModelledException("taking memory away, which came with " + Feature.OFFLINING.since());
    }
    boolean blocks = pages > 0 && start % Zone.PAGEBLOCK == 0 && pages % Zone.PAGEBLOCK == 0;
    if (!blocks || start < 0 || start > zone.end() - pages || !zone.has(start, start + pages)) {
      return -Err.EINVAL;
    }
    int end = start + pages;
    zone.isolate(start, end);
    int error = migrateAll(zone, start, end);
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
