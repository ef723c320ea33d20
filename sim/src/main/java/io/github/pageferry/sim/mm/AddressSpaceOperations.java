package io.github.pageferry.sim.mm;

/**
 * {@code struct address_space_operations}: what a file system does for its pages. An operation that a file system lacks is a
 * null pointer in the kernel; here its {@code has...} says so.
 */
public interface AddressSpaceOperations {

  /** {@code writepage} returned that the page is still locked and must be put back ({@code AOP_WRITEPAGE_ACTIVATE}). */
  int AOP_WRITEPAGE_ACTIVATE = 0x80000;

  /** {@code set_page_dirty}: returns whether the page was clean. */
  boolean setPageDirty(int page);

  /** Whether {@link #writepage} is there. */
  default boolean hasWritepage() {
    return false;
  }

  /**
   * {@code writepage}: writes a locked page that is clean from now on, and unlocks it.
   *
   * @return 0, an errno negated, or {@link #AOP_WRITEPAGE_ACTIVATE}
   */
  default int writepage(int page) {
    throw new KernelBug("no writepage");
  }

  /** Whether {@link #migratepage} is there; without it the engine falls back to {@code fallback_migrate_page()}. */
  default boolean hasMigratepage() {
    return false;
  }

  /**
   * {@code migratepage}: lets {@code newpage} take the place of {@code page}; both are locked.
   *
   * @return 0 or an errno negated
   */
  default int migratepage(AddressSpace mapping, int newpage, int page) {
    throw new KernelBug("no migratepage");
  }

  /** {@code readpage}: fills a locked page, and unlocks it; 0 or an errno negated. */
  int readpage(AddressSpace mapping, int page);

  /** {@code write_begin}: of a whole page; the page, locked and with a reference, or an errno negated. */
  int writeBegin(AddressSpace mapping, long index);

  /** {@code write_end}: the page that {@link #writeBegin} gave is filled; unlocks it and drops the reference. */
  int writeEnd(AddressSpace mapping, int page);

  /** {@code writepages}: writes all dirty pages of the file; 0 or an errno negated. */
  int writepages(AddressSpace mapping);

  /** {@code invalidatepage}: a locked page with private data is truncated as a whole. */
  default void invalidatepage(int page) {
    throw new KernelBug("no invalidatepage");
  }

  /** {@code releasepage}: drops what the file system keeps for the page, and says whether it could. */
  default boolean releasepage(int page) {
    throw new KernelBug("no releasepage");
  }

  /** Whether {@link #releasepage} is there; without it {@code try_to_free_buffers()} does it. */
  default boolean hasReleasepage() {
    return false;
  }
}
