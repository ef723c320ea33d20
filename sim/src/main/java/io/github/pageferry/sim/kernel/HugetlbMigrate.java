package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;

/** {@code unmap_and_move_huge_page()} of mm/migrate.c and what it stands on, since e632a938d914 (3.12). */
class HugetlbMigrate {

  private final Kernel k;
  private final PageFrames frames;
  private final Rmap.RmapOne unmapOne = this::unmapOne;
  private final Rmap.RmapOne restoreOne = this::restoreOne;

  HugetlbMigrate(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code try_to_unmap_one()} of a huge page. */
  private int unmapOne(int head, Vma vma, long address, int argument) {
    long entry = vma.mm.pageTable().huge(address);
    if (Pte.present(entry) && Pte.pfn(entry) == head) {
      vma.mm.pageTable().setHuge(address, Pte.migration(head, Pte.write(entry)));
      k.hugetlbFaults.removeRmap(head);
      k.swap.putPage(head);
    }
    return Rmap.SWAP_AGAIN;
  }

  /** {@code remove_migration_pte()} of a huge page. */
  private int restoreOne(int head, Vma vma, long address, int old) {
    long entry = vma.mm.pageTable().huge(address);
    if (Pte.isMigration(entry) && Pte.migrationPage(entry) == old) {
      long restored = Pte.of(head, vma.pageProt) | Pte.HUGE;
      boolean write = Pte.isWriteMigration(entry);
      vma.mm.pageTable().setHuge(address, write ? restored | Pte.WRITE : restored & ~Pte.WRITE);
      frames.get(head);
      k.rmap.pageDupRmap(head);
    }
    return Rmap.SWAP_AGAIN;
  }

  /**
   * {@code unmap_and_move_huge_page()}: one isolated page, to a new one.
   *
   * @return 0, -EAGAIN where somebody else holds it, or -ENOMEM
   */
  int unmapAndMoveHugePage(Migrate.NewPage getNewPage, int head) {
    int newHead = getNewPage.newPage(head);
    if (newHead == 0) {
      return -Err.ENOMEM;
    }
    k.filemap.lockPage(head);
    k.filemap.lockPage(newHead);
    k.rmap.rmapWalk(head, unmapOne, 0);
    int rc = frames.mapped(head) ? -Err.EAGAIN : moveMapping(newHead, head);
    if (rc == 0) {
      k.hugetlbFaults.copyContent(newHead, head);
      frames.set(newHead, frames.flags(head) & (PageFlag.UPTODATE | PageFlag.DIRTY | PageFlag.REFERENCED));
      k.rmap.rmapWalk(newHead, restoreOne, head);
      k.hugetlb.moveState(head, newHead);
      frames.mapping(head, 0);
    } else {
      k.rmap.rmapWalk(head, restoreOne, head);
    }
    k.filemap.unlockPage(newHead);
    k.filemap.unlockPage(head);
    if (rc == 0) {
      k.hugetlb.putbackActive(newHead);
    } else {
      k.swap.putPage(newHead);
    }
    return rc;
  }

  /** {@code migrate_huge_page_move_mapping()}: the isolation's reference must be the only one beside the cache's. */
  private int moveMapping(int newHead, int head) {
    AddressSpace mapping = k.pageMapping(head);
    if (frames.count(head) != (mapping == null ? 1 : 2)) {
      return -Err.EAGAIN;
    }
    frames.mapping(newHead, frames.mapping(head));
    frames.index(newHead, frames.index(head));
    if (mapping != null) {
      mapping.pageTree().put(k.pageIndex(head), newHead);
      frames.get(newHead);
      k.swap.putPage(head);
    }
    return 0;
  }
}
