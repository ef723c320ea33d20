package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageList;

/**
 * {@code migrate_pages()} since 42012e0436d4 (6.3, and in 6.1.y): what huge pages are split into is moved after everything else.
 */
class MigrateInBatches extends MigrateExclusive {

  /** {@code split_folios}. */
  private PageList parts = new PageList(frames);
  /** {@code nr_split}. */
  private int split;

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
    parts = new PageList(frames);
    split = 0;
    int rc = migratePages(from, getNewPage, offlining, 10);
    int left = rc < 0 || parts.isEmpty() ? 0 : migratePages(parts, getNewPage, offlining, 1);
    putbackLruPages(from);
    putbackLruPages(parts);
    if (rc < 0 || left < 0 && k.profile.huge().partsNeedMemory()) {
      return -Err.ENOMEM;
    }
    return rc == split && left == 0 ? 0 : rc;
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

  /** Since "mm: migrate: requeue destination folio on deferred split queue", the new page waits to be split if the old one did. */
  @Override
  protected int moveToNewPage(int newpage, int page, boolean remapSwapcache) {
    int rc = super.moveToNewPage(newpage, page, remapSwapcache);
    if (rc == 0 && k.profile.huge().movedStaysPartlyMapped() && frames.has(page, PageFlag.PARTIALLY_MAPPED)) {
      frames.set(newpage, PageFlag.PARTIALLY_MAPPED);
    }
    return rc;
  }
}
