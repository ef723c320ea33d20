package io.github.pageferry.sim;

/** The file systems that a simulated machine has mounted. */
public enum FileSystem {
  TMPFS,
  RAMFS,
  /** With {@code data=ordered}, as mounted by default. */
  EXT4,
  /** Ext4 with {@code data=journal}. */
  EXT4_JOURNALLED,
  VFAT
}
