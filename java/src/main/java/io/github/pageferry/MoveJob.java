package io.github.pageferry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** One use of a {@link BufferPinner} that moves pages: what its threads share. */
final class MoveJob {

  /** Smaller ranges get no policy; {@link FuturePages} says why. */
  private static final long LEAST_POLICY_BYTES = 1L << 20;

  final MemoryMigrator migrator;
  final PinOptions options;
  final PagePlan plan;
  final PageGeometry geometry;
  /** How many pages in a row go to one node where mbind has to do it, range by range. */
  final long stripePages;
  final PageRuns policyRuns;
  final Access access;
  final Operation operation;
  final Set<MoveFlag> moveFlags;
  final List<MemoryRange> ranges;
  final WorkCursor cursor;
  private final PageRuns runs;
  private final ScratchPool scratchPool;

  MoveJob(
      MemoryMigrator migrator,
      PinOptions options,
      PagePlan plan,
      List<MemoryRange> ranges,
      PageGeometry geometry,
      ScratchPool pool) {
    this.migrator = migrator;
    this.options = options;
    this.plan = plan;
    this.ranges = ranges;
    this.geometry = geometry;
    scratchPool = pool;
    runs = PageRuns.covering(ranges, geometry.shift());
    boolean leavesPolicy = options.futurePages() != FuturePages.UNCHANGED;
    policyRuns = PageRuns.within(
        leavesPolicy ? ranges : List.of(), geometry.shift(), LEAST_POLICY_BYTES >>> geometry.shift());
    access = new Access(migrator.capabilities());
    operation = new Operation(options, runs.pages(), geometry.bytes());
    moveFlags = EnumSet.of(options.sharedPages() ? MoveFlag.MOVE_ALL : MoveFlag.MOVE);
    stripePages = plan.hasOneNode() ? Long.MAX_VALUE : stripePages(runs.pages(), plan.period(), geometry.blockPages());
    cursor = new WorkCursor(runs, geometry.blockPages());
  }

  /**
   * As coarse as a huge page where each node gets two, since parts of one drag the whole along; else finer, for equal
   * shares.
   */
  private static long stripePages(long pages, int period, int blockPages) {
    if (pages >= 2L * period * blockPages) {
      return blockPages;
    }
    long wanted = pages / (8L * period);
    return wanted < 1 ? 1 : Math.min(blockPages, Long.highestOneBit(wanted));
  }

  MoveReport run() {
    refuseWhereNothingWorks();
    List<ChunkMover> movers = new ArrayList<>();
    int threads = Operation.threads(options, runs.pages(), scratchPool.chunkPages());
    for (int i = 0; i < threads; i++) {
      movers.add(new ChunkMover(this, scratchPool.take()));
    }
    operation.run(movers);
    MoveTally tally = new MoveTally();
    for (ChunkMover mover : movers) {
      scratchPool.giveBack(mover.scratch());
      tally.addAll(mover.tally());
    }
    long untouched = runs.pages() - cursor.handedOut();
    tally.before().add(PageStatus.NOT_ATTEMPTED, untouched);
    tally.after().add(PageStatus.NOT_ATTEMPTED, untouched);
    MoveReport report = report(tally, movers.size());
    throwWhereNothingWasDone(report);
    return report;
  }

  private MoveReport report(MoveTally tally, int threads) {
    noteRefusals();
    return new MoveReport(tally, new MoveReport.Facts(
        plan.description(), runs.pages(), geometry.bytes(), access.used(), access.notes(), threads,
        Duration.ofNanos(operation.elapsedNanos()), operation.cancelled(), operation.failure()));
  }

  /** Refuses to go on where neither call may be made: with nothing done, or with nothing that could still be done. */
  void refuseWhereNothingWorks() {
    if (!access.canMovePages() && !access.canBind()) {
      throw new UnsupportedOperationException("this process may call neither move_pages (" + access.moveRefusal()
          + ") nor mbind (" + access.bindRefusal() + ") on " + migrator.description());
    }
  }

  private void noteRefusals() {
    String move = access.moveRefusal();
    if (move != null) {
      String how = plan.hasOneNode()
          ? "" : " in stripes of " + Quantities.bytes((double) (stripePages << geometry.shift()));
      access.note("mbind moved the pages" + how + ", since move_pages may not be called: " + move);
    }
    String bind = access.bindRefusal();
    if (bind != null && options.futurePages() != FuturePages.UNCHANGED) {
      access.note("move_pages moved the pages, and no policy is set for those to come, since mbind may not be called: "
          + bind);
    }
  }

  /** A call that failed before a page had moved is the caller's to know of as such; a full node is a result. */
  private void throwWhereNothingWasDone(MoveReport report) {
    MemoryCallException failure = operation.failure();
    boolean mayHaveMoved = report.movedPages() > 0
        || report.after().unknown() > 0 && report.calls().contains(SystemCall.MBIND);
    if (failure != null && !mayHaveMoved && failure.errno() != Errno.ENOMEM) {
      throw failure;
    }
  }
}
