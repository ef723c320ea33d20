package io.github.pageferry;

/**
 * Hands the pages of {@link PageRuns} out in chunks, in ascending order, to any number of threads.
 *
 * <p>Pages of one aligned block, which may be one huge page, are in one chunk where it can hold a block.
 */
final class WorkCursor {

  private final PageRuns runs;
  private final int alignment;
  private int run;
  private long next;
  private long handedOut;

  /**
   * @param runs the pages
   * @param alignment in pages, a power of two
   */
  WorkCursor(PageRuns runs, int alignment) {
    this.runs = runs;
    this.alignment = alignment;
    next = runs.count() > 0 ? runs.first(0) : 0;
  }

  /**
   * Fills the chunk with the next pages.
   *
   * @return how many pages were handed out before these, or -1 where none are left
   */
  synchronized long next(Chunk chunk) {
    chunk.clear();
    while (run < runs.count() && chunk.pages() < chunk.capacity()) {
      long count = Math.min(runs.end(run) - next, chunk.capacity() - chunk.pages());
      chunk.add(next, (int) count);
      next += count;
      if (next == runs.end(run)) {
        run++;
        next = run < runs.count() ? runs.first(run) : 0;
      }
    }
    if (chunk.pages() == 0) {
      return -1;
    }
    leaveWholeBlocks(chunk);
    handedOut += chunk.pages();
    return handedOut - chunk.pages();
  }

  /** Takes back the last pages of a chunk that share a block with the next one. */
  private void leaveWholeBlocks(Chunk chunk) {
    if (run == runs.count()) {
      return;
    }
    long block = next / alignment * alignment;
    if (chunk.first(0) < block && chunk.last() >= block) {
      chunk.removeFrom(block);
      run = runs.firstEndingAfter(block);
      next = Math.max(block, runs.first(run));
    }
  }

  /** How many pages have been handed out. */
  synchronized long handedOut() {
    return handedOut;
  }
}
