package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpaceOperations;

/** The engine until bda8550deed9 (2.6.28), in what it does with dirty pages. */
class MigrateDirtyingAll extends Migrate {

  MigrateDirtyingAll(Kernel k) {
    super(k);
  }

  /** {@code set_page_dirty()} until 3a902c5f6851 (2.6.26): all of the page is dirty, though only some of it may have been. */
  @Override
  protected void setMovedPageDirty(int newpage) {
    k.pageWriteback.setPageDirty(newpage);
  }

  /** Where writing failed, the page is not locked again until bda8550deed9 (2.6.28): its unlocking stops the kernel. */
  @Override
  protected int afterWriteout(int page, int rc) {
    if (rc < 0) {
      return -Err.EIO;
    }
    if (rc != AddressSpaceOperations.AOP_WRITEPAGE_ACTIVATE) {
      k.filemap.lockPage(page);
    }
    return -Err.EAGAIN;
  }
}
