package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageList;
import java.util.List;

/**
 * {@code migrate_pages()} since 42012e0436d4 (6.3, and in 6.1.y): huge pages of the pool come first, and then batches of 512 pages or
 * a few less. What a huge page is split into is moved at the end of its batch, which it ends, being a whole batch's worth.
 */
class MigrateInBatches extends MigrateExclusive {

  /** What one call of {@code migrate_pages()} keeps; it goes where the caller's function for new pages goes. */
  private static final class Call implements NewPage {
    private final NewPage getNewPage;
    /** {@code ret_folios}: what will be put back. */
    private final PageList stayed;
    /** {@code split_folios}. */
    private final PageList parts;
    /** {@code nr_split}. */
    private int split;
    /** Whether some of the parts have not been moved. */
    private boolean partsLeft;

    Call(NewPage getNewPage, PageFrames frames) {
      this.getNewPage = getNewPage;
      stayed = new PageList(frames);
      parts = new PageList(frames);
    }

    @Override
    public int newPage(int oldPage) {
      return getNewPage.newPage(oldPage);
    }

    @Override
    public void result(int status) {
      getNewPage.result(status);
    }
  }

  MigrateInBatches(Kernel k) {
    super(k);
  }

  /**
   * {@code migrate_pages()}.
   *
   * @return how many pages were not moved, those counted that had to be split, unless everything is where it should be
   */
  @Override
  public int migratePages(PageList from, NewPage getNewPage, boolean offlining) {
    Call call = new Call(getNewPage, frames);
    int gathered = migrateBatch(takeHugetlbs(from), call, offlining);
    while (gathered >= 0 && !from.isEmpty()) {
      int rc = migrateBatch(takeBatch(from), call, offlining);
      gathered = rc < 0 ? rc : gathered + rc;
    }
    putbackLruPages(from);
    putbackLruPages(call.stayed);
    return gathered == call.split && !call.partsLeft ? 0 : gathered;
  }

  private PageList takeHugetlbs(PageList from) {
    PageList batch = new PageList(frames);
    for (int page = from.first(), next; page != 0; page = next) {
      next = from.next(page);
      if (frames.has(page, PageFlag.HUGETLB)) {
        moveTail(page, from, batch);
      }
    }
    return batch;
  }

  /** Up to the first huge page and with it: where batches of small pages end makes no difference. */
  private PageList takeBatch(PageList from) {
    PageList batch = new PageList(frames);
    int page;
    do {
      page = from.first();
      moveTail(page, from, batch);
    } while (!from.isEmpty() && !frames.has(page, PageFlag.HEAD));
    return batch;
  }

  private static void moveTail(int page, PageList from, PageList to) {
    from.remove(page);
    to.addLast(page);
  }

  /** {@code migrate_pages_batch()} and {@code migrate_hugetlbs()}. */
  private int migrateBatch(PageList batch, Call call, boolean offlining) {
    int rc = migratePages(batch, call, offlining, 10);
    if (rc >= 0 && !call.parts.isEmpty()) {
      int left = migratePages(call.parts, call, offlining, 1);
      call.partsLeft |= left != 0;
      rc = left < 0 && k.profile.huge().partsNeedMemory() ? left : rc;
    }
    for (PageList list : List.of(batch, call.parts)) {
      while (!list.isEmpty()) {
        moveTail(list.first(), list, call.stayed);
      }
    }
    return rc;
  }

  /** In {@link #unmapAndMove}. */
  @Override
  protected boolean splitInstead(int page, PageList from) {
    return false;
  }

  /** One page as in {@code migrate_pages_batch()}: a huge page that is split counts as failed. */
  @Override
  protected int unmapAndMove(NewPage getNewPage, PageList from, int page, boolean force, boolean offlining) {
    boolean partlyMapped = k.profile.huge().splitsPartlyMapped() && frames.has(page, PageFlag.PARTIALLY_MAPPED);
    Call call = (Call) getNewPage;
    if (partlyMapped && trySplit(page, from, call)) {
      return -Err.EBUSY;
    }
    int rc = super.unmapAndMove(getNewPage, from, page, force, offlining);
    return rc == -Err.ENOMEM && frames.nrPages(page) == PageFrames.HUGE_FRAMES && trySplit(page, from, call) ? -Err.EBUSY : rc;
  }

  private boolean trySplit(int head, PageList from, Call call) {
    boolean done = k.hugeSplit.trySplitFolio(head, from, call.parts);
    call.split += done ? 1 : 0;
    return done;
  }

  /** Since a2e0c0668a34 (after 7.0, and in 6.12.y and 7.0.y) the new page waits to be split if the old one did. */
  @Override
  protected int moveToNewPage(int newpage, int page, boolean remapSwapcache) {
    int rc = super.moveToNewPage(newpage, page, remapSwapcache);
    if (rc == 0 && k.profile.huge().movedStaysPartlyMapped() && frames.has(page, PageFlag.PARTIALLY_MAPPED)) {
      frames.set(newpage, PageFlag.PARTIALLY_MAPPED);
    }
    return rc;
  }
}
