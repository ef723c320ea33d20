package io.github.pageferry;

import java.util.Arrays;

/** One thread's part of a {@link MoveJob}: takes chunk after chunk, looks, moves, looks again, and counts. */
final class ChunkMover implements Runnable {

  private static final long FIRST_PAUSE_NANOS = 1_000_000;
  private static final int MOST_DOUBLINGS = 6;

  private final MoveJob job;
  private final Scratch scratch;
  private final MoveTally tally = new MoveTally();
  private final Locator locator;
  private final RangeBinder binder;
  private final PagePlacer placer;

  ChunkMover(MoveJob job, Scratch scratch) {
    this.job = job;
    this.scratch = scratch;
    locator = new Locator(job.migrator, job.access, job.options.queryByFault(), job.geometry.shift(), scratch.batch);
    binder = new RangeBinder(job.migrator, job.access, job.moveFlags, job.geometry.shift());
    placer = new PagePlacer(
        job.migrator, job.access, job.operation, job.moveFlags, job.geometry, job.plan, scratch);
  }

  Scratch scratch() {
    return scratch;
  }

  MoveTally tally() {
    return tally;
  }

  @Override
  public void run() {
    while (!job.operation.stopping() && job.cursor.next(scratch.chunk) >= 0) {
      job.operation.done(scratch.chunk.pages(), process());
    }
  }

  /** Deals with the chunk; returns how many of its pages moved. */
  private long process() {
    int pages = scratch.chunk.pages();
    locator.look(scratch.chunk, scratch.before);
    job.refuseWhereNothingWorks();
    scratch.chunk.numbers(scratch.page);
    System.arraycopy(scratch.before, 0, scratch.after, 0, pages);
    Arrays.fill(scratch.outcome, 0, pages, PagePlacer.NO_OUTCOME);
    Arrays.fill(scratch.inBlock, 0, pages, false);
    Arrays.fill(scratch.stuck, 0, pages, false);
    chooseTargets(pages);
    try {
      bind();
      populate();
      move();
    } catch (MemoryCallException e) {
      job.operation.fail(e);
      for (int i = 0; i < pages; i++) {
        if (scratch.outcome[i] == PagePlacer.NO_OUTCOME) {
          scratch.outcome[i] = PageStatus.of(e.errno());
        }
      }
      locator.look(scratch.chunk, scratch.after);
    }
    return count(pages);
  }

  /** Page by page, or in stripes where that has to be done with ranges. */
  private void chooseTargets(int pages) {
    PagePlan plan = job.plan;
    if (plan.hasOneNode()) {
      Arrays.fill(scratch.target, 0, pages, plan.node(0));
      return;
    }
    long unit = job.access.canMovePages() ? 1 : job.stripePages;
    for (int i = 0; i < pages; i++) {
      scratch.target[i] = plan.node(scratch.page[i] / unit);
    }
  }

  private void bind() {
    if (!job.access.canBind()) {
      return;
    }
    boolean moved = false;
    Chunk chunk = scratch.chunk;
    PageRuns policyRuns = job.policyRuns;
    int index = 0;
    for (int piece = 0; piece < chunk.pieces(); piece++) {
      long next = chunk.first(piece);
      long end = next + chunk.count(piece);
      while (next < end) {
        // Cuts the piece where policies begin and end.
        int run = policyRuns.firstEndingAfter(next);
        boolean hasPolicy = run < policyRuns.count() && policyRuns.first(run) <= next;
        long border = run == policyRuns.count() ? end : hasPolicy ? policyRuns.end(run) : policyRuns.first(run);
        int count = (int) (Math.min(end, border) - next);
        moved |= bindPart(next, count, index, hasPolicy);
        next += count;
        index += count;
      }
    }
    if (moved) {
      locator.look(chunk, scratch.after);
    }
  }

