package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageList;

/**
 * {@code mm/migrate.c} since 4.6: neither an old page that has been replaced nor a new one that is not needed goes through a
 * pagevec; both are freed at once (2def7424c9be). Whose page it is tells the caller nothing: there is no result for each.
 */
class MigrateFreeingAtOnce extends Migrate {

  MigrateFreeingAtOnce(Kernel k) {
    super(k);
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
    boolean freed = frames.count(page) == 1;
    int newpage = 0;
    int rc = 0;
    if (freed) {
      frames.clear(page, PageFlag.ACTIVE | PageFlag.UNEVICTABLE);
    } else {
      newpage = getNewPage.newPage(page);
      if (newpage == 0) {
        return -Err.ENOMEM;
      }
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
}
