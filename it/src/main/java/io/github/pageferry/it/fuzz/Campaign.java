package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.fuzz.Finding.Alone;
import io.github.pageferry.it.fuzz.Finding.Reduction;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.run.KnownDefects;
import io.github.pageferry.it.run.Summary;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.CancelledException;
import io.github.pageferry.it.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.commons.lang3.StringUtils;

/**
 * Runs random workloads on two backends, one workload after the other, and reduces what they answer differently. Of several
 * findings with one symptom the first is reduced; the others are counted.
 */
public final class Campaign {

  private final Backend on;
  private final Backend against;
  private final int tries;
  private final BooleanSupplier cancelled;
  private final Listener listener;
  private final Patience patience;
  private final Coverage coverage = new Coverage();
  private final Map<String, Integer> skips = new TreeMap<>();
  private final Map<String, Integer> symptoms = new LinkedHashMap<>();
  private final List<Finding> findings = new ArrayList<>();
  /** Sides of which a hang came again: another one is only counted, and not waited for as long. */
  private final Set<Backend> hanging = new LinkedHashSet<>();
  private final KnownDefects knownDefects = new KnownDefects();
  private int equivalent;
  private int diverged;
  private int broken;
  private boolean renewable;
  private boolean interrupted;
  private Optional<String> stopped = Optional.empty();
  private long next;

  /** Told how a campaign goes. */
  public interface Listener {

    /** A random workload is about to be run. */
    void beginning(Workload workload);

    /** A finding is about to be reduced. */
    void shrinking(Workload workload, String symptom);

    /** A finding has been reduced as far as it goes. */
    void found(Finding finding);
  }

  /**
   * @param on the backend that is examined
   * @param against the one that it is compared with
   * @param tries how many workloads may be run to reduce one finding
   * @param cancelled asked between workloads whether the user wants the end
   */
  public Campaign(Backend on, Backend against, int tries, BooleanSupplier cancelled, Listener listener) {
    this(on, against, tries, cancelled, listener, System::nanoTime);
  }

  /**
   * The same for tests.
   *
   * @param clock nanoseconds, from any origin
   */
  Campaign(Backend on, Backend against, int tries, BooleanSupplier cancelled, Listener listener, LongSupplier clock) {
    this.on = on;
    this.against = against;
    this.tries = tries;
    this.cancelled = cancelled;
    this.listener = listener;
    this.patience = new Patience(clock);
  }

