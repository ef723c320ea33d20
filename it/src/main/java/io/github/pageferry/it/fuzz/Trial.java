package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.run.Divergence;
import io.github.pageferry.it.run.Recorder;
import io.github.pageferry.it.run.TraceDiff;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Workload;
import java.util.List;
import java.util.Optional;

/**
 * One workload on two backends.
 *
 * @param on what the examined backend answered; empty where it broke
 * @param against what the other one answered; empty where it broke, or was not asked since the first broke or skipped
 * @param divergences where they differ; none unless both ran it
 * @param by the backend that broke or skipped it; empty where both ran it
 * @param failure what broke, or empty
 */
record Trial(
    Optional<Trace> on, Optional<Trace> against, List<Divergence> divergences, String by, Optional<String> failure) {

  /** Something that tries a workload, perhaps over and over. */
  interface Bench {
    Trial run(Workload workload);
  }

  /** Runs a workload on both, one after the other. */
  static Trial run(Backend on, Backend against, Workload workload) {
    Recorder.Result first = Recorder.run(on, workload);
    if (first.failure().isPresent() || first.trace().flatMap(Trace::skipped).isPresent()) {
      return new Trial(first.trace(), Optional.empty(), List.of(), on.name(), first.failure());
    }
    Recorder.Result second = Recorder.run(against, workload);
    if (second.failure().isPresent() || second.trace().flatMap(Trace::skipped).isPresent()) {
      return new Trial(first.trace(), second.trace(), List.of(), against.name(), second.failure());
    }
    List<Divergence> divergences =
        TraceDiff.compare(Optional.of(workload), first.trace().orElseThrow(), second.trace().orElseThrow());
    return new Trial(first.trace(), second.trace(), divergences, "", Optional.empty());
  }

  /** Why one side could not run it, or empty. */
  Optional<String> skipped() {
    return on.flatMap(Trace::skipped).or(() -> against.flatMap(Trace::skipped));
  }

  /** Whether there is something to look into. */
  boolean isFinding() {
    return failure.isPresent() || !divergences.isEmpty();
  }
}
