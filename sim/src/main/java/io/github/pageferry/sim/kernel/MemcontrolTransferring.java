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
    if (k.frames.mapping(oldpage) == 0) {
      pages().uncharge(oldpage);
      pages().charge(newpage, group.id());
    }
    int used = k.frames.mapping(oldpage) == 0 ? newpage : oldpage;
    if (k.frames.anon(used)) {
      unchargePage(used);
    }
  }
}
