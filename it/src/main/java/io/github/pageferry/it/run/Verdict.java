package io.github.pageferry.it.run;

import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.commons.lang3.StringUtils;

/**
 * What came of one workload.
 *
 * @param workload its name
 * @param nodes how many nodes it needs
 * @param kind what came of it
 * @param by the backend that skipped it or broke; empty for other kinds, and where the run ended before it came to it
 * @param reason why it was skipped or what broke; empty for other kinds
 * @param divergences where the two sides differ, in the order of the steps; none unless it diverged
 * @param evidence the workload and what both sides answered
 */
public record Verdict(
    String workload, int nodes, Kind kind, String by, String reason, List<Divergence> divergences, Evidence evidence) {

  /** What can come of a workload. */
  public enum Kind {
    /** Both sides answered the same. */
    EQUIVALENT,
    /** They did not. */
    DIVERGED,
    /** One side could not run it, or the run ended before it came to it. */
    SKIPPED,
    /** One side failed in a way that says nothing about its kernel: a mistake in the harness or in a model. */
    BROKEN
  }

  public Verdict {
    divergences = List.copyOf(divergences);
  }

  /**
   * A workload that broke on one side.
   *
   * @param on the trace of the examined backend, where it was the other one that broke
   * @param by the backend that broke
   * @param reason what broke
   */
  static Verdict broken(Workload workload, Optional<Trace> on, String by, String reason) {
    return new Verdict(workload.name(), workload.nodes(), Kind.BROKEN, by, reason, List.of(),
        new Evidence(Optional.of(workload), on, Optional.empty(), Duration.ZERO));
  }

  /**
   * A workload that the run did not come to.
   *
   * @param reason why the run ended
   */
  public static Verdict unreached(Workload workload, String reason) {
    return new Verdict(workload.name(), workload.nodes(), Kind.SKIPPED, "", whyUnreached(reason), List.of(),
        new Evidence(Optional.of(workload), Optional.empty(), Optional.empty(), Duration.ZERO));
  }

  /**
   * What is said of a workload that the run did not come to.
   *
   * @param reason why the run ended, of which the first line is kept
   */
  public static String whyUnreached(String reason) {
    return "the run ended before it: " + StringUtils.substringBefore(reason, "\n");
  }

  /** Whether the run came to it. */
  public boolean isReached() {
    return kind != Kind.SKIPPED || !by.isEmpty();
  }

  /**
   * Compares two traces of one workload.
   *
   * @param workload for the text of the steps; empty where it is not known
   * @param b the same trace again where the first backend skipped the workload and the other one was not asked
   */
  public static Verdict of(Optional<Workload> workload, Backend on, Trace a, Backend against, Trace b) {
    Evidence evidence = new Evidence(workload, Optional.of(a), Optional.of(b).filter(t -> t != a), Duration.ZERO);
    if (a.skipped().isPresent()) {
      return new Verdict(a.workload(), a.nodes(), Kind.SKIPPED, on.name(), a.skipped().get(), List.of(), evidence);
    }
    if (b.skipped().isPresent()) {
      return new Verdict(a.workload(), a.nodes(), Kind.SKIPPED, against.name(), b.skipped().get(), List.of(), evidence);
    }
    List<Divergence> found = TraceDiff.compare(workload, a, b);
    Kind kind = found.isEmpty() ? Kind.EQUIVALENT : Kind.DIVERGED;
    return new Verdict(a.workload(), a.nodes(), kind, "", "", found, evidence);
  }

  /** The same verdict, reached in this time. */
  Verdict took(Duration time) {
    return new Verdict(workload, nodes, kind, by, reason, divergences,
        new Evidence(evidence.workload(), evidence.on(), evidence.against(), time));
  }
}
