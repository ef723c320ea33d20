package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.Journal;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFile;

/**
 * {@code fs/ext3} of 2.6.18, which has no ext4 (until ac27a0ec112a, 2.6.19): the first write through a mapping is nobody's business,
 * there being no {@code page_mkwrite} (until 2e9ee8503555, 2.6.27), and blocks are allocated when a page is written to, or to disk.
 */
class Ext3 extends Ext4 {

  Ext3(Kernel k) {
    super(k);
  }

  /** {@code generic_file_mmap()}. */
  @Override
  public void mmap(VmFile file, Vma vma) {
    vma.ops = k.filemapFiles.genericFileVmOps();
  }

  /** {@code ext3_prepare_write()}. */
  @Override
  protected int orderedGetBlock(Inode inode, long index, int bh, boolean create) {
    return ext4GetBlock(inode, index, bh, create);
  }

  /**
   * {@code ext3_journalled_writepage()}, which keeps the page's lock while it passes on what was written through a mapping, and
   * {@code ext3_ordered_writepage()}. That the latter files the buffers in the transaction makes a commit write them first; here
   * whoever commits has written them.
   */
  @Override
  protected int ext4Writepage(int page) {
    if (!isJournalled(page) || k.buffer.pageHasBuffers(page) && !k.frames.has(page, PageFlag.CHECKED)) {
      return k.buffer.blockWriteFullPage(page, this::ext4GetBlock);
    }
    Journal journal = journalOf(page);
    k.frames.clear(page, PageFlag.CHECKED);
    k.buffer.blockPrepareWrite(page, this::ext4GetBlock);
    forEachBuffer(page, bh -> journalGetWriteAccess(journal, bh));
    forEachBuffer(page, bh -> writeEndFn(journal, bh));
    k.filemap.unlockPage(page);
    return 0;
  }
}
