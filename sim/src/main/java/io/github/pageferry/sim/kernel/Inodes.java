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

  /** {@code vfs_fsync()} of fs/sync.c: 0 or an errno negated. */
  public int fsync(VmFile file) {
    int error = k.filemapFiles.filemapWriteAndWait(file.mapping());
    int synced = file.inode().fop().fsync(file);
    return error != 0 ? error : synced;
  }

  /** {@code iput()}: with the last reference the cached pages go, too. */
  private void iput(Inode inode) {
    if (--inode.references == 0) {
      inode.fop().evictInode(inode);
      k.mappings.freeSpace(inode.mapping());
    }
  }
}
