package io.github.pageferry;

/**
 * The pages that an operation counts in.
 *
 * @param shift the binary logarithm of a page's size in bytes
 * @param blockPages how many pages an aligned block has that may be one huge page, which only ever moves as a whole; 1
 *     where none is larger than what is counted in
 */
record PageGeometry(int shift, int blockPages) {

  /** Larger ones are so rare that no batch is made to hold one. */
  private static final int MOST_BLOCK_PAGES = 1 << 13;

  /**
   * A page table's worth of base pages, which is what the next larger page of every architecture has: 512 of 4 KiB.
   *
   * @param chunkPages how many pages a chunk has room for: a block has to lie in one
   */
  static PageGeometry of(long pageBytes, long basePageBytes, int chunkPages) {
    int blockPages = 1;
    if (pageBytes == basePageBytes) {
      long entries = Math.min(pageBytes / Long.BYTES, MOST_BLOCK_PAGES);
      blockPages = (int) Math.max(1, Math.min(entries, Integer.highestOneBit(chunkPages)));
    }
    return new PageGeometry(Long.numberOfTrailingZeros(pageBytes), blockPages);
  }

  /** The size of a page in bytes. */
  long bytes() {
    return 1L << shift;
  }

  /** The size of a block in bytes. */
  long blockBytes() {
    return (long) blockPages << shift;
  }
}
