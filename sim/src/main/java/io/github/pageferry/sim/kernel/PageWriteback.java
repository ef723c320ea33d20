package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.ZoneStat;

/** {@code mm/page-writeback.c}: when a page is dirty. */
public class PageWriteback {

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
   * returns whether it was dirty.
   */
  public boolean clearPageDirtyForIo(int page) {
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
}
