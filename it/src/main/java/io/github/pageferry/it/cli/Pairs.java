package io.github.pageferry.it.cli;

import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.run.Comparison;
import io.github.pageferry.it.run.RememberingBackend;
import io.github.pageferry.it.run.Runner;
import io.github.pageferry.it.run.Side;
import io.github.pageferry.it.run.Verdict;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.CancelledException;
import io.github.pageferry.it.workload.Workload;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;

/** Compares each examined backend with each of the others, and prints a table a pair. */
final class Pairs {

  private static final String ON = "--on";
  private static final String AGAINST = "--against";

  private final Context context;
  private final CommandSpec spec;
  private final Set<String> on;
  private final Set<String> against;
  private final List<Workload> workloads;
  private final NodesOption nodes;
  private final List<Comparison> done = new ArrayList<>();
  private boolean interrupted;

  /**
   * @param spec of the command, for its usage errors
   * @param on the names of the examined backends
   * @param against those of the others
   * @param nodes of machines that are made for the run
   */
  Pairs(Context context, CommandSpec spec, List<String> on, List<String> against, List<Workload> workloads,
      NodesOption nodes) {
    this.context = context;
    this.spec = spec;
    this.on = new LinkedHashSet<>(on);
    this.against = new LinkedHashSet<>(against);
    this.workloads = workloads;
    this.nodes = nodes;
  }

  /**
   * Compares all pairs. Where there are several, one that cannot be had here does not keep the others from being run. One that
   * cannot go on, or that a signal ends, stands with what it has run, and with what it has not; after a signal, so do those
   * that are left.
   *
   * @throws CannotRunException where a single pair cannot be had
   */
  List<Comparison> run() {
    if (areSeveral()) {
      on.forEach(name -> check(ON, name));
      against.forEach(name -> check(AGAINST, name));
    }
    try {
      on.forEach(this::compareWithAll);
    } catch (CancelledException e) {
      interrupted = true;
      on.forEach(name -> against.stream().filter(other -> !isDone(name, other)).forEach(other ->
          done.add(Comparison.unreached(name, other, workloads, String.valueOf(e.getMessage())))));
    }
    return done;
  }

  /** Whether a signal ended the run. */
  boolean isInterrupted() {
    return interrupted;
  }

  private void compareWithAll(String name) {
    if (isSimulator(name)) {
      against.forEach(other -> orUnavailable(name, List.of(other), () -> simulated(name, other)));
    } else {
      orUnavailable(name, against, () -> real(name));
    }
  }

  private boolean isDone(String name, String other) {
    return done.stream().anyMatch(pair -> pair.on().name().equals(name) && pair.against().name().equals(other));
  }

  private boolean areSeveral() {
    return on.size() * against.size() > 1;
  }

  /** Refuses a wrong name before anything is run; what machines are needed for the others shows when their turn comes. */
  private void check(String option, String name) {
    if (!name.startsWith("host") && !name.startsWith("lab:")) {
      context.open(spec, option, name, 1).close();
    }
  }

  private static boolean isSimulator(String name) {
    return name.equals("sim") || name.startsWith("sim:");
  }

  private void orUnavailable(String name, Iterable<String> others, Runnable work) {
    try {
      work.run();
    } catch (CannotRunException e) {
      if (!areSeveral()) {
        throw e;
      }
      for (String other : others) {
        if (!isDone(name, other)) {
          unavailable(name, other, e);
        }
      }
    }
  }

  private void unavailable(String name, String other, CannotRunException e) {
    begin();
    done.add(Comparison.unavailable(name, other, String.valueOf(e.getMessage())));
    context.console().line(name + " against " + other + ": cannot run here: " + e.getMessage());
  }

  /** A simulator is as large as what it stands beside, which is opened first. */
  private void simulated(String name, String other) {
    if (isSimulator(other)) {
      int count = nodes.or(() -> context.backends().simulatedNodes(List.of(name, other), workloads));
      try (Backend first = context.open(spec, ON, name, count);
          Backend second = context.open(spec, AGAINST, other, count)) {
        compare(first, second);
      }
      return;
    }
    try (Backend second = openReal(AGAINST, other);
        Backend first = beside(second, ON, name)) {
      compare(first, second);
    }
  }

  private void real(String name) {
    try (Backend opened = openReal(ON, name)) {
      Backend first = against.size() > 1 ? new RememberingBackend(opened) : opened;
      for (String other : against) {
        orUnavailable(name, List.of(other), () -> {
          try (Backend second = beside(first, AGAINST, other)) {
            compare(first, second);
          }
        });
      }
    }
  }

  private Backend beside(Backend opened, String option, String name) {
    int count = nodes.or(() -> context.backends().simulatedNodes(opened, List.of(opened.name(), name), workloads));
    return context.open(spec, option, name, opened.kernel(), count);
  }

  private Backend openReal(String option, String name) {
    return context.open(spec, option, name, nodes.or(() -> context.backends().usualNodes(workloads)));
  }

  private void begin() {
    if (!done.isEmpty()) {
      context.console().line("");
    }
  }

  private void compare(Backend first, Backend second) {
    begin();
    Console console = context.console();
    Comparison pair = new Comparison(Side.of(first), Side.of(second), List.of());
    Report report = new Report(console, pair, workloads.stream().map(Workload::name).toList());
    Progress progress = new Progress(console, workloads.size());
    report.head();
    List<Verdict> verdicts = new ArrayList<>();
    try {
      new Runner(first, second, progress::next, verdict -> {
        report.row(verdict);
        verdicts.add(verdict);
      }).run(workloads);
    } catch (CannotRunException e) {
      if (verdicts.isEmpty()) {
        throw e;
      }
      end(report, pair, verdicts, Optional.of(String.valueOf(e.getMessage())));
      return;
    } catch (CancelledException e) {
      end(report, pair, verdicts, Optional.of(String.valueOf(e.getMessage())));
      throw e;
    }
    end(report, pair, verdicts, Optional.empty());
  }

  /** @param early why not all workloads were come to, or empty */
  private void end(Report report, Comparison pair, List<Verdict> verdicts, Optional<String> early) {
    List<Verdict> all = new ArrayList<>(verdicts);
    early.ifPresent(reason -> workloads.subList(verdicts.size(), workloads.size())
        .forEach(workload -> all.add(Verdict.unreached(workload, reason))));
    Comparison whole = new Comparison(pair.on(), pair.against(), all, early);
    report.tail(whole);
    done.add(whole);
  }
}
