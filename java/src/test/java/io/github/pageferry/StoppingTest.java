package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Progress, throttling, cancellation, and failures half-way. */
class StoppingTest {

  private static final int PAGE = ScriptedMigrator.PAGE;
  private static final long BASE = 0x7f00_0000_0000L;
  private static final int BATCH_PAGES = 512;
  private static final int PAGES = 10 * BATCH_PAGES;

  private final ScriptedMigrator migrator = new ScriptedMigrator(0, 1).map(BASE, PAGES, 0);
  private final FakeTicker ticker = new FakeTicker();
  private final List<MoveProgress> steps = Collections.synchronizedList(new ArrayList<>());

  private PinOptions.Builder options() {
    return PinOptions.builder().batchBytes(BATCH_PAGES * PAGE).threads(1).ticker(ticker).onProgress(steps::add);
  }

  private MoveReport pin(PinOptions.Builder options) {
    return BufferPinner.on(migrator, options.build()).pin(BASE, (long) PAGES * PAGE, 1);
  }

  @Test
  void tellsOfEachBatch() {
    pin(options());

    assertThat(steps).hasSize(10).startsWith(new MoveProgress(PAGES, BATCH_PAGES, BATCH_PAGES * PAGE))
        .endsWith(new MoveProgress(PAGES, PAGES, (long) PAGES * PAGE));
  }

  @Test
  void progressOfSeveralThreadsNeverGoesBack() {
    pin(options().threads(8));

    assertThat(steps).hasSize(10).isSortedAccordingTo((a, b) -> Long.compare(a.pagesDone(), b.pagesDone()));
    assertThat(steps.get(9).bytesMoved()).isEqualTo((long) PAGES * PAGE);
  }

  @Test
  void cancelsBetweenBatchesAndReportsWhatWasDone() {
    MoveReport report = pin(options().cancelWhen(() -> steps.size() == 3));

    assertThat(report.cancelled()).isTrue();
    assertThat(report.complete()).isFalse();
    assertThat(report.movedPages()).isEqualTo(3 * BATCH_PAGES);
    assertThat(report.notAttempted()).isEqualTo(7 * BATCH_PAGES);
    assertThat(report.before().byStatus())
        .containsOnly(entry(0, 3L * BATCH_PAGES), entry(PageStatus.NOT_ATTEMPTED, 7L * BATCH_PAGES));
    assertThat(migrator.countOn(1)).isEqualTo(3 * BATCH_PAGES);
    assertThat(report.summary()).contains("cancelled", "not attempted: 3584 pages");
  }

  @Test
  void aWishToCancelThatComesTooLateChangesNothing() {
    MoveReport report = pin(options().cancelWhen(() -> steps.size() == 10));

    assertThat(report.cancelled()).isFalse();
    assertThat(report.complete()).isTrue();
  }

  @Test
  void cancelsBetweenTheCallsThatOneBatchTakes() {
    for (int i = 0; i < PAGES; i += 10) {
      migrator.pinned.add(BASE / PAGE + i);
      migrator.shared.add(BASE / PAGE + i + 5);
    }
    MoveReport report = pin(options().futurePages(FuturePages.UNCHANGED).batchBytes(1L << 30).retries(0)
        .cancelWhen(() -> migrator.count("move_pages") == 2));

    assertThat(report.cancelled()).isTrue();
    assertThat(migrator.count("move_pages")).isEqualTo(2);
    assertThat(report.stayedUnexplained()).as("one in each run that was tried").isEqualTo(2);
    assertThat(report.stayed()).containsExactly(entry(Errno.EACCES, 2L));
    assertThat(report.notAttempted()).as("the rest").isGreaterThan(PAGES / 2);
    assertThat(report.movedPages() + report.stayedPages() + report.notAttempted()).isEqualTo(PAGES);
  }

  @Test
  void aWishToCancelKeepsItFromTryingAgain() {
    migrator.busy.put(BASE / PAGE + PAGES - 1, 100);
    MoveReport report = pin(options().futurePages(FuturePages.UNCHANGED).retries(50)
        .cancelWhen(() -> migrator.count("move_pages") == 12));

    assertThat(report.cancelled()).isTrue();
    assertThat(report.stayed()).containsExactly(entry(Errno.EBUSY, 1L));
    assertThat(report.retries()).isEqualTo(2);
  }

  @Test
  void anInterruptCancelsAndTheThreadStaysInterrupted() {
    migrator.beforeCall = () -> {
      if (migrator.count("mbind") == 4) {
        Thread.currentThread().interrupt();
      }
    };
    MoveReport report = pin(options());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(report.cancelled()).isTrue();
    assertThat(report.movedPages()).isBetween(1L, PAGES - 1L);
  }

