package io.github.pageferry.sim.mm;

/** {@code struct file_operations}, and of {@code struct super_operations} what ends a file. */
public interface FileOperations {

  /** {@code mmap}: gives a new VMA its operations. */
  void mmap(VmFile file, Vma vma);

  /** {@code fsync}: what is left to do when the pages have been written; 0 or an errno negated. */
  int fsync(VmFile file);

  /** {@code evict_inode}: the last reference is gone, and the cached pages go. */
  void evictInode(Inode inode);
}
