package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AddressSpaceOperations;

/**
 * What the kernel does for a file system on a disk where its {@code address_space_operations} have a null pointer
 * ({@code set_page_dirty()}, {@code do_invalidatepage()}, {@code do_writepages()}).
 */
abstract class BlockAops implements AddressSpaceOperations {

  protected final Kernel k;

  BlockAops(Kernel k) {
    this.k = k;
  }

  @Override
  public boolean setPageDirty(int page) {
    return k.buffer.setPageDirtyBuffers(page);
  }

  @Override
  public void invalidatepage(int page) {
    k.buffer.blockInvalidatepage(page);
  }

  @Override
  public int readpage(AddressSpace mapping, int page) {
    return k.buffer.mpageReadpage(mapping, page);
  }

  @Override
  public boolean hasWritepage() {
    return true;
  }

  @Override
  public int writepages(AddressSpace mapping) {
    return k.pageWriteback.writeCachePages(mapping);
  }
}
