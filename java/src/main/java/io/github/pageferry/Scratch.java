package io.github.pageferry;

/**
 * What one thread needs to work on chunks, kept from one operation to the next so that a steady state allocates little.
 */
final class Scratch {

  final Chunk chunk;
  final PageBatch batch;
  /** By index in the chunk. */
  final long[] page;
  final int[] target;
  final int[] before;
  final int[] after;
  final int[] outcome;
  final boolean[] inBlock;
  final boolean[] stuck;
  /** By place in the batch. */
  final int[] order;
  final int[] status;

  Scratch(int chunkPages) {
    chunk = new Chunk(chunkPages);
    batch = PageBatch.ofCapacity(chunkPages);
    page = new long[chunkPages];
    target = new int[chunkPages];
    before = new int[chunkPages];
    after = new int[chunkPages];
    outcome = new int[chunkPages];
    inBlock = new boolean[chunkPages];
    stuck = new boolean[chunkPages];
    order = new int[chunkPages];
    status = new int[chunkPages];
  }

  /** Whether a page is there, but not where it is to go. */
  boolean isMisplaced(int index) {
    return after[index] >= 0 && after[index] != target[index];
  }
}