  /** Runs workloads of a seed; the end comes before all have been run where the user wants it or a backend cannot go on. */
  public void run(Generator generator, long first, long count) {
    next = first;
    try {
      // asked now, when it gives nothing up: in the middle of a reduction the machine is still needed
      renewable = renew();
      while (next < first + count) {
        if (cancelled.getAsBoolean()) {
          throw new CancelledException();
        }
        run(generator.workload(next));
      }
    } catch (CancelledException e) {
      interrupted = true;
    } catch (CannotRunException e) {
      stopped = Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private void run(Workload workload) {
    listener.beginning(workload);
    Trial trial = patience.knowsTheirTime() ? quickTrial(hanging, workload) : trial(workload);
    // whatever becomes of its reduction, it need not be run again
    long number = next++;
    trial.on().ifPresent(knownDefects::add);
    trial.against().ifPresent(knownDefects::add);
    if (trial.skipped().isPresent()) {
      skips.merge(trial.by() + ": " + trial.skipped().get(), 1, Integer::sum);
      return;
    }
    if (trial.failure().isPresent()) {
      broken++;
    } else {
      coverage.add(workload, trial.on().orElseThrow());
      equivalent += trial.isFinding() ? 0 : 1;
      diverged += trial.isFinding() ? 1 : 0;
    }
    if (trial.isFinding() && symptoms.merge(Symptom.of(trial).text(), 1, Integer::sum) == 1) {
      found(number, workload, trial);
    }
  }

  private Trial trial(Workload workload) {
    return patience.time(it -> Trial.run(on, against, it), workload);
  }

  private void found(long number, Workload workload, Trial trial) {
    Symptom symptom = Symptom.of(trial);
    listener.shrinking(workload, symptom.text());
    Shrinker shrinker = new Shrinker(it -> quickTrial(both(), it), workload, trial, tries, patience::isOver);
    Reduction reduction = Reduction.NOT_REPEATED;
    Optional<Boolean> shownAnew = Optional.empty();
    try {
      reduction = shows(symptom, workload, trial) ? Reduction.CUT_SHORT : Reduction.NOT_AGAIN;
      if (reduction.lasting()) {
        both().stream().filter(side -> side.name().equals(trial.by()) && side.hasHung()).forEach(hanging::add);
        reduction = shrink(shrinker) ? Reduction.LEAST : Reduction.CUT_SHORT;
        if (renewable) {
          shownAnew = Optional.of(showsOnNewMachines(symptom, shrinker));
        }
      }
    } finally {
      // Also where the end has come: what has been reached is worth having.
      Workload least = new Workload(workload.name(), about(symptom), shrinker.best().nodes(), shrinker.best().needs(),
          shrinker.best().steps());
      Finding finding = Finding.of(number, least, reduction, alone(reduction, shownAnew), shrinker.trial());
      findings.add(finding);
      listener.found(finding);
    }
  }

  /** @param shownAnew whether new machines showed it; empty where that was not seen */
  private Alone alone(Reduction reduction, Optional<Boolean> shownAnew) {
    if (!renewable && reduction.lasting()) {
      return Alone.ALONE;
    }
    return shownAnew.map(shown -> shown ? Alone.ALONE : Alone.ONLY_AFTER_OTHERS).orElse(Alone.UNKNOWN);
  }

  private boolean shrink(Shrinker shrinker) {
    patience.begin();
    return shrinker.shrink();
  }

  private List<Backend> both() {
    return List.of(on, against);
  }

  /** @param quick which may take no longer than has been usual */
  private Trial quickTrial(Collection<Backend> quick, Workload workload) {
    Optional<Duration> limit = Optional.of(patience.forAnAnswer());
    quick.forEach(side -> side.limitAnswers(limit));
    try {
      return trial(workload);
    } finally {
      quick.forEach(side -> side.limitAnswers(Optional.empty()));
    }
  }

  private boolean showsOnNewMachines(Symptom symptom, Shrinker shrinker) {
    renew();
    return shows(symptom, shrinker.best(), shrinker.trial());
  }

  /** Gives both machines up; returns whether one of them is another one from now on. */
  private boolean renew() {
    boolean newOne = on.renew();
    boolean newOther = against.renew();
    patience.machinesAreNew();
    return newOne || newOther;
  }

  /** @param before a trial of it; where that broke it may have hung, which need not be waited for as long again */
  private boolean shows(Symptom symptom, Workload workload, Trial before) {
    Trial trial = before.failure().isPresent() ? quickTrial(both(), workload) : trial(workload);
    return trial.isFinding() && Symptom.of(trial).equals(symptom);
  }

  private String about(Symptom symptom) {
    return "Found at random, " + on.kernel() + " against " + against.kernel() + ". "
        + StringUtils.capitalize(symptom.text()) + ".";
  }

  /** What has been run to its end on both sides. */
  public Coverage coverage() {
    return coverage;
  }

  /** How often workloads were skipped, by backend and reason. */
  public Map<String, Integer> skips() {
    return Collections.unmodifiableMap(skips);
  }

  /** How often each symptom was seen, in the order in which they came up first. */
  public Map<String, Integer> symptoms() {
    return Collections.unmodifiableMap(symptoms);
  }

  /** One for each symptom. */
  public List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** What models did wrong as their kernels do; none of it is a finding. */
  public KnownDefects knownDefects() {
    return knownDefects;
  }

  /** How many workloads came to what. */
  public Summary summary() {
    return new Summary(equivalent, diverged, skips.values().stream().mapToInt(Integer::intValue).sum(), broken);
  }

  /** Whether the user wanted the end before it was there. */
  public boolean isInterrupted() {
    return interrupted;
  }

  /** Why a backend could not go on before all had been run, or empty. */
  public Optional<String> stopped() {
    return stopped;
  }

  /** The number of the first workload that has not been run. */
  public long next() {
    return next;
  }
}
