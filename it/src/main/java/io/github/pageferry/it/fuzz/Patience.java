package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.workload.Workload;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long it may take to repeat and to reduce a finding, and to meet a known hang again. What hangs costs as much as it is
 * waited for, over and over, and a backend's own limit is for any workload on any machine; how long this machine takes for
 * workloads of this kind shows in those that it answers. Booting a machine is no part of an answer, and takes longer than most:
 * what may have booted one shows nothing.
 */
final class Patience {

  /** So many times as long as the longest answer, at least {@link #LEAST}: the machine may be busier than it was. */
  static final int TIMES = 10;

  static final Duration LEAST = Duration.ofSeconds(30);

  /** For one finding. */
  static final Duration IN_ALL = Duration.ofMinutes(30);

  private final LongSupplier clock;
  private Duration longest = Duration.ZERO;
  private boolean booted;
  private long end;

  /**
   * @param clock nanoseconds, from any origin
   */
  Patience(LongSupplier clock) {
    this.clock = clock;
  }

  /** Runs a workload, and learns from how long that takes where it ends on machines that were there before. */
  Trial time(Trial.Bench bench, Workload workload) {
    long start = clock.getAsLong();
    Trial trial = bench.run(workload);
    Duration took = Duration.ofNanos(clock.getAsLong() - start);
    if (booted && trial.failure().isEmpty() && took.compareTo(longest) > 0) {
      longest = took;
    }
    // a side that breaks is started anew, and one that was not asked yet may still have to be started
    booted = trial.failure().isEmpty() && (booted || trial.against().isPresent());
    return trial;
  }

  /** Both sides' machines are given up: they are booted when they are needed next. */
  void machinesAreNew() {
    booted = false;
  }

  /** Whether machines are there, and it has been seen how long such take. */
  boolean knowsTheirTime() {
    return booted && !longest.isZero();
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
