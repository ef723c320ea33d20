package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.Journal;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Scheduler;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.ZoneStat;

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
    k.locks.lock(mapping);
    for (Vma vma : mapping.mmap()) {
      long address = k.rmap.vmaAddress(page, vma);
      if (address != Rmap.NO_ADDRESS) {
        k.swap.lruAddDrain();
        k.memory.unmapPageRange(vma, address, address + PageTable.PAGE_SIZE, mapping);
      }
    }
    k.locks.unlock(mapping);
  }

  /** {@code truncate_inode_pages()}, all of them. */
  public void truncateInodePages(AddressSpace mapping) {
    for (long index = mapping.pageTree().nextIndex(0); index >= 0; index = mapping.pageTree().nextIndex(index + 1)) {
      int page = k.filemap.findLockPage(mapping, index);
      if (page == 0) {
        continue;
      }
      k.filemap.waitOnPageWriteback(page);
      truncateInodePage(mapping, page);
      k.filemap.unlockPage(page);
      k.swap.putPage(page);
    }
    k.swap.lruAddDrain();
  }

  /**
   * {@code truncate(2)} to nothing and to its old size again ({@code truncate_pagecache()}): who maps the file finds zeroes, or a
   * signal while there is nothing.
   */
  public void truncateAndExtend(Inode inode) {
    AddressSpace mapping = inode.mapping();
    k.locks.take(Scheduler.At.I_MUTEX, inode.mutex);
    Journal journal = inode.onDisk() ? inode.sb().journal() : null;
    if (journal != null) {
      // ext4_setattr(): that the file is being cut is in a transaction before it is.
      journal.running = true;
    }
    long pages = inode.pages;
    inode.pages = 0;
    unmapMappingRange(mapping);
    truncateInodePages(mapping);
    unmapMappingRange(mapping);
    inode.freeBlocks();
    inode.pages = pages;
    k.locks.release(inode.mutex);
  }

  /** {@code unmap_mapping_range()} of a whole file, which leaves private copies of its pages, too, only when {@code even_cows} is 0. */
  private void unmapMappingRange(AddressSpace mapping) {
    k.locks.lock(mapping);
    for (Vma vma : mapping.mmap()) {
      k.memory.unmapPageRange(vma, vma.start, vma.end, mapping);
    }
    k.locks.unlock(mapping);
  }
}
