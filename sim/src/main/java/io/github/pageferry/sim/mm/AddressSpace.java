package io.github.pageferry.sim.mm;

import java.util.ArrayList;
import java.util.List;

/** {@code struct address_space}: the cached pages of a file and who maps them. */
public final class AddressSpace {

  private final int id;
  private final Inode host;
  private final AddressSpaceOperations ops;
  private final PageTree pageTree = new PageTree();
  /** {@code i_mmap}: the VMAs that map it. */
  private final List<Vma> mmap = new ArrayList<>(2);
  /** {@code i_mmap_lock}. */
  public final KernelLock mmapLock = new KernelLock("mapping->i_mmap_lock");
  /** {@code nrpages}. */
  public long nrpages;
  /**
   * {@code mapping_cap_account_dirty()} and {@code mapping_cap_writeback_dirty()}: whether its dirty pages are counted, its
   * ptes write-protected for that, and written back.
   */
  public final boolean accountDirty;
  /** {@code AS_EIO} or {@code AS_ENOSPC}: what went wrong when a page was written, negated; 0 if nothing. */
  public int error;
  /** {@code AS_UNEVICTABLE}: ramfs and locked shared memory. */
  public boolean unevictable;

  AddressSpace(int id, Inode host, AddressSpaceOperations ops, boolean accountDirty) {
    this.id = id;
    this.host = host;
    this.ops = ops;
    this.accountDirty = accountDirty;
  }

  /** Its number among the machine's address spaces, from 1. */
  public int id() {
    return id;
  }

  /** {@code page->mapping} of its pages. */
  public int handle() {
    return id << 2;
  }

  /** {@code host}. */
  public Inode host() {
    return host;
  }

  /** {@code a_ops}. */
  public AddressSpaceOperations ops() {
    return ops;
  }

  /** {@code page_tree}. */
  public PageTree pageTree() {
    return pageTree;
  }

  /** {@code i_mmap}. */
  public List<Vma> mmap() {
    return mmap;
  }
}
