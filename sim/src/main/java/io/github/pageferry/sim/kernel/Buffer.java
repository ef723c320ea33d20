package io.github.pageferry.sim.kernel;

import static io.github.pageferry.sim.mm.BufferHeads.ASYNC_WRITE;
import static io.github.pageferry.sim.mm.BufferHeads.DELAY;
import static io.github.pageferry.sim.mm.BufferHeads.DIRTY;
import static io.github.pageferry.sim.mm.BufferHeads.LOCK;
import static io.github.pageferry.sim.mm.BufferHeads.MAPPED;
import static io.github.pageferry.sim.mm.BufferHeads.NEW;
import static io.github.pageferry.sim.mm.BufferHeads.UPTODATE;
import static io.github.pageferry.sim.mm.BufferHeads.WRITE_EIO;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTree;

/** {@code fs/buffer.c}: what file systems on disks keep for the blocks of a page. */
public class Buffer {

  /** {@code get_block_t}: finds a block's place on disk, and with {@code create} makes one. */
  @FunctionalInterface
  interface GetBlock {
    /**
     * Maps a buffer of the page at {@code index}.
     *
     * @return 0, or an errno negated; a buffer that is no hole is {@link BufferHeads#MAPPED} after it
     */
    int getBlock(Inode inode, long index, int bh, boolean create);
  }

  protected final Kernel k;
  private final PageFrames frames;
  private final BufferHeads heads;

  protected Buffer(Kernel k) {
    this.k = k;
    frames = k.frames;
    heads = k.bufferHeads;
  }

  /** {@code page_has_buffers()}. */
  public boolean pageHasBuffers(int page) {
    return frames.has(page, PageFlag.PRIVATE);
  }

  /** {@code page_buffers()}: the first of the ring. */
  public int pageBuffers(int page) {
    KernelBug.on(!pageHasBuffers(page), "page_buffers() of page {} without", page);
    return frames.privateOf(page);
  }

  /** Whether any buffer of the page has any of these bits. */
  boolean anyBuffer(int page, int bits) {
    int head = pageBuffers(page);
    int bh = head;
    do {
      if (heads.has(bh, bits)) {
        return true;
      }
      bh = heads.thisPage(bh);
    } while (bh != head);
    return false;
  }

  private void setAll(int page, int bits) {
    int head = pageBuffers(page);
    int bh = head;
    do {
      heads.set(bh, bits);
      bh = heads.thisPage(bh);
    } while (bh != head);
  }

  /** {@code end_buffer_async_write()}: one block has been written, or could not be; with the last one the page has. */
  void endBufferAsyncWrite(int bh, boolean uptodate) {
    int page = heads.page(bh);
    AddressSpace mapping = k.pageMapping(page);
    if (uptodate) {
      heads.set(bh, UPTODATE);
    } else {
      if (mapping != null) {
        mapping.error = -Err.EIO;
      }
      heads.set(bh, WRITE_EIO);
      heads.clear(bh, UPTODATE);
      frames.set(page, PageFlag.ERROR);
    }
    heads.clear(bh, ASYNC_WRITE);
    heads.unlock(bh);
    if (!anyBuffer(page, ASYNC_WRITE)) {
      k.filemap.endPageWriteback(page);
    }
  }

  /** {@code __set_page_dirty()}: what follows from a page's becoming dirty. */
  private void setPageDirty(int page, AddressSpace mapping) {
    if (frames.mapping(page) != 0) {
      k.pageWriteback.accountPageDirtied(page, mapping);
      mapping.pageTree().tag(k.pageIndex(page), PageTree.TAG_DIRTY);
    }
  }

  /** {@code __set_page_dirty_buffers()}: the page and all its buffers; returns whether it was clean. */
  public boolean setPageDirtyBuffers(int page) {
    AddressSpace mapping = k.pageMapping(page);
    if (mapping == null) {
      return !frames.testAndSet(page, PageFlag.DIRTY);
    }
    if (pageHasBuffers(page)) {
      setAll(page, DIRTY);
    }
    boolean newlyDirty = !frames.testAndSet(page, PageFlag.DIRTY);
    if (newlyDirty) {
      setPageDirty(page, mapping);
    }
    return newlyDirty;
  }

  /** {@code alloc_page_buffers()} and {@code attach_page_buffers()}: the ring has a reference on its page. */
  private int allocPageBuffers(int page, int count, int bits) {
    int head = 0;
    int tail = 0;
    for (int i = 0; i < count; i++) {
      int bh = heads.alloc(page);
      heads.set(bh, bits);
      if (head == 0) {
        head = bh;
      } else {
        heads.thisPage(tail, bh);
      }
      tail = bh;
    }
    heads.thisPage(tail, head);
    frames.get(page);
    frames.set(page, PageFlag.PRIVATE);
    frames.privateOf(page, head);
    return head;
  }

