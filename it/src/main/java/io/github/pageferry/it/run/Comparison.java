package io.github.pageferry.it.run;

import io.github.pageferry.it.workload.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came of a pair of backends.
 *
 * @param on the examined one
 * @param against the one that it was compared with
 * @param verdicts one for each workload, also for those that a pair that ended early did not come to; none where the pair
 *     could not be had
 * @param unavailable why the pair could not be had on this machine, or ended before it had come to all workloads
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
    return new Comparison(named(on), named(against), List.of(), Optional.of(reason));
  }

  /** A pair that a run did not come to. */
  public static Comparison unreached(String on, String against, List<Workload> workloads, String reason) {
    return new Comparison(named(on), named(against),
        workloads.stream().map(workload -> Verdict.unreached(workload, reason)).toList(), Optional.of(reason));
  }

  private static Side named(String name) {
    return new Side(name, name, "", Map.of());
  }

  /** Whether the pair could be had, as far as is known, but did not come to all workloads. */
  public boolean endedEarly() {
    return unavailable.isPresent() && !verdicts.isEmpty();
  }

  /** How many workloads the pair came to. */
  public int reached() {
    return (int) verdicts.stream().filter(Verdict::isReached).count();
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

  /** The reason of a verdict that has one, after the label of the side whose it is. */
  public String why(Verdict verdict) {
    return verdict.by().isEmpty() ? verdict.reason() : label(verdict) + ": " + verdict.reason();
  }

  /** Both sides, for people. */
  public String title() {
    return title(onLabel(), on) + " against " + title(againstLabel(), against);
  }

  private static String title(String label, Side side) {
    return label.equals(side.kernel()) ? label : label + " (" + side.kernel() + ")";
  }
}
