package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.List;

/** {@code mm/truncate.c}: pages leave the page cache for good. */
public class Truncate {

  protected final Kernel k;
  private final PageFrames frames;

  protected Truncate(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code cancel_dirty_page()}. */
  public void cancelDirtyPage(int page) {
    AddressSpace mapping = k.pageMapping(page);
    if (frames.testAndClear(page, PageFlag.DIRTY) && mapping != null && mapping.accountDirty) {
      k.decZonePageState(page, ZoneStat.NR_FILE_DIRTY);
    }
  }

  /** {@code truncate_inode_page()} and {@code truncate_complete_page()}, of a locked page. Its buffers may outlive that. */
  private void truncateInodePage(AddressSpace mapping, int page) {
    if (frames.mapped(page)) {
      unmapMappingPage(mapping, page);
    }
    if (frames.hasPrivate(page) != 0) {
      mapping.ops().invalidatepage(page);
    }
    cancelDirtyPage(page);
    k.mlock.clearPageMlock(page);
    k.filemap.removeFromPageCache(page);
    frames.clear(page, PageFlag.MAPPEDTODISK);
    k.swap.putPage(page);
  }

  /** {@code unmap_mapping_range()} of one page, which leaves private copies of it alone. */
  private void unmapMappingPage(AddressSpace mapping, int page) {
    for (Vma vma : List.copyOf(mapping.mmap())) {
      long address = k.rmap.vmaAddress(page, vma);
      if (address != Rmap.NO_ADDRESS) {
        k.swap.lruAddDrain();
        k.memory.unmapPageRange(vma, address, address + PageTable.PAGE_SIZE, mapping);
      }
    }
  }

  /** {@code truncate_inode_pages()}, all of them. */
  public void truncateInodePages(AddressSpace mapping) {
    for (long index = mapping.pageTree().nextIndex(0); index >= 0; index = mapping.pageTree().nextIndex(index + 1)) {
      int page = k.filemap.findLockPage(mapping, index);
      k.filemap.waitOnPageWriteback(page);
      truncateInodePage(mapping, page);
      k.filemap.unlockPage(page);
      k.swap.putPage(page);
    }
    k.swap.lruAddDrain();
  }
}
