package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AddressSpaceOperations;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.FileOperations;
import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.SuperBlock;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFile;

/**
 * {@code fs/fat}: a disk file system with {@code writepage} but, until ee649af0d9a6 (6.2), without {@code migratepage}, so that
 * a dirty page is written before it can be moved, and its buffers are dropped.
 */
public class Fat implements FileOperations {

  /** Sectors of 512 bytes. */
  private static final int BLOCKS_PER_PAGE = 8;

  protected final Kernel k;
  private final SuperBlock sb = new SuperBlock(BLOCKS_PER_PAGE, null, false);
  private final AddressSpaceOperations aops;

  protected Fat(Kernel k) {
    this.k = k;
    aops = new FatAops(k);
  }

  /** {@code fat_aops}. */
  private final class FatAops extends BlockAops {

    FatAops(Kernel k) {
      super(k);
    }

    /** {@code fat_writepage()}. */
    @Override
    public int writepage(int page) {
      return k.buffer.blockWriteFullPage(page, Fat.this::fatGetBlock);
    }

    @Override
    public boolean hasMigratepage() {
      return k.profile.fatMovesBuffers();
    }

    @Override
    public int migratepage(AddressSpace mapping, int newpage, int page) {
      return k.migrate.bufferMigratePage(mapping, newpage, page);
    }

    /** {@code fat_write_begin()}: {@code cont_write_begin()}, which fills what lies before the page: FAT knows no holes. */
    @Override
    public int writeBegin(AddressSpace mapping, long index) {
      for (long i = 0; i < index; i++) {
        if (mapping.host().disk(i) == Inode.HOLE && mapping.pageTree().get(i) == 0) {
          int page = k.buffer.blockWriteBegin(mapping, i, Fat.this::fatGetBlock);
          if (page < 0) {
            return page;
          }
          k.frames.content(page, 0);
          k.buffer.genericWriteEnd(mapping, page);
        }
      }
      return k.buffer.blockWriteBegin(mapping, index, Fat.this::fatGetBlock);
    }

    /** {@code fat_write_end()}. */
    @Override
    public int writeEnd(AddressSpace mapping, int page) {
      return k.buffer.genericWriteEnd(mapping, page);
    }
  }

  /** {@code fat_get_block()}. */
  private int fatGetBlock(Inode inode, long index, int bh, boolean create) {
    if (inode.disk(index) == Inode.HOLE) {
      if (!create) {
        return 0;
      }
      k.bufferHeads.set(bh, BufferHeads.NEW);
    }
    k.bufferHeads.set(bh, BufferHeads.MAPPED);
    return 0;
  }

  /** {@code generic_file_mmap()}: the first write of a page is noticed when the page is made dirty, and not before. */
  @Override
  public void mmap(VmFile file, Vma vma) {
    vma.ops = k.filemapFiles.genericFileVmOps();
  }

  /** {@code fat_file_fsync()}: the pages have been written; what is left are the tables. */
  @Override
  public int fsync(VmFile file) {
    return 0;
  }

  /** {@code fat_evict_inode()}. */
  @Override
  public void evictInode(Inode inode) {
    k.truncate.truncateInodePages(inode.mapping());
  }

  /** {@code msdos_create()}: an empty file; the reference is the caller's. */
  public VmFile newFile() {
    Inode inode = new Inode(this, sb, null);
    k.mappings.allocSpace(inode, aops, true);
    return new VmFile(inode);
  }
}