  /** {@code create_empty_buffers()}: as dirty and as uptodate as their page. */
  private void createEmptyBuffers(Inode inode, int page, int bits) {
    int state = bits;
    state |= frames.has(page, PageFlag.DIRTY) ? DIRTY : 0;
    state |= frames.has(page, PageFlag.UPTODATE) ? UPTODATE : 0;
    allocPageBuffers(page, inode.sb().blocksPerPage(), state);
  }

  /** {@code mark_buffer_dirty()}: a buffer and with it its page, but none of the page's other buffers. */
  public void markBufferDirty(int bh) {
    if (heads.has(bh, DIRTY)) {
      return;
    }
    heads.set(bh, DIRTY);
    int page = heads.page(bh);
    if (!frames.testAndSet(page, PageFlag.DIRTY)) {
      AddressSpace mapping = k.pageMapping(page);
      if (mapping != null) {
        setPageDirty(page, mapping);
      }
    }
  }

  /** {@code discard_buffer()}. */
  private void discardBuffer(int bh) {
    heads.lock(bh);
    heads.clear(bh, DIRTY | MAPPED | NEW | DELAY);
    heads.unlock(bh);
  }

  /** {@code block_invalidatepage()} of a whole page. */
  public void blockInvalidatepage(int page) {
    if (!pageHasBuffers(page)) {
      return;
    }
    int head = pageBuffers(page);
    int bh = head;
    do {
      discardBuffer(bh);
      bh = heads.thisPage(bh);
    } while (bh != head);
    tryToReleasePage(page);
  }

  /**
   * {@code __block_write_full_page()}: the dirty buffers of a locked page go to disk; the page is unlocked, and under
   * writeback until they are there.
   */
  public int blockWriteFullPage(int page, GetBlock getBlock) {
    AddressSpace mapping = mappingOf(page);
    Inode inode = mapping.host();
    long index = k.pageIndex(page);
    if (index >= inode.pages) {
      // A truncation is under way.
      mapping.ops().invalidatepage(page);
      k.filemap.unlockPage(page);
      return 0;
    }
    if (!pageHasBuffers(page)) {
      createEmptyBuffers(inode, page, DIRTY | UPTODATE);
    }
    int error = mapDirtyBuffers(inode, index, page, getBlock);
    markForWriting(page, error != 0);
    if (error != 0) {
      frames.set(page, PageFlag.ERROR);
      mapping.error = error;
    }
    k.pageWriteback.setPageWriteback(page);
    submitMarked(page);
    return error;
  }

  private int mapDirtyBuffers(Inode inode, long index, int page, GetBlock getBlock) {
    int head = pageBuffers(page);
    int bh = head;
    do {
      if ((!heads.has(bh, MAPPED) || heads.has(bh, DELAY)) && heads.has(bh, DIRTY)) {
        int error = getBlock.getBlock(inode, index, bh, true);
        if (error != 0) {
          return error;
        }
        heads.clear(bh, DELAY | NEW);
      }
      bh = heads.thisPage(bh);
    } while (bh != head);
    return 0;
  }

  /** Locks the dirty buffers that have a place; those that have none are given up where that is since none was to be had. */
  private void markForWriting(int page, boolean recover) {
    int head = pageBuffers(page);
    int bh = head;
    do {
      boolean placed = heads.has(bh, MAPPED) && !heads.has(bh, DELAY);
      if (placed && heads.has(bh, DIRTY)) {
        heads.lock(bh);
        heads.clear(bh, DIRTY);
        heads.set(bh, ASYNC_WRITE);
      } else if (recover) {
        heads.clear(bh, DIRTY);
      }
      bh = heads.thisPage(bh);
    } while (bh != head);
  }

  /** Submits the buffers that {@link #markForWriting} marked, and unlocks the page; without any its writeback is over. */
  private void submitMarked(int page) {
    int head = pageBuffers(page);
    int underway = 0;
    int bh = head;
    do {
      int next = heads.thisPage(bh);
      if (heads.has(bh, ASYNC_WRITE)) {
        underway++;
        k.blockDevice.submitBh(bh);
      }
      bh = next;
    } while (bh != head);
    k.filemap.unlockPage(page);
    if (underway == 0) {
      k.filemap.endPageWriteback(page);
    }
  }

