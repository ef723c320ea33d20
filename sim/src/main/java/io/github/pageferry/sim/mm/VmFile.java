package io.github.pageferry.sim.mm;

/**
 * {@code struct file}: an open file. VMAs merge only where they have the very same one.
 *
 * @param inode the file
 */
public record VmFile(Inode inode) {

  /** {@code f_mapping}. */
  public AddressSpace mapping() {
    return inode.mapping();
  }

  @Override
  public boolean equals(Object o) {
    return this == o;
  }

  @Override
  public int hashCode() {
    return inode.mapping().id();
  }
}
