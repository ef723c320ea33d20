package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;

/** {@code mm/page_io.c}: pages to swap space and back. */
public class PageIo {

  protected final Kernel k;
  private final PageFrames frames;

  protected PageIo(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code end_swap_bio_write()}: a page that could not be written stays dirty. */
  private void endSwapBioWrite(int page, boolean uptodate) {
    if (!uptodate) {
      frames.set(page, PageFlag.ERROR);
      k.pageWriteback.setPageDirty(page);
      frames.clear(page, PageFlag.RECLAIM);
    }
    k.filemap.endPageWriteback(page);
  }

  /** {@code swap_writepage()}: of a locked page; one that nobody will ever ask for again is not written. */
  int swapWritepage(int page) {
    if (k.swapfile.tryToFreeSwap(page)) {
      k.filemap.unlockPage(page);
      return 0;
    }
    int entry = frames.privateOf(page);
    k.pageWriteback.setPageWriteback(page);
    k.filemap.unlockPage(page);
    k.blockDevice.submitBio(written -> {
      if (written) {
        k.swapfile.area().disk(entry, frames.content(page));
      }
      endSwapBioWrite(page, written);
    });
    return 0;
  }

  /** {@code swap_readpage()}: fills a locked page and unlocks it. */
  void swapReadpage(int page) {
    frames.content(page, k.swapfile.area().disk(frames.privateOf(page)));
    frames.set(page, PageFlag.UPTODATE);
    k.filemap.unlockPage(page);
  }
}