  /** Returns whether pages may have moved. */
  private boolean bindPart(long firstPage, int count, int index, boolean hasPolicy) {
    boolean onlyWay = !job.access.canMovePages();
    if (!hasPolicy && !onlyWay) {
      return false;
    }
    boolean moves = (onlyWay || job.plan.hasOneNode()) && hasMisplaced(index, count);
    try {
      if (hasPolicy || moves) {
        MemoryPolicy policy = hasPolicy ? policyToLeave() : binder.policyAt(firstPage);
        try {
          if (moves) {
            moveByStripes(firstPage, count, index);
          }
        } finally {
          binder.setPolicy(firstPage, count, policy);
        }
      }
    } catch (MemoryCallException e) {
      if (onlyWay) {
        throw e;
      }
      if (Access.isRefusal(e)) {
        job.access.refuseBind(e);
      } else {
        job.access.note("where mbind failed, move_pages alone moved the pages and set no policy: " + e.getMessage());
      }
      // Failing, it may have moved some.
      return moves;
    }
    return moves;
  }

  private MemoryPolicy policyToLeave() {
    if (!job.plan.hasOneNode()) {
      return MemoryPolicy.of(PolicyMode.INTERLEAVE, job.plan.nodes());
    }
    int node = job.plan.nodes().first();
    return job.options.futurePages() == FuturePages.BIND ? MemoryPolicy.bind(node) : MemoryPolicy.preferred(node);
  }

  private boolean hasMisplaced(int index, int count) {
    for (int i = index; i < index + count; i++) {
      int at = scratch.after[i];
      if (at != scratch.target[i] && (at >= 0 || at == StatusTally.UNKNOWN)) {
        return true;
      }
    }
    return false;
  }

  /** Binds each run of pages with the same target to it; the whole part at once where there is one node. */
  private void moveByStripes(long firstPage, int count, int index) {
    for (int i = index; i < index + count; i = endOfStripe(i, index + count)) {
      binder.move(firstPage + (i - index), endOfStripe(i, index + count) - i, scratch.target[i]);
    }
    // Not before all have moved: one may have dragged pages of another along.
    for (int i = index; i < index + count; i = endOfStripe(i, index + count)) {
      if (scratch.after[i] == StatusTally.UNKNOWN) {
        int pages = endOfStripe(i, index + count) - i;
        long elsewhere = binder.countElsewhere(firstPage + (i - index), pages, scratch.target[i]);
        tally.addStayed(PageStatus.of(Errno.EIO), elsewhere);
      }
    }
  }

  private int endOfStripe(int start, int limit) {
    int end = start + 1;
    while (end < limit && scratch.target[end] == scratch.target[start]) {
      end++;
    }
    return end;
  }

  private void populate() {
    Populate how = job.options.populate();
    if (how != Populate.NO && Toucher.touch(scratch.chunk, job.ranges, job.geometry.shift(), how)) {
      locator.look(scratch.chunk, scratch.after);
    }
  }

  private void move() {
    if (!job.access.canMovePages()) {
      return;
    }
    int retry = 0;
    int chosen = placer.choose(retry);
    while (chosen > 0) {
      placer.move(chosen);
      locator.look(scratch.chunk, scratch.after);
      placer.hugePages().clearSuspicions();
      int blocks = job.plan.hasOneNode() ? 0 : placer.hugePages().mergeDragged();
      chosen = placer.choose(retry);
      if (blocks > 0) {
        job.access.note("huge pages were found: each went as a whole to the node of its block of "
            + Quantities.bytes((double) job.geometry.blockBytes()));
      } else if (chosen > 0) {
        if (retry == job.options.retries()) {
          return;
        }
        if (job.operation.stopping()) {
          tally.setCutShort();
          return;
        }
        job.operation.sleep(FIRST_PAUSE_NANOS << Math.min(retry, MOST_DOUBLINGS));
        tally.addRetries(chosen);
        retry++;
      }
    }
  }

  private long count(int pages) {
    long moved = 0;
    for (int i = 0; i < pages; i++) {
      int before = scratch.before[i];
      int after = scratch.after[i];
      if (after >= 0) {
        if (before >= 0 && before != after) {
          moved++;
        }
        if (after != scratch.target[i]) {
          tally.addStayed(reason(scratch.outcome[i]), 1);
        }
      }
    }
    tally.before().addAll(scratch.before, pages);
    tally.after().addAll(scratch.after, pages);
    tally.addMoved(moved);
    return moved;
  }

  /** Nothing was said of a page that the work did not get to before it was stopped. */
  private int reason(int outcome) {
    return outcome == PagePlacer.NO_OUTCOME && job.operation.stopping() ? PageStatus.NOT_ATTEMPTED : outcome;
  }
}
