package io.github.pageferry.sim.mm;

import org.jspecify.annotations.Nullable;

/** {@code struct inode}: a file, as far as its pages and its memory policy go. */
public final class Inode {

  private @Nullable AddressSpace mapping;
  /** {@code SHMEM_I(inode)->policy}: the policies of a file of shared memory, null for other files. */
  private final @Nullable SharedPolicy sharedPolicy;
  /** {@code i_ino}. */
  public long ino;
  /** {@code i_size}, in pages. */
  public long pages;
  /** {@code i_count} and {@code i_nlink} together: open files, mappings and the name. */
  public int references = 1;

  public Inode(@Nullable SharedPolicy sharedPolicy) {
    this.sharedPolicy = sharedPolicy;
  }

  void mapping(AddressSpace space) {
    mapping = space;
  }

  /** {@code i_mapping}. */
  public AddressSpace mapping() {
    if (mapping == null) {
      throw new KernelBug("inode without i_mapping");
    }
    return mapping;
  }

  public @Nullable SharedPolicy sharedPolicy() {
    return sharedPolicy;
  }
}
