package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AddressSpaceOperations;
import io.github.pageferry.sim.mm.FileOperations;
import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFile;

/**
 * {@code fs/ramfs}: files that are nothing but their cached pages. A page that has been written is dirty for ever, and there is
 * no {@code writepage} that could clean it, nor a {@code migratepage}: only pages that were never written can be moved.
 */
public class Ramfs implements FileOperations {

  protected final Kernel k;
  private final PageFrames frames;
  private final AddressSpaceOperations aops = new RamfsAops();

  protected Ramfs(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code ramfs_aops}: {@code simple_readpage()}, {@code simple_write_begin()} and so on of fs/libfs.c. */
  private final class RamfsAops implements AddressSpaceOperations {

    @Override
    public boolean setPageDirty(int page) {
      return k.pageWriteback.setPageDirtyNoWriteback(page);
    }

    @Override
    public int readpage(AddressSpace mapping, int page) {
      frames.content(page, 0);
      frames.set(page, PageFlag.UPTODATE);
      k.filemap.unlockPage(page);
      return 0;
    }

    @Override
    public int writeBegin(AddressSpace mapping, long index) {
      int page = k.filemapFiles.grabCachePageWriteBegin(mapping, index);
      return page == 0 ? -Err.ENOMEM : page;
    }

    @Override
    public int writeEnd(AddressSpace mapping, int page) {
      frames.set(page, PageFlag.UPTODATE);
      k.filemapFiles.iSizeWrite(mapping, page);
      k.pageWriteback.setPageDirty(page);
      k.filemap.unlockPage(page);
      k.swap.putPage(page);
      return 0;
    }

    @Override
    public int writepages(AddressSpace mapping) {
      return 0;
    }
  }

  /** {@code generic_file_mmap()}. */
  @Override
  public void mmap(VmFile file, Vma vma) {
    vma.ops = k.filemapFiles.genericFileVmOps();
  }

  /** {@code noop_fsync()}. */
  @Override
  public int fsync(VmFile file) {
    return 0;
  }

  /** {@code evict()} of fs/inode.c, there being no {@code evict_inode} in the kernel. */
  @Override
  public void evictInode(Inode inode) {
    k.truncate.truncateInodePages(inode.mapping());
  }

  /** {@code ramfs_create()}: an empty file; the reference is the caller's. */
  public VmFile newFile() {
    Inode inode = new Inode(this, null, null);
    AddressSpace mapping = k.mappings.allocSpace(inode, aops, false);
    mapping.unevictable = true;
    return new VmFile(inode);
  }
}
