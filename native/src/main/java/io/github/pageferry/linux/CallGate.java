package io.github.pageferry.linux;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets any number of calls through until it is closed; closing waits for those that are under way. Allocates nothing. */
final class CallGate {

  private static final int CLOSED = Integer.MIN_VALUE;

  private final String name;
  /** How many calls are under way, and {@link #CLOSED} as its sign bit. */
  private final AtomicInteger state = new AtomicInteger();
  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * @param name what stands behind the gate, for the error
   */
  CallGate(String name) {
    this.name = name;
  }

  /**
   * Begins a call, which is to {@link #leave}.
   *
   * @throws IllegalStateException where the gate is closed
   */
  void enter() {
    int calls = state.get();
    while (calls >= 0 && !state.compareAndSet(calls, calls + 1)) {
      calls = state.get();
    }
    if (calls < 0) {
      throw new IllegalStateException(name + " is closed");
    }
  }

  /** Ends a call. */
  void leave() {
    if (state.decrementAndGet() == CLOSED) {
      ended.countDown();
    }
  }

  /** Lets no more calls begin, and returns when all have ended, interrupted or not. Closing again does nothing more. */
  void close() {
    if (state.updateAndGet(calls -> calls | CLOSED) == CLOSED) {
      ended.countDown();
    }
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
