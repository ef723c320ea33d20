package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AddressSpaceOperations;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTree;
import io.github.pageferry.sim.mm.ZoneStat;

/** {@code mm/page-writeback.c}: when a page is dirty, and when it is being written. */
public class PageWriteback {

  /** {@code writepage_t}: writes a locked page that is clean from now on. */
  @FunctionalInterface
  interface Writepage {
    int writepage(int page);
  }

  protected final Kernel k;
  private final PageFrames frames;

  protected PageWriteback(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code __set_page_dirty_no_writeback()}: for memory that is never written back. */
  public boolean setPageDirtyNoWriteback(int page) {
    return !frames.testAndSet(page, PageFlag.DIRTY);
  }

  /** {@code account_page_dirtied()}. */
  public void accountPageDirtied(int page, AddressSpace mapping) {
    if (mapping.accountDirty) {
      k.incZonePageState(page, ZoneStat.NR_FILE_DIRTY);
    }
  }

  /** {@code __set_page_dirty_nobuffers()}: dirty as a whole, its buffers left as they are. */
  public boolean setPageDirtyNobuffers(int page) {
    if (frames.testAndSet(page, PageFlag.DIRTY)) {
      return false;
    }
    AddressSpace mapping = k.pageMapping(page);
    if (mapping != null) {
      accountPageDirtied(page, mapping);
      mapping.pageTree().tag(k.pageIndex(page), PageTree.TAG_DIRTY);
    }
    return true;
  }

  /** {@code set_page_dirty()}: as the page's file system does it; returns whether it was clean. */
  public boolean setPageDirty(int page) {
    AddressSpace mapping = k.pageMapping(page);
    if (mapping != null) {
      return mapping.ops().setPageDirty(page);
    }
    return !frames.testAndSet(page, PageFlag.DIRTY);
  }

  /**
   * {@code clear_page_dirty_for_io()}: takes the dirty bit and write-protects the ptes, so that the next write is noticed;
   * returns whether it was dirty. The page stays tagged as dirty until it is under writeback.
   */
  public boolean clearPageDirtyForIo(int page) {
    KernelBug.on(!frames.has(page, PageFlag.LOCKED), "clear_page_dirty_for_io() of unlocked page {}", page);
    frames.clear(page, PageFlag.RECLAIM);
    AddressSpace mapping = k.pageMapping(page);
    if (mapping == null || !mapping.accountDirty) {
      return frames.testAndClear(page, PageFlag.DIRTY);
    }
    if (k.rmap.pageMkclean(page)) {
      setPageDirty(page);
    }
    if (!frames.testAndClear(page, PageFlag.DIRTY)) {
      return false;
    }
    k.decZonePageState(page, ZoneStat.NR_FILE_DIRTY);
    return true;
  }

  /** {@code redirty_page_for_writepage()}: a {@code writepage} would rather not write this page now. */
  public void redirtyPageForWritepage(int page) {
    setPageDirtyNobuffers(page);
  }

  /** {@code set_page_writeback()}: of a locked page. */
  public void setPageWriteback(int page) {
    AddressSpace mapping = k.pageMapping(page);
    KernelBug.on(frames.testAndSet(page, PageFlag.WRITEBACK), "page {} is under writeback twice", page);
    if (mapping != null) {
      mapping.pageTree().tag(k.pageIndex(page), PageTree.TAG_WRITEBACK);
      if (!frames.has(page, PageFlag.DIRTY)) {
        mapping.pageTree().untag(k.pageIndex(page), PageTree.TAG_DIRTY);
      }
    }
    k.incZonePageState(page, ZoneStat.NR_WRITEBACK);
  }

  /** {@code test_clear_page_writeback()}. */
  boolean testClearPageWriteback(int page) {
    AddressSpace mapping = k.pageMapping(page);
    boolean was = frames.testAndClear(page, PageFlag.WRITEBACK);
    if (was) {
      if (mapping != null) {
        mapping.pageTree().untag(k.pageIndex(page), PageTree.TAG_WRITEBACK);
      }
      k.decZonePageState(page, ZoneStat.NR_WRITEBACK);
    }
    return was;
  }

  /** {@code write_cache_pages()} with {@code WB_SYNC_ALL} and the file system's {@code writepage}. */
  int writeCachePages(AddressSpace mapping) {
    return writeCachePages(mapping, mapping.ops()::writepage);
  }

  /**
   * {@code write_cache_pages()} with {@code WB_SYNC_ALL}: writes every page that is tagged as dirty. The tag that keeps a real
   * kernel from following somebody who dirties pages without end is not needed here.
   *
   * @return 0, or an errno negated with the pages after the one that failed not tried
   */
  int writeCachePages(AddressSpace mapping, Writepage writepage) {
    for (long index = mapping.pageTree().nextTagged(0, PageTree.TAG_DIRTY);
        index >= 0;
        index = mapping.pageTree().nextTagged(index + 1, PageTree.TAG_DIRTY)) {
      int page = k.filemap.findGetPage(mapping, index);
      if (page == 0) {
        continue;
      }
      k.filemap.lockPage(page);
      int error = writeCachePage(mapping, page, writepage);
      k.swap.putPage(page);
      if (error != 0) {
        return error;
      }
    }
    return 0;
  }

  private int writeCachePage(AddressSpace mapping, int page, Writepage writepage) {
    if (k.pageMapping(page) == mapping && frames.has(page, PageFlag.DIRTY)) {
      k.filemap.waitOnPageWriteback(page);
      if (clearPageDirtyForIo(page)) {
        int result = writepage.writepage(page);
        if (result != AddressSpaceOperations.AOP_WRITEPAGE_ACTIVATE) {
          return result;
        }
      }
    }
    k.filemap.unlockPage(page);
    return 0;
  }
}
