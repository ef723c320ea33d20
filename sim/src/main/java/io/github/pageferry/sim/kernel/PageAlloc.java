package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Scheduler;
import io.github.pageferry.sim.mm.Zone;
import io.github.pageferry.sim.mm.ZoneStat;
import org.jspecify.annotations.Nullable;

/** {@code mm/page_alloc.c}: handing out single pages and taking them back. */
public class PageAlloc {

  /** What a page holds before anything is written to it: no pattern is this, so that a lost copy shows. */
  public static final long POISON = -1;

  protected final Kernel k;
  private final PageFrames frames;
  private final @Nullable Scheduler sched;

  protected PageAlloc(Kernel k) {
    this.k = k;
    frames = k.frames;
    sched = k.sched;
  }

  /** {@code free_pages_check()}: a page that is freed must be as it came. */
  private void freePagesCheck(int page) {
    if (frames.mapcount(page) != 0
        || frames.mapping(page) != 0
        || frames.count(page) != 0
        || frames.has(page, PageFlag.CHECK_AT_FREE)) {
      throw new KernelBug(
          "bad page " + page + ": mapcount " + frames.mapcount(page) + ", mapping " + frames.mapping(page)
              + ", count " + frames.count(page) + ", flags 0x" + Integer.toHexString(frames.flags(page)));
    }
  }

  /** {@code prep_new_page()}. */
  private void prepNewPage(int page) {
    frames.init(page, POISON);
  }

  /** {@code free_hot_cold_page()}: the page goes where the next allocation looks first. */
  public void freeHotColdPage(int page) {
    if (sched != null) {
      sched.outcome(Scheduler.At.FREE_PAGE, page, true);
    }
    if (frames.testAndClear(page, PageFlag.MLOCKED)) {
      k.decZonePageState(page, ZoneStat.NR_MLOCK);
    }
    for (int i = 0; i < frames.nrPages(page); i++) {
      if (frames.anon(page + i)) {
        frames.mapping(page + i, 0);
      }
      freePagesCheck(page + i);
    }
    if (frames.has(page, PageFlag.HEAD)) {
      freeHuge(page);
    } else {
      k.zone(page).giveBack(page);
    }
  }

  /** The frames of a huge page go back to their zone. */
  void freeHuge(int head) {
    for (int i = 0; i < PageFrames.HUGE_FRAMES; i++) {
      frames.flags(head + i, 0);
    }
    k.zone(head).giveBackHuge(head);
  }

  /**
   * {@code __alloc_pages_nodemask()} of a huge page.
   *
   * @return its head with one reference, or 0
   */
  int allocHuge(int gfp, int node, @Nullable NodeMask nodemask) {
    for (int at : k.nodes.zonelist(node)) {
      boolean wanted = (gfp & Gfp.THISNODE) == 0 || at == node;
      if (wanted && (nodemask == null || nodemask.has(at)) && k.cpuset.zoneAllowedSoftwall(at, gfp)) {
        int head = takeHuge(at);
        if (head != 0) {
          frames.count(head, 1);
          return head;
        }
      }
    }
    return 0;
  }

  /** {@code prep_compound_page()}: a huge page of one node without a reference; 0 where there is no room. */
  int takeHuge(int node) {
    Zone zone = k.nodes.findZone(node);
    int head = zone == null ? 0 : zone.takeFreeHuge();
    for (int i = 0; head != 0 && i < PageFrames.HUGE_FRAMES; i++) {
      prepNewPage(head + i);
      frames.count(head + i, 0);
      frames.set(head + i, i == 0 ? PageFlag.HEAD : PageFlag.TAIL);
    }
    return head;
  }

  /** {@code get_page_from_freelist()}: the first zone of the list that is allowed and has a page. */
  private int getPageFromFreelist(int gfp, int[] zonelist, @Nullable NodeMask nodemask) {
    for (int node : zonelist) {
      if (nodemask != null && !nodemask.has(node) || !k.cpuset.zoneAllowedSoftwall(node, gfp)) {
        continue;
      }
      int page = k.nodes.zone(node).takeFree();
      if (page != 0) {
        prepNewPage(page);
        return page;
      }
    }
    return 0;
  }

  /**
   * {@code __alloc_pages_nodemask()} of one page.
   *
   * @param node whose zone list is tried in order
   * @param nodemask only these nodes, or null
   * @return the page with one reference, or 0
   */
  public int allocPagesNodemask(int gfp, int node, @Nullable NodeMask nodemask) {
    if (sched != null) {
      sched.point(Scheduler.At.ALLOC_PAGES, 0);
    }
    if ((gfp & Gfp.THISNODE) != 0) {
      return allocThisnode(gfp, node);
    }
    return getPageFromFreelist(gfp, k.nodes.zonelist(node), nodemask);
  }

  private int allocThisnode(int gfp, int node) {
    Zone zone = k.nodes.findZone(node);
    if (zone == null || !k.cpuset.zoneAllowedSoftwall(node, gfp)) {
      return 0;
    }
    int page = zone.takeFree();
    if (page != 0) {
      prepNewPage(page);
    }
    return page;
  }

  /** {@code alloc_pages_exact_node()}. */
  public int allocPagesExactNode(int node, int gfp) {
    return allocPagesNodemask(gfp, node, null);
  }
}