  @Test
  void waitsSoThatTheLimitHoldsOnAverage() {
    MoveReport report = pin(options().bytesPerSecond(4 << 20));

    assertThat(report.elapsed().toNanos()).as("20 MiB at 4 MiB/s").isBetween(4_990_000_000L, 5_010_000_000L);
    assertThat(ticker.sleeps).hasSize(10).allSatisfy(nanos -> assertThat(nanos).isBetween(499_000_000L, 501_000_000L));
    assertThat(report.bytesPerSecond()).isBetween(4.19e6, 4.2e6);
  }

  @Test
  void doesNotWaitForPagesThatNeedNotMove() {
    migrator.map(BASE, PAGES, 1);
    pin(options().bytesPerSecond(1));

    assertThat(ticker.sleeps).isEmpty();
  }

  @Test
  void smallLimitsMakeSmallBatches() {
    BufferPinner.on(migrator, PinOptions.builder().bytesPerSecond(32 << 20).threads(1).ticker(ticker).onProgress(steps::add)
        .build()).pin(BASE, (long) PAGES * PAGE, 1);

    assertThat(steps).as("4 MiB each, and no more than 2 MiB where a limit is smaller still").hasSize(5);
  }

  @Test
  void aFullNodeEndsTheWorkAndIsAResult() {
    migrator.room.put(1, 2 * BATCH_PAGES + 100);
    MoveReport report = pin(options().futurePages(FuturePages.UNCHANGED));

    assertThat(report.failure()).get().extracting(MemoryCallException::errno).isEqualTo(Errno.ENOMEM);
    assertThat(report.complete()).isFalse();
    assertThat(report.movedPages()).isEqualTo(2 * BATCH_PAGES + 100);
    assertThat(report.stayed()).containsExactly(entry(Errno.ENOMEM, BATCH_PAGES - 100L));
    assertThat(report.notAttempted()).isEqualTo(7 * BATCH_PAGES);
    assertThat(report.summary()).contains("failed", "ENOMEM (out of memory");
  }

  @Test
  void aNodeThatIsFullFromTheBeginningIsAResultToo() {
    migrator.room.put(1, 0);
    MoveReport report = pin(options());

    assertThat(report.failure()).isPresent();
    assertThat(report.movedPages()).isZero();
    assertThat(report.stayed()).containsExactly(entry(Errno.ENOMEM, (long) BATCH_PAGES));
  }

  @Test
  void aFailureBeforeAnythingMovedIsThrown() {
    failMovesFromThe(1);
    assertThatThrownBy(() -> pin(options().futurePages(FuturePages.UNCHANGED)))
        .isInstanceOf(MemoryCallException.class).hasMessageContaining("ENODEV");
    assertThat(migrator.countOn(1)).isZero();
  }

  @Test
  void aFailureAfterSomethingMovedIsReported() {
    failMovesFromThe(3);
    MoveReport report = pin(options().futurePages(FuturePages.UNCHANGED));

    assertThat(report.failure()).get().extracting(MemoryCallException::errno).isEqualTo(Errno.ENODEV);
    assertThat(report.movedPages()).isEqualTo(2 * BATCH_PAGES);
    assertThat(report.stayed()).containsExactly(entry(Errno.ENODEV, (long) BATCH_PAGES));
    assertThat(report.notAttempted()).isEqualTo(7 * BATCH_PAGES);
    assertThat(report.cancelled()).isFalse();
  }

  private void failMovesFromThe(int nth) {
    migrator.failMove = () -> migrator.count("move_pages") >= nth ? Errno.ENODEV : null;
  }

  @Test
  void anExceptionInOneThreadStopsTheOthers() {
    int pages = 200 * BATCH_PAGES;
    migrator.map(BASE, pages, 0);
    AtomicBoolean first = new AtomicBoolean(true);
    BufferPinner pinner = BufferPinner.on(migrator, options().threads(4).onProgress(step -> {
      if (first.getAndSet(false)) {
        throw new IllegalArgumentException("enough");
      }
    }).build());

    assertThatThrownBy(() -> pinner.pin(BASE, (long) pages * PAGE, 1)).hasMessage("enough");
    assertThat(migrator.countOn(1)).isLessThan(pages);
  }

  @Test
  void anExceptionOfTheListenerEndsTheWorkAndComesOut() {
    assertThatThrownBy(() -> pin(options().threads(4).onProgress(step -> {
      throw new IllegalArgumentException("enough");
    }))).isInstanceOf(IllegalArgumentException.class).hasMessage("enough");
    assertThat(migrator.countOn(1)).as("no more than each thread's first batch").isLessThanOrEqualTo(4 * BATCH_PAGES);
  }
}
