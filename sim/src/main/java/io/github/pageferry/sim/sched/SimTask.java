package io.github.pageferry.sim.sched;

import io.github.pageferry.sim.mm.Scheduler.At;
import io.github.pageferry.sim.mm.Task;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A task of an interleaved run: what it does, and where it stands. */
final class SimTask {

  final int index;
  final String name;
  final Runnable body;
  final Carrier carrier;
  /** {@code current} while it is not running. */
  @Nullable Task current;
  /** Where it was parted from others last. */
  At at = At.USER;
  int page;
  /** What it sleeps for; null where it could run. */
  @Nullable BooleanSupplier condition;
  /** The name of that. */
  @Nullable Object what;
  /** {@code preempt_count}. */
  int preemptCount;
  boolean done;

  SimTask(int index, String name, Carrier carrier, Runnable body) {
    this.index = index;
    this.name = name;
    this.carrier = carrier;
    this.body = body;
  }

  boolean isReady() {
    BooleanSupplier waits = condition;
    return !done && (waits == null || waits.getAsBoolean());
  }

  /** Where it stands, as a deadlock's report says it. */
  String where() {
    return name + " waits in " + at + (page != 0 ? " for page " + page : "") + (what != null && what != at ? " for " + what : "");
  }
}
