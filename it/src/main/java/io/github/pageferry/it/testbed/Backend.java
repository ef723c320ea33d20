package io.github.pageferry.it.testbed;

import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Workload;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Something that answers workloads: a kernel, a model of one, or a folder of recorded traces. */
public interface Backend extends AutoCloseable {

  /** As named on the command line, for example {@code host} or {@code sim:6.18}. */
  String name();

  /** What stands as {@code kernel} in its traces. */
  String kernel();

  /** The machine in a few words for people: what answers, and which nodes with memory it has. */
  String description();

  /**
   * More of the machine, for people who read a report elsewhere: what each fact is about, and the fact. Nothing that tells
   * one machine of a kind from another, as a host's name does.
   */
  default Map<String, String> facts() {
    return Map.of();
  }

  /** How many nodes with memory the machine has, numbered from 0 on without a gap; empty where that is not known. */
  default OptionalInt nodes() {
    return OptionalInt.empty();
  }

  /**
   * Answers one workload; a workload that cannot run here is answered with a trace that says why it was skipped. An exception
   * is about that workload alone, but for a {@link io.github.pageferry.it.run.CannotRunException}: nothing can be run any more.
   */
  Trace run(Workload workload);

  /**
   * Gives its machine up, so that the next workload meets one on which nothing ran before.
   *
   * @return whether it does; not where there is but one machine, or where every workload has one of its own anyway
   */
  default boolean renew() {
    return false;
  }

  /**
   * How long an answer may take from now on before {@link #run} ends with an exception. One that cannot hang has no limit.
   *
   * @param limit of no effect where it is above the backend's own; empty for that
   */
  default void limitAnswers(Optional<Duration> limit) {
    // has no limit
  }

  /** Whether its last workload ended since no answer came in time. */
  default boolean hasHung() {
    return false;
  }

  /** Undoes whatever it changed on the machine. */
  @Override
  void close();
}
