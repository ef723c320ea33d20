package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.MemCgroup;

/**
 * {@code mm/memcontrol.c} since 0a31bc97c80c (3.17): a page that moves takes its charge with it, so that no group has too little
 * room for that.
 */
class MemcontrolTransferring extends Memcontrol {

  MemcontrolTransferring(Kernel k) {
    super(k);
  }

  @Override
  int prepareMigration(MemCgroup group, int page, int newpage) {
    if (k.frames.anon(page)) {
      pages().migration(page, true);
    }
    return 0;
  }

  /** {@code mem_cgroup_migrate()}, at the end instead of in the middle. */
  @Override
  void endMigration(MemCgroup group, int oldpage, int newpage) {
    pages().migration(oldpage, false);
    // An anonymous page keeps its mapping when it has moved; a new page that is not needed has none.
    boolean moved = k.frames.mapping(oldpage) == 0 || k.frames.mapping(newpage) != 0;
    if (moved) {
      pages().uncharge(oldpage);
      pages().charge(newpage, group.id());
    }
    int used = moved ? newpage : oldpage;
    if (k.frames.anon(used)) {
      unchargePage(used);
    }
  }
}
