package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.workload.Workload;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long the reduction of a finding may take. What hangs costs as much as it is waited for, over and over, and a backend's
 * own limit is for any workload on any machine; how long this machine takes for workloads of this kind shows in those that
 * it answers.
 */
final class Patience {

  /** So many times as long as the longest answer, at least {@link #LEAST}: the machine may be busier than it was. */
  static final int TIMES = 10;

  static final Duration LEAST = Duration.ofSeconds(30);

  /** For one finding. */
  static final Duration IN_ALL = Duration.ofMinutes(30);

  private final LongSupplier clock;
  private Duration longest = Duration.ZERO;
  private long end;

  /**
   * @param clock nanoseconds, from any origin
   */
  Patience(LongSupplier clock) {
    this.clock = clock;
  }

  /** Runs a workload, and learns from how long that takes where it ends. */
  Trial time(Trial.Bench bench, Workload workload) {
    long start = clock.getAsLong();
    Trial trial = bench.run(workload);
    Duration took = Duration.ofNanos(clock.getAsLong() - start);
    if (trial.failure().isEmpty() && took.compareTo(longest) > 0) {
      longest = took;
    }
    return trial;
  }

  /** How long an answer may take. */
  Duration forAnAnswer() {
    Duration usual = longest.multipliedBy(TIMES);
    return usual.compareTo(LEAST) > 0 ? usual : LEAST;
  }

  /** A reduction begins. */
  void begin() {
    end = clock.getAsLong() + IN_ALL.toNanos();
  }

  /** Whether the reduction has taken as long as it may. */
  boolean isOver() {
    return clock.getAsLong() - end >= 0;
  }
}
