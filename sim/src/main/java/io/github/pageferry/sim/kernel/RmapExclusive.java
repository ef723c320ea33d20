package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;

/** {@code mm/rmap.c} since 6c287605fd56 (5.19): it is remembered which anonymous pages are one process's alone. */
class RmapExclusive extends Rmap {

  RmapExclusive(Kernel k) {
    super(k);
  }

  @Override
  public void pageAddNewAnonRmap(int page, Vma vma, long address) {
    super.pageAddNewAnonRmap(page, vma, address);
    k.frames.set(page, PageFlag.ANON_EXCLUSIVE);
  }

  @Override
  boolean isAnonExclusive(int page) {
    return k.frames.anon(page) && k.frames.has(page, PageFlag.ANON_EXCLUSIVE);
  }

  @Override
  void shareAnon(int page) {
    k.frames.clear(page, PageFlag.ANON_EXCLUSIVE);
  }

  /** {@code page_try_share_anon_rmap()} and the choice of the migration entry. */
  @Override
  protected long migrationEntry(int page, long pte) {
    boolean exclusive = k.frames.anon(page) && k.frames.testAndClear(page, PageFlag.ANON_EXCLUSIVE);
    return exclusive && !Pte.write(pte) ? Pte.migrationExclusive(page) : super.migrationEntry(page, pte);
  }

  /** The page is still its process's alone. */
  @Override
  long protectedMigrationEntry(int page) {
    return k.frames.anon(page) ? Pte.migrationExclusive(page) : super.protectedMigrationEntry(page);
  }
}
