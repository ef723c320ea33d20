package io.github.pageferry.it.host;

import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryPolicy;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The one thread on which a run happens: bound to one CPU, under the default memory policy. What a thread has of its
 * own (CPU, policy, cpuset, traced children) is this thread's alone and goes with it.
 */
final class RunThread implements AutoCloseable {

  private final int cpu;
  private final ExecutorService executor;

  /**
   * Starts it.
   *
   * @param cpu the number of the CPU that it stays on
   */
  RunThread(MemoryMigrator migrator, int cpu) {
    this.cpu = cpu;
    executor = Executors.newSingleThreadExecutor(task -> {
      Thread thread = new Thread(task, "pageferry-run");
      thread.setDaemon(true);
      return thread;
    });
    try {
      call(() -> {
        bindToCpu();
        migrator.setPolicy(MemoryPolicy.DEFAULT);
        return null;
      });
    } catch (RuntimeException e) {
      executor.shutdown();
      throw e;
    }
  }

  /** Binds the calling thread, which must be this one, to its CPU (again). */
  void bindToCpu() {
    Cpus.bindCallingThread(cpu);
  }

  /**
   * Does something on the thread and waits for it, however often the caller is interrupted meanwhile.
   *
   * @throws IllegalStateException after {@link #close}
   */
  <T> T call(Callable<T> work) {
    Future<T> future;
    try {
      future = executor.submit(work);
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("the session is closed", e);
    }
    return Futures.await(future);
  }

  /** Ends the thread, after what it is doing. */
  @Override
  public void close() {
    executor.shutdown();
    try {
      executor.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
