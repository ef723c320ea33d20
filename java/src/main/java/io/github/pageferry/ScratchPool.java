package io.github.pageferry;

import java.util.ArrayDeque;

/** Keeps what threads have worked with for the next operation, as much as a few threads need. */
final class ScratchPool {

  private static final int MOST_KEPT = 4;

  private final int chunkPages;
  private final ArrayDeque<Scratch> kept = new ArrayDeque<>();

  ScratchPool(int chunkPages) {
    this.chunkPages = chunkPages;
  }

  /** How many pages a chunk has room for. */
  int chunkPages() {
    return chunkPages;
  }

  Scratch take() {
    synchronized (this) {
      Scratch scratch = kept.poll();
      if (scratch != null) {
        return scratch;
      }
    }
    return new Scratch(chunkPages);
  }

  synchronized void giveBack(Scratch scratch) {
    if (kept.size() < MOST_KEPT) {
      kept.push(scratch);
    }
  }
}
