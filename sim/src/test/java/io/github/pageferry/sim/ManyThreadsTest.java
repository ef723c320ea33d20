package io.github.pageferry.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.PageBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** One migrator, 64 threads, each with pages and a policy of its own; and one that closes it under way. */
class ManyThreadsTest {

  private static final int THREADS = 64;

  /** Each in mappings of its own: an mbind that begins inside a mapping may lose the part below in 2.6.36. */
  private static long baseOf(int thread) {
    return 0x7000_0000_0000L + thread * (4L << 20);
  }

  private static void work(MemoryMigrator migrator, int thread) {
    PageBatch batch = PageBatch.ofCapacity(100);
    int node = thread % 4;
    migrator.setPolicy(MemoryPolicy.bind(node));
    for (int round = 0; round < 20; round++) {
      int target = (node + round) % 4;
      batch.clear();
      batch.addRun(baseOf(thread), 4096, 100, target);
      migrator.movePages(MemoryMigrator.SELF, batch, Set.of(MoveFlag.MOVE));
      migrator.queryPages(MemoryMigrator.SELF, batch);
      for (int i = 0; i < 100; i++) {
        assertThat(batch.status(i)).isEqualTo(target);
      }
      assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.bind(node));
      migrator.bind(baseOf(thread), 100 * 4096, MemoryPolicy.bind(target), Set.of(MoveFlag.MOVE));
      migrator.topology();
    }
  }

  private static List<Future<?>> onAll(ExecutorService pool, MemoryMigrator migrator) {
    List<Future<?>> futures = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      int number = thread;
      futures.add(pool.submit(() -> work(migrator, number)));
    }
    return futures;
  }

  @Test
  void threadsDoNotDisturbEachOther() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      for (Future<?> future : onAll(pool, Machines.open("2.6.36 nodes:4 memory:256MiB"))) {
        future.get();
      }
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void closingUnderWayEndsCallsAsClosed() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      MemoryMigrator migrator = Machines.open("2.6.36 nodes:4 memory:256MiB");
      List<Future<?>> futures = onAll(pool, migrator);
      migrator.close();
      for (Future<?> future : futures) {
        try {
          future.get();
        } catch (ExecutionException e) {
          assertThat(e.getCause()).isInstanceOf(IllegalStateException.class).hasMessageContaining("is closed");
        }
      }
    } finally {
      pool.shutdown();
    }
  }
}
