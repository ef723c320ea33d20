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

  /** {@code split_folios}. */
  private PageList parts = new PageList(frames);
  /** {@code nr_split}. */
  private int split;
  /** Whether some of the parts have not been moved. */
  private boolean partsLeft;

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
    PageList stayed = new PageList(frames);
    split = 0;
    partsLeft = false;
    int gathered = migrateBatch(takeHugetlbs(from), stayed, getNewPage, offlining);
    while (gathered >= 0 && !from.isEmpty()) {
      int rc = migrateBatch(takeBatch(from), stayed, getNewPage, offlining);
      gathered = rc < 0 ? rc : gathered + rc;
    }
    putbackLruPages(from);
    putbackLruPages(stayed);
    return gathered == split && !partsLeft ? 0 : gathered;
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
  private int migrateBatch(PageList batch, PageList stayed, NewPage getNewPage, boolean offlining) {
    parts = new PageList(frames);
    int rc = migratePages(batch, getNewPage, offlining, 10);
    if (rc >= 0 && !parts.isEmpty()) {
      int left = migratePages(parts, getNewPage, offlining, 1);
      partsLeft |= left != 0;
      rc = left < 0 && k.profile.huge().partsNeedMemory() ? left : rc;
    }
    for (PageList list : List.of(batch, parts)) {
      while (!list.isEmpty()) {
        moveTail(list.first(), list, stayed);
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
    if (partlyMapped && trySplit(page, from)) {
      return -Err.EBUSY;
    }
    int rc = super.unmapAndMove(getNewPage, from, page, force, offlining);
    return rc == -Err.ENOMEM && frames.nrPages(page) == PageFrames.HUGE_FRAMES && trySplit(page, from) ? -Err.EBUSY : rc;
  }

  private boolean trySplit(int head, PageList from) {
    boolean done = k.hugeSplit.trySplitFolio(head, from, parts);
    split += done ? 1 : 0;
    return done;
  }

  /** Since a2e0c0668a34 (after 7.0, and in 6.12.y) the new page waits to be split if the old one did. */
  @Override
  protected int moveToNewPage(int newpage, int page, boolean remapSwapcache) {
    int rc = super.moveToNewPage(newpage, page, remapSwapcache);
    if (rc == 0 && k.profile.huge().movedStaysPartlyMapped() && frames.has(page, PageFlag.PARTIALLY_MAPPED)) {
      frames.set(newpage, PageFlag.PARTIALLY_MAPPED);
    }
    return rc;
  }
}
