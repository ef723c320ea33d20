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
 */
public record Trace(String workload, String kernel, int nodes, Optional<String> skipped, List<Outcome> outcomes) {

  public Trace {
    outcomes = List.copyOf(outcomes);
  }

  public static Trace ran(String workload, String kernel, int nodes, List<Outcome> outcomes) {
    return new Trace(workload, kernel, nodes, Optional.empty(), outcomes);
  }

  public static Trace skipped(String workload, String kernel, int nodes, String reason) {
    return new Trace(workload, kernel, nodes, Optional.of(reason), List.of());
  }
}
