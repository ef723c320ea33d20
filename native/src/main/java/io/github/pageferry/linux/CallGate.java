package io.github.pageferry.linux;

import java.util.concurrent.locks.StampedLock;

/** Lets any number of calls through until it is closed; closing waits for those that are under way. Allocates nothing. */
final class CallGate {

  private final StampedLock lock = new StampedLock();
  private final String name;
  /** Written under the write lock, read under the read lock. */
  private boolean closed;

  /**
   * @param name what stands behind the gate, for the error
   */
  CallGate(String name) {
    this.name = name;
  }

  /**
   * Begins a call.
   *
   * @return to be given to {@link #leave} when it ends
   * @throws IllegalStateException where the gate is closed
   */
  long enter() {
    long stamp = lock.readLock();
    if (closed) {
      lock.unlockRead(stamp);
      throw new IllegalStateException(name + " is closed");
    }
    return stamp;
  }

  /** Ends a call. */
  void leave(long stamp) {
    lock.unlockRead(stamp);
  }

  /** Lets no more calls begin, and returns when all have ended. Closing again does nothing. */
  void close() {
    long stamp = lock.writeLock();
    closed = true;
    lock.unlockWrite(stamp);
  }
}
