package io.github.pageferry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One use of {@link BufferPinner} that looks where pages are and moves none. */
final class LocateJob {

  private final MemoryMigrator migrator;
  private final PinOptions options;
  private final PageGeometry geometry;
  private final PageRuns runs;
  private final ScratchPool scratchPool;
  private final Access access;
  private final Operation operation;
  private final WorkCursor cursor;
  private final StatusTable table;

  LocateJob(MemoryMigrator migrator, PinOptions options, MemoryRange range, PageGeometry geometry, ScratchPool pool) {
    this.migrator = migrator;
    this.options = options;
    scratchPool = pool;
    this.geometry = geometry;
    runs = PageRuns.covering(List.of(range), geometry.shift());
    access = new Access(migrator.capabilities());
    operation = new Operation(options, runs.pages(), geometry.bytes());
    cursor = new WorkCursor(runs, 1);
    table = new StatusTable(runs.pages(), pool.chunkPages());
  }

  LocateReport run() {
    List<Worker> workers = new ArrayList<>();
    int threads = Operation.threads(options, runs.pages(), scratchPool.chunkPages());
    for (int i = 0; i < threads; i++) {
      workers.add(new Worker(scratchPool.take()));
    }
    operation.run(workers);
    StatusTally tally = new StatusTally();
    for (Worker worker : workers) {
      scratchPool.giveBack(worker.scratch);
      tally.addAll(worker.tally);
    }
    long unseen = runs.pages() - cursor.handedOut();
    tally.add(PageStatus.NOT_ATTEMPTED, unseen);
    return new LocateReport(runs.count() == 0 ? 0 : runs.first(0) << geometry.shift(), geometry.bytes(), table,
        tally.toCounts(geometry.bytes()), Duration.ofNanos(operation.elapsedNanos()), unseen > 0);
  }

  private final class Worker implements Runnable {
    private final Scratch scratch;
    private final StatusTally tally = new StatusTally();
    private final Locator locator;

    Worker(Scratch scratch) {
      this.scratch = scratch;
      locator = new Locator(migrator, access, options.queryByFault(), geometry.shift(), scratch.batch);
    }

    @Override
    public void run() {
      while (!operation.stopping()) {
        long first = cursor.next(scratch.chunk);
        if (first < 0) {
          return;
        }
        int pages = scratch.chunk.pages();
        locator.look(scratch.chunk, scratch.status);
        if (scratch.status[0] == StatusTally.UNKNOWN) {
          throw new UnsupportedOperationException("nothing but move_pages says where pages are without bringing them"
              + " in, which PinOptions.queryByFault would allow; it may not be called: " + access.moveRefusal());
        }
        table.set(first, scratch.status, pages);
        tally.addAll(scratch.status, pages);
        operation.done(pages, 0);
      }
    }
  }
}
