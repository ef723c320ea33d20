package io.github.pageferry.it.run;

import io.github.pageferry.it.run.Verdict.Kind;
import java.util.ArrayList;
import java.util.List;

/** How many workloads came to what. */
public record Summary(int equivalent, int diverged, int skipped, int broken) {

  public static Summary of(List<Verdict> verdicts) {
    return new Summary(
        count(verdicts, Kind.EQUIVALENT), count(verdicts, Kind.DIVERGED), count(verdicts, Kind.SKIPPED),
        count(verdicts, Kind.BROKEN));
  }

  private static int count(List<Verdict> verdicts, Kind kind) {
    return (int) verdicts.stream().filter(verdict -> verdict.kind() == kind).count();
  }

  /** How many were run to their end on both sides. */
  public int ran() {
    return equivalent + diverged;
  }

  public int total() {
    return ran() + skipped + broken;
  }

  /** Whether all is as wanted: something ran, and nothing diverged or broke. */
  public boolean isSuccess() {
    return ran() > 0 && diverged == 0 && broken == 0;
  }

  /** For people, on one line. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>(List.of(ran() + " ran: " + equivalent + " equivalent", diverged + " diverged"));
    if (broken > 0) {
      parts.add(broken + " broken");
    }
    return total() + (total() == 1 ? " workload, " : " workloads, ") + String.join(", ", parts) + "; " + skipped + " skipped";
  }
}
