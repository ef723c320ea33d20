package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.mm.KernelLock;
import io.github.pageferry.sim.mm.Scheduler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A scheduler that has nobody but the task that runs, and the disk; it remembers where others could have come in. */
final class OneTask implements Scheduler {

  private final List<At> points = new ArrayList<>();
  private final Set<KernelLock> locks = new LinkedHashSet<>();
  private int preemptCount;
  private @Nullable At hooked;
  private Runnable other = () -> {};
  private @Nullable BlockDevice disk;

  /** Tells it of the disk that tasks wait for. */
  void attach(Kernel k) {
    disk = k.blockDevice;
  }

  /** How often the task could have been parted from others at such a point while it did this; all locks are free afterwards. */
  int count(At at, Runnable what) {
    points.clear();
    what.run();
    assertAllFree();
    return Collections.frequency(points, at);
  }

  /** Has somebody else do something, once, at the next such point; it must not wait for what the task holds. */
  void next(At at, Runnable what) {
    hooked = at;
    other = what;
  }

  private void comeTo(At at) {
    points.add(at);
    if (at == hooked && preemptCount == 0) {
      hooked = null;
      other.run();
    }
  }

  /** Whoever is done holds nothing. */
  void assertAllFree() {
    assertThat(locks).allMatch(KernelLock::isFree);
    assertThat(preemptCount).as("spinlocks held").isZero();
  }

  @Override
  public void point(At at, int page) {
    comeTo(at);
  }

  @Override
  public void waitUntil(At at, int page, BooleanSupplier condition, Object what) {
    assertThat(preemptCount).as("spinlocks held where it sleeps for %s", at).isZero();
    comeTo(at);
    if (what instanceof KernelLock lock) {
      locks.add(lock);
    }
    while (!condition.getAsBoolean() && disk != null && disk.isBusy()) {
      disk.interrupt();
    }
    assertThat(condition.getAsBoolean()).as("%s may go on", what).isTrue();
  }

  @Override
  public void preemptDisable() {
    preemptCount++;
  }

  @Override
  public void preemptEnable() {
    preemptCount--;
    assertThat(preemptCount).isNotNegative();
  }

  @Override
  public void outcome(At at, int page, boolean success) {}
}
