package io.github.pageferry.sim.mm;

import org.jspecify.annotations.Nullable;

/**
 * A lock that its holder may be parted from other tasks with: a {@code struct rw_semaphore}, a mutex, or a spinlock under which
 * page tables are locked. Only a machine with a {@link Scheduler} takes them.
 */
public final class KernelLock {

  private final String name;
  /** Who holds it for itself alone. */
  public @Nullable Task writer;
  /** How many hold it together. */
  public int readers;

  public KernelLock(String name) {
    this.name = name;
  }

  /** Whether nobody holds it for itself. */
  public boolean isReadable() {
    return writer == null;
  }

  /** Whether nobody holds it at all. */
  public boolean isFree() {
    return writer == null && readers == 0;
  }

  @Override
  public String toString() {
    String holder = writer != null ? ", held by task " + writer : readers > 0 ? ", held by " + readers + " readers" : "";
    return name + holder;
  }
}
