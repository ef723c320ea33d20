package io.github.pageferry.it.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a run that a signal ends (SIGINT, SIGTERM, SIGHUP) take away what it made: the virtual machine goes on until the
 * thread that opened the guard has closed it, and that thread is asked to come to an end. Commands that do not ask for it
 * end at once.
 */
final class RunGuard implements Ending, AutoCloseable {

  /** No step takes longer but one that waits for ksmd, which gives up after two minutes. */
  private static final int PATIENCE_SECONDS = 150;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = new Thread(this::awaitEnd, "pageferry-end");
  private volatile boolean requested;
  private volatile boolean orderly;

  RunGuard() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  @Override
  public boolean requested() {
    return requested;
  }

  @Override
  public void beOrderly() {
    orderly = true;
  }

  private void awaitEnd() {
    requested = true;
    if (!orderly) {
      return;
    }
    try {
      done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    done.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The end has begun between the two lines.
      }
    }
  }
}
