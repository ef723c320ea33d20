package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ConcurrencyTest {

  private static final int PAGE = ScriptedMigrator.PAGE;
  private static final long BASE = 0x7f00_0000_0000L;
  private static final int THREADS = 64;
  private static final int PAGES = 1300;

  private final ScriptedMigrator migrator = new ScriptedMigrator(0, 1);

  @Test
  void sixtyFourThreadsShareAPinner() throws Exception {
    BufferPinner pinner = BufferPinner.on(migrator, PinOptions.builder().batchBytes(1).threads(2).build());
    for (int i = 0; i < THREADS; i++) {
      migrator.map(BASE + (long) i * PAGES * PAGE, PAGES, 0);
    }
    List<Callable<MoveReport>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      long start = BASE + (long) i * PAGES * PAGE;
      tasks.add(i % 2 == 0
          ? () -> pinner.pin(start, (long) PAGES * PAGE, 1)
          : () -> pinner.interleave(start, (long) PAGES * PAGE, NodeSet.of(0, 1)));
    }
    for (MoveReport report : runAll(tasks)) {
      boolean pin = report.operation().startsWith("pin");
      assertThat(report.complete()).as(report.summary()).isTrue();
      assertThat(report.pages()).isEqualTo(PAGES);
      assertThat(report.movedPages()).isEqualTo(pin ? PAGES : PAGES / 2);
      assertThat(report.after().onNode(1)).isEqualTo(pin ? PAGES : PAGES / 2);
    }
  }

  @Test
  void sixtyFourThreadsPullAtTheSamePages() throws Exception {
    BufferPinner pinner = BufferPinner.on(migrator, PinOptions.builder().retries(0).build());
    migrator.map(BASE, PAGES, 0);
    List<Callable<MoveReport>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int node = i % 2;
      tasks.add(() -> pinner.pin(BASE, (long) PAGES * PAGE, node));
    }
    for (MoveReport report : runAll(tasks)) {
      assertThat(report.after().present()).isEqualTo(PAGES);
    }
    assertThat(migrator.countOn(0) + migrator.countOn(1)).isEqualTo(PAGES);
  }

  /** What a closed migrator answers comes out of the call, and no thread is left behind or waits for ever. */
  @Test
  void closingMeanwhileEndsEveryUse() throws Exception {
    BufferPinner pinner = BufferPinner.on(migrator, PinOptions.builder().batchBytes(1).threads(3).build());
    migrator.map(BASE, PAGES, 0);
    CountDownLatch busy = new CountDownLatch(200);
    migrator.beforeCall = busy::countDown;
    List<Callable<MoveReport>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int node = i % 2;
      tasks.add(() -> {
        while (true) {
          pinner.pin(BASE, (long) PAGES * PAGE, node);
        }
      });
    }
    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    List<Future<MoveReport>> futures = tasks.stream().map(executor::submit).toList();
    busy.await();
    migrator.close();
    for (Future<MoveReport> future : futures) {
      assertThat(failureOf(future)).isInstanceOf(IllegalStateException.class);
    }
    executor.shutdown();
    assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().startsWith("pageferry-"));
  }

  private static Throwable failureOf(Future<?> future) throws InterruptedException {
    try {
      future.get();
      return new AssertionError("it ended without a failure");
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  private static List<MoveReport> runAll(List<Callable<MoveReport>> tasks) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(tasks.size());
    try {
      List<MoveReport> reports = new ArrayList<>();
      for (Future<MoveReport> future : executor.invokeAll(tasks)) {
        reports.add(future.get());
      }
      return reports;
    } finally {
      executor.shutdown();
    }
  }
}