  /**
   * {@code block_prepare_write()} of a whole page: each buffer gets a place on disk.
   *
   * @return 0 or an errno negated
   */
  public int blockPrepareWrite(int page, GetBlock getBlock) {
    Inode inode = mappingOf(page).host();
    long index = k.pageIndex(page);
    if (!pageHasBuffers(page)) {
      createEmptyBuffers(inode, page, 0);
    }
    int head = pageBuffers(page);
    int bh = head;
    do {
      heads.clear(bh, NEW);
      if (!heads.has(bh, MAPPED)) {
        int error = getBlock.getBlock(inode, index, bh, true);
        if (error != 0) {
          frames.clear(page, PageFlag.UPTODATE);
          return error;
        }
      }
      if (frames.has(page, PageFlag.UPTODATE)) {
        heads.set(bh, UPTODATE);
        if (heads.testAndClear(bh, NEW)) {
          markBufferDirty(bh);
        }
      }
      bh = heads.thisPage(bh);
    } while (bh != head);
    return 0;
  }

  /** {@code block_commit_write()} of a whole page. */
  public void blockCommitWrite(int page) {
    int head = pageBuffers(page);
    int bh = head;
    do {
      heads.set(bh, UPTODATE);
      markBufferDirty(bh);
      heads.clear(bh, NEW);
      bh = heads.thisPage(bh);
    } while (bh != head);
    frames.set(page, PageFlag.UPTODATE);
  }

  /** {@code block_write_begin()} of a whole page: the page, locked and with a reference, or an errno negated. */
  public int blockWriteBegin(AddressSpace mapping, long index, GetBlock getBlock) {
    int page = k.filemapFiles.grabCachePageWriteBegin(mapping, index);
    if (page == 0) {
      return -Err.ENOMEM;
    }
    int error = blockPrepareWrite(page, getBlock);
    if (error == 0) {
      return page;
    }
    k.filemap.unlockPage(page);
    k.swap.putPage(page);
    return error;
  }

  /** {@code generic_write_end()} of a whole page. */
  public int genericWriteEnd(AddressSpace mapping, int page) {
    blockCommitWrite(page);
    k.filemapFiles.iSizeWrite(mapping, page);
    k.filemap.unlockPage(page);
    k.swap.putPage(page);
    return 0;
  }

  /** {@code mpage_readpage()} of fs/mpage.c: straight from the disk, without buffers; a hole is zeroes. */
  public int mpageReadpage(AddressSpace mapping, int page) {
    long index = k.pageIndex(page);
    long content = mapping.host().disk(index);
    frames.content(page, content == Inode.HOLE ? 0 : content);
    if (content != Inode.HOLE) {
      frames.set(page, PageFlag.MAPPEDTODISK);
    }
    frames.set(page, PageFlag.UPTODATE);
    k.filemap.unlockPage(page);
    return 0;
  }

  private AddressSpace mappingOf(int page) {
    AddressSpace mapping = k.pageMapping(page);
    if (mapping == null) {
      throw new KernelBug("page " + page + " with buffers is in no file");
    }
    return mapping;
  }

  /** {@code try_to_release_page()} of mm/filemap.c: whether the page has no private data any longer. */
  public boolean tryToReleasePage(int page) {
    KernelBug.on(!frames.has(page, PageFlag.LOCKED), "try_to_release_page() of unlocked page {}", page);
    if (frames.has(page, PageFlag.WRITEBACK)) {
      return false;
    }
    AddressSpace mapping = k.pageMapping(page);
    return mapping != null && mapping.ops().hasReleasepage() ? mapping.ops().releasepage(page) : tryToFreeBuffers(page);
  }

  /** {@code buffer_busy()}. */
  private boolean bufferBusy(int bh) {
    return heads.count(bh) != 0 || heads.has(bh, DIRTY | LOCK);
  }

  /** {@code drop_buffers()}: takes the ring off the page, unless one of it is busy; returns whether it did. */
  private boolean dropBuffers(int page) {
    AddressSpace mapping = k.pageMapping(page);
    int head = pageBuffers(page);
    int bh = head;
    do {
      if (heads.has(bh, WRITE_EIO) && mapping != null) {
        mapping.error = -Err.EIO;
      }
      if (bufferBusy(bh)) {
        return false;
      }
      bh = heads.thisPage(bh);
    } while (bh != head);
    frames.clear(page, PageFlag.PRIVATE);
    frames.privateOf(page, 0);
    k.swap.putPage(page);
    return true;
  }

  /**
   * {@code try_to_free_buffers()}: of a locked page. A dirty page whose buffers are all clean was written by hand, and is
   * clean from here on.
   */
  public boolean tryToFreeBuffers(int page) {
    KernelBug.on(!frames.has(page, PageFlag.LOCKED), "try_to_free_buffers() of unlocked page {}", page);
    if (frames.has(page, PageFlag.WRITEBACK)) {
      return false;
    }
    int head = pageBuffers(page);
    if (!dropBuffers(page)) {
      return false;
    }
    if (frames.mapping(page) != 0) {
      k.truncate.cancelDirtyPage(page);
    }
    int bh = head;
    do {
      int next = heads.thisPage(bh);
      heads.free(bh);
      bh = next;
    } while (bh != head);
    return true;
  }
}
