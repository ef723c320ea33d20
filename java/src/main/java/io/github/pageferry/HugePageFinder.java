package io.github.pageferry;

import java.util.Arrays;

/**
 * Tells by how pages of a chunk behave which blocks of them are huge pages, since no call says so. A block is aligned
 * to, and as large as, a huge page. Used by one thread.
 *
 * <p>The pages of a chunk ascend and a block is never cut by its end, so that a block's pages stand side by side.
 */
final class HugePageFinder {

  private final Scratch scratch;
  private final PagePlan plan;
  private final int blockPages;

  HugePageFinder(Scratch scratch, PagePlan plan, int blockPages) {
    this.scratch = scratch;
    this.plan = plan;
    this.blockPages = blockPages;
  }

  /**
   * Looks at two pages that were named one behind the other: at the first the kernel stopped, the second it calls busy.
   * So it does with a huge page that can't move, whose second address is busy since the first has isolated it. To try
   * the other 510 would cost a call for every two of them, so that all are taken for stuck for now.
   *
   * @return whether that is so
   */
  boolean suspectStuck(int stoppedAt, int busy) {
    int from = blockStart(stoppedAt);
    int to = blockEnd(stoppedAt);
    if (blockPages == 1 || busy < from || busy >= to || !isUniform(from, to)) {
      return false;
    }
    Arrays.fill(scratch.stuck, from, to, true);
    Arrays.fill(scratch.outcome, from, to, PagePlacer.UNEXPLAINED);
    return true;
  }

  /** Takes the suspicion from blocks of which some pages went and some did not: no huge page can do that. */
  void clearSuspicions() {
    for (int from = 0; from < scratch.chunk.pages(); from = blockEnd(from)) {
      int to = blockEnd(from);
      if (scratch.stuck[from] && !isUniform(from, to)) {
        Arrays.fill(scratch.stuck, from, to, false);
        Arrays.fill(scratch.outcome, from, to, PagePlacer.NO_OUTCOME);
      }
    }
  }

  /**
   * Finds pages that were on their targets, or were moved there, and are there no more: they are parts of a huge page,
   * which goes as a whole to the target of the last part named. All pages of such a block get the block's target.
   *
   * @return how many blocks were found
   */
  int mergeDragged() {
    int blocks = 0;
    for (int i = 0; i < scratch.chunk.pages(); i++) {
      boolean dragged = !scratch.inBlock[i] && scratch.isMisplaced(i) && scratch.outcome[i] == scratch.target[i];
      if (dragged && blockPages > 1) {
        int from = blockStart(i);
        int to = blockEnd(i);
        Arrays.fill(scratch.inBlock, from, to, true);
        Arrays.fill(scratch.target, from, to, plan.node(scratch.page[i] / blockPages));
        Arrays.fill(scratch.outcome, from, to, PagePlacer.NO_OUTCOME);
        blocks++;
      }
    }
    return blocks;
  }

  /** The index of the first page of the chunk in this page's block. */
  private int blockStart(int index) {
    long block = scratch.page[index] / blockPages;
    int start = index;
    while (start > 0 && scratch.page[start - 1] / blockPages == block) {
      start--;
    }
    return start;
  }

  /** One more than the index of the last page of the chunk in this page's block. */
  int blockEnd(int index) {
    long block = scratch.page[index] / blockPages;
    int end = index + 1;
    while (end < scratch.chunk.pages() && scratch.page[end] / blockPages == block) {
      end++;
    }
    return end;
  }

  private boolean isUniform(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      if (scratch.after[i] != scratch.after[from]) {
        return false;
      }
    }
    return true;
  }
}
