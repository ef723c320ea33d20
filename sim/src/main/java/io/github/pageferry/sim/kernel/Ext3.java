package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFile;

/**
 * {@code fs/ext3} of 2.6.18, which has no ext4: the first write through a mapping is nobody's business, there being no
 * {@code page_mkwrite} (until 2e9ee8503555, 2.6.27), and blocks are allocated at once.
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
}
