package io.github.pageferry.it.run;

import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Workload;
import java.util.List;
import java.util.Optional;

/**
 * What came of one workload.
 *
 * @param workload its name
 * @param nodes how many nodes it needs
 * @param kind what came of it
 * @param by the backend that skipped it or broke; empty for other kinds
 * @param reason why it was skipped or what broke; empty for other kinds
 * @param divergences where the two sides differ, in the order of the steps; none unless it diverged
 */
public record Verdict(
    String workload, int nodes, Kind kind, String by, String reason, List<Divergence> divergences) {

  /** What can come of a workload. */
  public enum Kind {
    /** Both sides answered the same. */
    EQUIVALENT,
    /** They did not. */
    DIVERGED,
    /** One side could not run it. */
    SKIPPED,
    /** One side failed in a way that says nothing about its kernel: a mistake in the harness or in a model. */
    BROKEN
  }

  public Verdict {
    divergences = List.copyOf(divergences);
  }

  static Verdict broken(String workload, int nodes, String by, String reason) {
    return new Verdict(workload, nodes, Kind.BROKEN, by, reason, List.of());
  }

  /**
   * Compares two traces of one workload.
   *
   * @param workload for the text of the steps; empty where it is not known
   */
  public static Verdict of(Optional<Workload> workload, Backend on, Trace a, Backend against, Trace b) {
    String name = a.workload();
    if (a.skipped().isPresent()) {
      return new Verdict(name, a.nodes(), Kind.SKIPPED, on.name(), a.skipped().get(), List.of());
    }
    if (b.skipped().isPresent()) {
      return new Verdict(name, b.nodes(), Kind.SKIPPED, against.name(), b.skipped().get(), List.of());
    }
    List<Divergence> found = TraceDiff.compare(workload, a, b);
    return new Verdict(name, a.nodes(), found.isEmpty() ? Kind.EQUIVALENT : Kind.DIVERGED, "", "", found);
  }
}
