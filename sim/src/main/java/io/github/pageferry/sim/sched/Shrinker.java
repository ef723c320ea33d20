package io.github.pageferry.sim.sched;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the fewest steps that still fail: whole tasks are left out first, then single steps. */
public final class Shrinker {

  /** With so many other schedules are fewer steps tried before they are taken for harmless. */
  private static final int SCHEDULES = 60;

  private final Exploration exploration;

  public Shrinker(Exploration exploration) {
    this.exploration = exploration;
  }

  /** A failed run with the same failure or another, of which no step can be left out. */
  public Outcome shrink(Outcome failed) {
    Outcome least = failed;
    for (boolean smaller = true; smaller; ) {
      smaller = false;
      for (Set<String> without : candidates(least.trial())) {
        Outcome outcome = failing(least.trial(), without);
        if (outcome != null) {
          least = outcome;
          smaller = true;
          break;
        }
      }
    }
    return least;
  }

  /** What is left without each task, and without each step. */
  private static Set<Set<String>> candidates(Trial trial) {
    List<String> steps = trial.steps();
    Set<Set<String>> candidates = new LinkedHashSet<>();
    Set<String> tasks = steps.stream().map(Shrinker::task).collect(Collectors.toCollection(LinkedHashSet::new));
    for (String task : tasks) {
      candidates.add(steps.stream().filter(step -> !task(step).equals(task)).collect(Collectors.toCollection(TreeSet::new)));
    }
    for (String left : steps) {
      candidates.add(steps.stream().filter(step -> !step.equals(left)).collect(Collectors.toCollection(TreeSet::new)));
    }
    candidates.removeIf(Set::isEmpty);
    return candidates;
  }

  private static String task(String step) {
    return step.substring(0, step.indexOf('.'));
  }

  private @Nullable Outcome failing(Trial trial, Set<String> keep) {
    Trial fewer = trial.keeping(keep);
    for (int i = 0; i <= SCHEDULES; i++) {
      Outcome outcome = exploration.run(i == 0 ? fewer : fewer.scheduled(i));
      if (!outcome.isWell()) {
        return outcome;
      }
    }
    return null;
  }
}
