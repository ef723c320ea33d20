package io.github.pageferry.it.host;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** Waiting for what another thread does. */
public final class Futures {

  private Futures() {}

  /**
   * Does the work on a new thread of this name, which ends with it, and waits.
   *
   * @throws RuntimeException the one that the work ended with; a checked exception is the cause of an
   *     {@link IllegalStateException}
   */
  public static <T> T onNewThread(String name, Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return await(task);
  }

  /**
   * Waits for the result, however often this thread is interrupted meanwhile.
   *
   * @throws RuntimeException the one that the work ended with; a checked exception is the cause of an
   *     {@link IllegalStateException}
   */
  static <T> T await(Future<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw unchecked(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException unchecked(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
  }
}
