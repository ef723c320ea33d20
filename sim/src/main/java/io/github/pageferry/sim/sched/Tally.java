package io.github.pageferry.sim.sched;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What many runs came to. */
public final class Tally {

  /** So many failures are kept. */
  private static final int KEPT = 10;

  private final Map<Branch, Long> branches = new EnumMap<>(Branch.class);
  private final Map<KnownRace, Long> races = new EnumMap<>(KnownRace.class);
  private final Map<KnownRace, Long> firstSeeds = new EnumMap<>(KnownRace.class);
  private final List<Outcome> failures = new ArrayList<>();
  private long runs;
  private long points;
  private long failed;

  /** An empty one. */
  public Tally() {
    for (Branch branch : Branch.values()) {
      branches.put(branch, 0L);
    }
  }

  /** Adds a run. */
  public void add(Outcome outcome) {
    runs++;
    points += outcome.points();
    outcome.branches().forEach(branch -> branches.merge(branch, 1L, Long::sum));
    for (KnownRace race : outcome.races()) {
      races.merge(race, 1L, Long::sum);
      firstSeeds.merge(race, outcome.trial().seed(), Math::min);
    }
    if (!outcome.isWell()) {
      failed++;
      if (failures.size() < KEPT) {
        failures.add(outcome);
      }
    }
  }

  /** How many runs there were. */
  public long runs() {
    return runs;
  }

  /** How many of them failed. */
  public long failed() {
    return failed;
  }

  /** How often tasks could be parted, in all runs together. */
  public long points() {
    return points;
  }

  /** How many runs took each branch; all branches are there. */
  public Map<Branch, Long> branches() {
    return Collections.unmodifiableMap(branches);
  }

  /** How many runs broke an invariant as a real kernel does. */
  public Map<KnownRace, Long> races() {
    return Collections.unmodifiableMap(races);
  }

  /** The lowest seed that showed a race that was seen. */
  public long firstSeed(KnownRace race) {
    return firstSeeds.getOrDefault(race, 0L);
  }

  /** The first few failures. */
  public List<Outcome> failures() {
    return Collections.unmodifiableList(failures);
  }
}
