package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.VmFile;

/** {@code fs/inode.c} and {@code fs/file_table.c}: how long a file lives. */
public class Inodes {

  protected final Kernel k;

  protected Inodes(Kernel k) {
    this.k = k;
  }

  /** {@code fput()}: an open file or a mapping is gone. */
  public void fput(VmFile file) {
    iput(file.inode());
  }

  /** {@code unlink(2)}: the name is gone. */
  public void unlink(Inode inode) {
    iput(inode);
  }

  /** {@code vfs_fsync()}: memory that is no disk's has nothing to write. */
  public int fsync(VmFile file) {
    return 0;
  }

  /** {@code iput()}: with the last reference the cached pages go, too. */
  private void iput(Inode inode) {
    if (--inode.references == 0) {
      k.truncate.truncateInodePages(inode.mapping());
      k.mappings.freeSpace(inode.mapping());
    }
  }
}
