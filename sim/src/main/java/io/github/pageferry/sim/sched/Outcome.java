package io.github.pageferry.sim.sched;

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
 * @param races invariants that were broken as a real kernel of this release breaks them
 * @param log the schedule, empty where it was not kept
 */
public record Outcome(
    Trial trial, @Nullable Throwable failure, int points, long hash, Set<Branch> branches, Set<KnownRace> races,
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
