package io.github.pageferry.it.host;

/** Short waits for the kernel. */
final class Pause {

  private Pause() {}

  /** Sleeps; an interrupt is kept for later, and the wait goes on. */
  static void millis(long millis) {
    boolean interrupted = false;
    long end = System.nanoTime() + millis * 1_000_000;
    for (long left = millis; left > 0; left = (end - System.nanoTime()) / 1_000_000) {
      try {
        Thread.sleep(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
