package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageList;

/**
 * {@code mm/migrate.c} since c6c919eb90e0 (4.8): neither an old page that has been replaced nor a new one that is not needed goes
 * through a pagevec; both are freed at once. Whose page it is tells the caller nothing: there is no result for each.
 */
class MigrateFreeingAtOnce extends Migrate {

  private final HugetlbMigrate hugetlb;

  MigrateFreeingAtOnce(Kernel k) {
    super(k);
    hugetlb = new HugetlbMigrate(k);
  }

  /** Also huge pages, since e632a938d914 (3.12). */
  @Override
  int isolatePage(int page, PageList list) {
    if (!frames.has(page, PageFlag.HUGETLB)) {
      return super.isolatePage(page, list);
    }
    if (!k.hugetlb.isolate(page)) {
      return -Err.EBUSY;
    }
    list.addLast(page);
    return 0;
  }

  @Override
  int allocMigrationTarget(int page, int node) {
    if (frames.has(page, PageFlag.HUGETLB)) {
      return k.hugetlb.allocForMigration(Gfp.HIGHUSER_MOVABLE | Gfp.THISNODE, node, null);
    }
    return frames.has(page, PageFlag.HEAD) ? k.hugeMemory.allocOnNode(node) : super.allocMigrationTarget(page, node);
  }

  @Override
  boolean isShared(int page) {
    int head = frames.compoundHead(page);
    if (frames.nrPages(head) == 1) {
      return frames.mapcount(head) > 1;
    }
    return k.profile.huge().sharing() == HugeProfile.Sharing.OF_PART ? frames.mapcount(page) > 1 : k.hugeSplit.isShared(head);
  }

  /** A huge page falls into parts, which are tried one by one (94723aafb9e7, 4.17). */
  @Override
  protected boolean splitInstead(int page, PageList from) {
    return frames.nrPages(page) > 1 && !frames.has(page, PageFlag.HUGETLB) && k.hugeSplit.trySplitFolio(page, from, from);
  }

  /** {@code putback_movable_pages()}. */
  @Override
  public void putbackLruPages(PageList list) {
    for (int page = list.first(), next; page != 0; page = next) {
      next = list.next(page);
      if (frames.has(page, PageFlag.HUGETLB)) {
        list.remove(page);
        k.hugetlb.putbackActive(page);
      }
    }
    super.putbackLruPages(list);
  }

  /** Who meets a migration entry must still see whether the page was anonymous (bda807d44454, 4.8). */
  @Override
  protected void forgetMapping(int page) {
    if (!frames.anon(page)) {
      super.forgetMapping(page);
    }
  }

  @Override
  public int migratePrep() {
    k.swap.lruCacheDisable();
    return 0;
  }

  @Override
  public void migrateFinish() {
    k.swap.lruCacheEnable();
  }

  @Override
  protected int unmapAndMove(NewPage getNewPage, PageList from, int page, boolean force, boolean offlining) {
    if (frames.has(page, PageFlag.HUGETLB)) {
      return unmapAndMoveHuge(getNewPage, from, page);
    }
    boolean freed = frames.count(page) == 1;
    int newpage = 0;
    if (!freed || !k.profile.freedNeedNoPage()) {
      newpage = getNewPage.newPage(page);
      if (newpage == 0) {
        return -Err.ENOMEM;
      }
    }
    int rc = 0;
    if (freed) {
      frames.clear(page, PageFlag.ACTIVE | PageFlag.UNEVICTABLE);
    } else {
      rc = lockAndMove(newpage, page, force, offlining);
    }
    if (rc == 0 && !freed) {
      k.vmscan.putbackLruPage(newpage);
    } else if (newpage != 0) {
      k.swap.putPage(newpage);
    }
    if (rc != -Err.EAGAIN) {
      from.remove(page);
      k.decZonePageState(page, k.swap.isolatedStat(page));
      if (rc == 0) {
        k.swap.putPage(page);
      } else {
        k.vmscan.putbackLruPage(page);
      }
    }
    return rc;
  }

  private int unmapAndMoveHuge(NewPage getNewPage, PageList from, int head) {
    int rc = hugetlb.unmapAndMoveHugePage(getNewPage, head);
    if (rc == 0) {
      from.remove(head);
      k.swap.putPage(head);
    }
    return rc;
  }
}
