package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;

/**
 * {@code move_pages(2)} since 7dff875c9436 and 46d6a9b4f8de (6.12): {@code folio_walk_start()} finds the page, so that an address
 * where nothing has been brought in is ENOENT in any mapping and only the zero page is EFAULT.
 */
class MovePagesByFolioWalk extends MovePagesByEntry {

  MovePagesByFolioWalk(Kernel k) {
    super(k);
  }

  /** {@code folio_walk_start(FW_ZEROPAGE)}: the page, -EFAULT for the zero page, -ENOENT for anything else. */
  private int folioWalk(Vma vma, long address) {
    long pte = vma.mm.pageTable().get(address);
    if (!Pte.present(pte)) {
      return -Err.ENOENT;
    }
    int page = k.memory.vmNormalPage(vma, address, pte);
    if (page != 0) {
      return page;
    }
    return Pte.pfn(pte) == PageFrames.ZERO_PAGE ? -Err.EFAULT : -Err.ENOENT;
  }

  /** {@code add_folio_for_migration()}: no reference is taken, the page table is locked meanwhile. */
  @Override
  protected int addMapped(Mm mm, long address, int node, PageList pagelist, boolean migrateAll) {
    Vma vma = vmaLookup(mm, address);
    if (vma == null || !k.mempolicy.vmaMigratable(vma)) {
      return -Err.EFAULT;
    }
    k.locks.lockPageTable();
    int page = folioWalk(vma, address);
    int err = page < 0 ? page : isolateForNode(page, node, pagelist, migrateAll);
    k.locks.unlockPageTable();
    return err;
  }

  @Override
  protected int pageStatus(Mm mm, long address) {
    Vma vma = vmaLookup(mm, address);
    if (vma == null) {
      return -Err.EFAULT;
    }
    int page = folioWalk(vma, address);
    return page < 0 ? page : frames.pageToNid(page);
  }
}
