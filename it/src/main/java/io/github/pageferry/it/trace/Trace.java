package io.github.pageferry.it.trace;

import java.util.List;
import java.util.Optional;

/**
 * What one backend answered to one workload.
 *
 * @param workload the workload's name
 * @param kernel what answered: a release ({@code 6.12}) or {@code sim:PROFILE}
 * @param nodes as in the workload
 * @param skipped why it was not run; empty where it was
 * @param outcomes one for each step, in order; none where it was skipped
 * @param defects what a model did wrong as its kernel does, one for each cause; no part of a trace's file
 */
public record Trace(
    String workload, String kernel, int nodes, Optional<String> skipped, List<Outcome> outcomes, List<Defect> defects) {

  public Trace {
    outcomes = List.copyOf(outcomes);
    defects = List.copyOf(defects);
  }

  public Trace(String workload, String kernel, int nodes, Optional<String> skipped, List<Outcome> outcomes) {
    this(workload, kernel, nodes, skipped, outcomes, List.of());
  }

  /** The same answers of a model that did these wrong. */
  public Trace with(List<Defect> found) {
    return new Trace(workload, kernel, nodes, skipped, outcomes, found);
  }

  public static Trace ran(String workload, String kernel, int nodes, List<Outcome> outcomes) {
    return new Trace(workload, kernel, nodes, Optional.empty(), outcomes);
  }

  public static Trace skipped(String workload, String kernel, int nodes, String reason) {
    return new Trace(workload, kernel, nodes, Optional.of(reason), List.of());
  }
}
