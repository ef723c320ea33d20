package io.github.pageferry.sim.sched;

import io.github.pageferry.sim.check.KnownDefect;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What came of a run.
 *
 * @param trial what was run
 * @param failure what went wrong, null where nothing did
 * @param points how often tasks could be parted
 * @param hash a number that follows from every decision
 * @param branches what was seen
 * @param findings what went wrong as it does in a real kernel of this release
 * @param log the schedule, empty where it was not kept
 */
public record Outcome(
    Trial trial, @Nullable Throwable failure, int points, long hash, Set<Branch> branches, Set<KnownDefect> findings,
    String log) {

  /** Whether all was well. */
  public boolean isWell() {
    return failure == null;
  }

  /** What went wrong, in words; empty where nothing did. */
  public String message() {
    if (failure == null) {
      return "";
    }
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }
}
