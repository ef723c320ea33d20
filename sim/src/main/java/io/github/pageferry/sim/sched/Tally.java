package io.github.pageferry.sim.sched;

import io.github.pageferry.sim.check.KnownDefect;
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
  private final Map<KnownDefect, Long> findings = new EnumMap<>(KnownDefect.class);
  private final Map<KnownDefect, Long> firstSeeds = new EnumMap<>(KnownDefect.class);
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
    for (KnownDefect finding : outcome.findings()) {
      findings.merge(finding, 1L, Long::sum);
      firstSeeds.merge(finding, outcome.trial().seed(), Math::min);
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

  /** How many runs came to something that a real kernel has wrong, too. */
  public Map<KnownDefect, Long> findings() {
    return Collections.unmodifiableMap(findings);
  }

  /** The lowest seed that showed a finding. */
  public long firstSeed(KnownDefect finding) {
    return firstSeeds.getOrDefault(finding, 0L);
  }

  /** The first few failures. */
  public List<Outcome> failures() {
    return Collections.unmodifiableList(failures);
  }
}
