package io.github.pageferry.sim.sched;

import io.github.pageferry.sim.kernel.Release;
import java.util.Optional;

/**
 * Invariants that tasks at the same time break in a real kernel, too, until it was mended. The model breaks them the same way: a
 * finding, not a failure of the run.
 */
public enum KnownRace {
  RSS_OF_MIGRATING("3.3", "MM_ANONPAGES ",
      "a process's counters of its pages do not know of those that are unmapped, or copied by fork, while they are moved"
          + " (9f9f1acd713d, 3.3)"),
  JOURNALLED_AFTER_TRUNCATION("4.2", "page truncated while it was journalled",
      "ext4 with data=journal files the buffers of a page that was truncated while it was to be written (bdf96838aea6, 4.2)");

  private final String mendedIn;
  private final String violation;
  private final String text;

  KnownRace(String mendedIn, String violation, String text) {
    this.mendedIn = mendedIn;
    this.violation = violation;
    this.text = text;
  }

  /** The race that explains a violation in this release. */
  static Optional<KnownRace> of(String violation, Release release) {
    for (KnownRace race : values()) {
      if (violation.startsWith(race.violation) && !release.has(race.mendedIn)) {
        return Optional.of(race);
      }
    }
    return Optional.empty();
  }

  /** What goes wrong, and the commit that mended it. */
  @Override
  public String toString() {
    return text;
  }
}
