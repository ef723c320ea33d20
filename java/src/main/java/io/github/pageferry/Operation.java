package io.github.pageferry;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Work on many chunks of pages by several threads, the caller's among them: when to stop, and how fast to go. The first
 * failure of one thread stops the others after the chunk that they are at.
 */
final class Operation {

  /** Unless more are asked for: they wait for each other in the kernel. */
  private static final int MOST_THREADS = 4;

  private final PinOptions options;
  private final long pages;
  private final long pageBytes;
  private final long startNanos;
  private final Thread caller = Thread.currentThread();
  private long pagesDone;
  private long bytesMoved;
  private volatile boolean cancelled;
  private volatile @Nullable MemoryCallException failure;
  private volatile @Nullable Throwable broken;

  Operation(PinOptions options, long pages, long pageBytes) {
    this.options = options;
    this.pages = pages;
    this.pageBytes = pageBytes;
    startNanos = options.ticker().nanoTime();
  }

  /** How many threads are to work: as many as was asked for, or as pay, and no more than there are chunks. */
  static int threads(PinOptions options, long pages, int chunkPages) {
    long chunks = Math.max(1, (pages + chunkPages - 1) / chunkPages);
    if (options.threads() > 0) {
      return (int) Math.min(options.threads(), chunks);
    }
    int most = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    return (int) Math.max(1, Math.min(chunks / 2, most));
  }

  /** Runs each of the tasks in a thread, the first one in the caller's; returns when all have ended. */
  void run(List<? extends Runnable> tasks) {
    List<Thread> helpers = new ArrayList<>();
    for (Runnable task : tasks.subList(1, tasks.size())) {
      Thread helper = new Thread(() -> guard(task), "pageferry-" + (helpers.size() + 1));
      helper.setDaemon(true);
      try {
        helper.start();
      } catch (OutOfMemoryError e) {
        // No thread to be had: fewer then. Each takes chunks for as long as there are some.
        break;
      }
      helpers.add(helper);
    }
    guard(tasks.get(0));
    helpers.forEach(this::join);
    rethrow(broken);
  }

  private void guard(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      synchronized (this) {
        if (broken == null) {
          broken = e;
        } else {
          broken.addSuppressed(e);
        }
      }
    }
  }

  /**
   * Helpers use memory that the caller may free when it returns, so that not even an interrupt keeps it from waiting.
   */
  private void join(Thread helper) {
    boolean interrupted = false;
    while (true) {
      try {
        helper.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
        cancelled = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void rethrow(@Nullable Throwable broken) {
    if (broken instanceof RuntimeException e) {
      throw e;
    }
    if (broken instanceof Error e) {
      throw e;
    }
  }

  /** Whether no more is to be begun. */
  boolean stopping() {
    if (!cancelled && (caller.isInterrupted() || options.cancelled().getAsBoolean())) {
      cancelled = true;
    }
    return cancelled || failure != null || broken != null;
  }

  /** Ends the work, since this call failed; what has been done stays done and is reported. */
  synchronized void fail(MemoryCallException e) {
    if (failure == null) {
      failure = e;
    }
  }

  @Nullable MemoryCallException failure() {
    return failure;
  }

  boolean cancelled() {
    return cancelled;
  }

  long elapsedNanos() {
    return options.ticker().nanoTime() - startNanos;
  }

  /** Tells how far the work has come, then waits for as long as the limit of bytes a second wants. */
  void done(long chunkPages, long chunkPagesMoved) {
    long due;
    synchronized (this) {
      pagesDone += chunkPages;
      bytesMoved += chunkPagesMoved * pageBytes;
      due = options.bytesPerSecond() == 0 ? 0 : (long) ((double) bytesMoved / options.bytesPerSecond() * 1e9);
      options.progress().accept(new MoveProgress(pages, pagesDone, bytesMoved));
    }
    sleep(due - elapsedNanos());
  }

  /** Waits, unless the work is to stop anyway. */
  void sleep(long nanos) {
    if (nanos <= 0 || stopping()) {
      return;
    }
    try {
      options.ticker().sleep(nanos);
    } catch (InterruptedException e) {
      cancelled = true;
      Thread.currentThread().interrupt();
    }
  }
}
