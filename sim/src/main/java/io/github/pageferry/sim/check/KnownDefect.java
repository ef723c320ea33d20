package io.github.pageferry.sim.check;

/** Why a real kernel breaks an invariant, too. */
public enum KnownDefect {
  NEVER_PUT_BACK("do_mbind() does not put back what it had isolated before it met a hole (until ab8a3e14e6f8, 2.6.32)"),
  FILE_PAGES_STAY_COUNTED(
      "migrate_page_move_mapping() leaves a moved page counted where it came from (until 0e8c7d0fd5b4, 2.6.21)"),
  SWAP_CACHE_AS_SHMEM(
      "migrate_page_move_mapping() takes pages of the swap cache for shared memory (until 99a15e21d96f, 3.0)"),
  MAPPING_LOST(
      "mbind_range() hands vma_merge() the VMA before the one that the range begins in, and what that one maps below the range is"
          + " lost (9d8cebd4bcd7, 2.6.34, mended from 3.2 on)"),
  MIGRATING_UNCOUNTED(
      "zap_pte_range() and copy_one_pte() do not count pages that are being moved (until 9f9f1acd713d, 3.3)"),
  JOURNALLED_AFTER_TRUNCATION(
      "__ext4_journalled_writepage() files buffers of a page that was truncated while it was not locked (until bdf96838aea6, 4.2)");

  private final String text;

  KnownDefect(String text) {
    this.text = text;
  }

  /** What the kernel does wrong, and the commit that brought or mended it. */
  @Override
  public String toString() {
    return text;
  }
}
