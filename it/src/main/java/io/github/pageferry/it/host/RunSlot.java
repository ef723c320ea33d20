package io.github.pageferry.it.host;

import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/** The right to run in this JVM, which one run has at a time. */
final class RunSlot implements AutoCloseable {

  private static final Semaphore FREE = new Semaphore(1);

  /** Two minutes. */
  private static final int ATTEMPTS = 24_000;

  private static final int MILLIS = 5;

  private RunSlot() {}

  /**
   * Waits for it.
   *
   * @param givenUp whether there is no more point in waiting
   * @throws IllegalStateException where another run keeps it for minutes, or {@code givenUp} says so
   */
  static RunSlot take(BooleanSupplier givenUp) {
    for (int i = 0; i < ATTEMPTS; i++) {
      if (FREE.tryAcquire()) {
        return new RunSlot();
      }
      if (givenUp.getAsBoolean()) {
        break;
      }
      Pause.millis(MILLIS);
    }
    throw new IllegalStateException("another session is open in this JVM and does not end");
  }

  /** Gives it back; to be called once. */
  @Override
  public void close() {
    FREE.release();
  }
}
