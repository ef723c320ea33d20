package io.github.pageferry.it.run;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came of a pair of backends.
 *
 * @param on the examined one
 * @param against the one that it was compared with
 * @param verdicts one for each workload that the pair came to
 * @param unavailable why the pair could not be had on this machine, or could not go on after those verdicts
 */
public record Comparison(Side on, Side against, List<Verdict> verdicts, Optional<String> unavailable) {

  public Comparison {
    verdicts = List.copyOf(verdicts);
  }

  public Comparison(Side on, Side against, List<Verdict> verdicts) {
    this(on, against, verdicts, Optional.empty());
  }

  /** A pair that could not be had. */
  public static Comparison unavailable(String on, String against, String reason) {
    return new Comparison(
        new Side(on, on, "", Map.of()), new Side(against, against, "", Map.of()), List.of(), Optional.of(reason));
  }

  /** Whether some workloads were run before the pair could not go on. */
  public boolean endedEarly() {
    return unavailable.isPresent() && !verdicts.isEmpty();
  }

  public Summary summary() {
    return Summary.of(verdicts);
  }

  /** What the examined side is called in short, other than the other one. */
  public String onLabel() {
    return alike() ? on.name() : on.label();
  }

  /** What the other side is called in short. */
  public String againstLabel() {
    return alike() ? against.name() : against.label();
  }

  private boolean alike() {
    return on.label().equals(against.label());
  }

  /** The label of the side that skipped a workload or broke. */
  public String label(Verdict verdict) {
    return verdict.by().equals(on.name()) ? onLabel() : againstLabel();
  }

  /** Both sides, for people. */
  public String title() {
    return title(onLabel(), on) + " against " + title(againstLabel(), against);
  }

  private static String title(String label, Side side) {
    return label.equals(side.kernel()) ? label : label + " (" + side.kernel() + ")";
  }
}
