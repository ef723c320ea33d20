package io.github.pageferry;

/**
 * Hands the pages of {@link PageRuns} out in chunks, in ascending order, to any number of threads.
 *
 * <p>A chunk ends at a multiple of the alignment where that is possible, so that no huge page is cut in two.
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
      boolean endsRun = next + count == runs.end(run);
      if (!endsRun) {
        long aligned = (next + count) / alignment * alignment;
        if (aligned > next) {
          count = aligned - next;
        } else if (chunk.pages() > 0) {
          break;
        }
      }
      chunk.add(next, (int) count);
      next += count;
      if (!endsRun) {
        break;
      }
      run++;
      next = run < runs.count() ? runs.first(run) : 0;
    }
    if (chunk.pages() == 0) {
      return -1;
    }
    handedOut += chunk.pages();
    return handedOut - chunk.pages();
  }

  /** How many pages have been handed out. */
  synchronized long handedOut() {
    return handedOut;
  }
}
