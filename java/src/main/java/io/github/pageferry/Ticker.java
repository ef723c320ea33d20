package io.github.pageferry;

import java.util.concurrent.TimeUnit;

/** Time as it passes; tests put their own in its place. */
interface Ticker {

  Ticker SYSTEM = new Ticker() {
    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public void sleep(long nanos) throws InterruptedException {
      TimeUnit.NANOSECONDS.sleep(nanos);
    }
  };

  /** As {@link System#nanoTime()}. */
  long nanoTime();

  /** Lets this many nanoseconds pass. */
  void sleep(long nanos) throws InterruptedException;
}
