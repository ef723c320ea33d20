package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pte;

/** {@code mm/migrate.c} since 6c287605fd56 (5.19): a page that was one process's alone is so after it has moved, too. */
class MigrateExclusive extends MigrateFreeingAtOnce {

  MigrateExclusive(Kernel k) {
    super(k);
  }

  @Override
  protected void restoreExclusive(int newpage, long entry) {
    if (Pte.isWriteMigration(entry) || Pte.isExclusiveMigration(entry)) {
      frames.set(newpage, PageFlag.ANON_EXCLUSIVE);
    }
  }
}
