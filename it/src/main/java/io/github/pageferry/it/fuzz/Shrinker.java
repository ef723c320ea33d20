package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.workload.Need;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import io.github.pageferry.it.workload.WorkloadWriter;
import io.github.pageferry.it.yaml.BadInputException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Reduces a workload for as long as it shows the same symptom: takes steps and regions away, makes regions smaller and
 * selectors shorter, brings fields nearer to their defaults, over and over until nothing more can go.
 *
 * <p>What is reached can be asked for at any time, also after an exception has ended the work.
 */
final class Shrinker {

  /** A try on a machine that then has to be started anew takes as long as many others. */
  private static final int COST_OF_BREAKING = 10;

  private final Trial.Bench bench;
  private final Symptom symptom;
  private final Set<String> tried = new HashSet<>();
  private Workload best;
  private Trial trial;
  private final BooleanSupplier over;
  private int triesLeft;
  private boolean cutShort;

  /**
   * @param workload whose trial is a finding
   * @param trial of it
   * @param tries how many workloads may be run
   * @param over asked before each of them whether there is time for no more
   */
  Shrinker(Trial.Bench bench, Workload workload, Trial trial, int tries, BooleanSupplier over) {
    this.bench = bench;
    this.symptom = Symptom.of(trial);
    this.best = workload;
    this.trial = trial;
    this.triesLeft = tries;
    this.over = over;
    tried.add(WorkloadWriter.format(workload));
  }

  /** The least workload with the symptom so far. */
  Workload best() {
    return best;
  }

  /** What {@link #best} did. */
  Trial trial() {
    return trial;
  }

  /**
   * Reduces it.
   *
   * @return whether that is done; else there were no tries or there was no time left
   */
  boolean shrink() {
    boolean smaller = true;
    while (smaller && mayTry()) {
      smaller = false;
      for (Function<List<Step>, List<List<Step>>> reduction : Reductions.ALL) {
        smaller |= shrink(reduction);
      }
    }
    fewerNodes();
    return !cutShort;
  }

  /** Asked where there is more to be tried. */
  private boolean mayTry() {
    cutShort = triesLeft <= 0 || over.getAsBoolean();
    return !cutShort;
  }

  /** Tries one kind of reduction until none of its results has the symptom. */
  private boolean shrink(Function<List<Step>, List<List<Step>>> reduction) {
    boolean smaller = false;
    List<List<Step>> candidates = reduction.apply(best.steps());
    int i = 0;
    while (i < candidates.size() && mayTry()) {
      if (hasSymptom(with(candidates.get(i), best.nodes()))) {
        smaller = true;
        candidates = reduction.apply(best.steps());
      } else {
        i++;
      }
    }
    return smaller;
  }

  private void fewerNodes() {
    for (int nodes = 1; nodes < best.nodes() && mayTry(); nodes++) {
      if (nodes > highestNode(best) && hasSymptom(with(best.steps(), nodes))) {
        return;
      }
    }
  }

  /** Of those that are there: a workload that names them needs them. */
  private static int highestNode(Workload workload) {
    return workload.steps().stream().flatMapToInt(NamedNodes::of)
        .filter(node -> node < workload.nodes()).max().orElse(0);
  }

  private Workload with(List<Step> steps, int nodes) {
    EnumSet<Need> needs = EnumSet.noneOf(Need.class);
    needs.addAll(Needs.of(steps));
    return new Workload(best.name(), best.about(), nodes, needs, steps);
  }

  /** Runs a candidate, and keeps it where it shows the symptom. */
  private boolean hasSymptom(Workload candidate) {
    Optional<Workload> read = asRead(candidate);
    if (read.isEmpty()) {
      return false;
    }
    triesLeft--;
    Trial result = bench.run(read.get());
    triesLeft -= result.failure().isPresent() ? COST_OF_BREAKING - 1 : 0;
    if (!result.isFinding() || !Symptom.of(result).equals(symptom)) {
      return false;
    }
    best = read.get();
    trial = result;
    return true;
  }

  /** The workload as it is read back from its file; empty where it was tried before or is no valid workload any more. */
  private Optional<Workload> asRead(Workload candidate) {
    String text = WorkloadWriter.format(candidate);
    if (candidate.steps().isEmpty() || !tried.add(text)) {
      return Optional.empty();
    }
    try {
      return Optional.of(WorkloadReader.parse(candidate.name(), text).get(0));
    } catch (BadInputException e) {
      return Optional.empty();
    }
  }
}
