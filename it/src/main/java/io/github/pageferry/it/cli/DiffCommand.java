package io.github.pageferry.it.cli;

import io.github.pageferry.it.run.Comparison;
import io.github.pageferry.it.run.Corpus;
import io.github.pageferry.it.run.Side;
import io.github.pageferry.it.run.Verdict;
import io.github.pageferry.it.testbed.TracesBackend;
import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code diff}: compares recorded traces. */
@Command(
    name = "diff",
    description = "Compares recorded traces, each side those of one kernel.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pageferry diff recorded/6.1 recorded/6.12",
      "  pageferry diff old.recording.yaml new.recording.yaml --report result.html"
    })
final class DiffCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "FILE", description = "A recording, or a folder or a file with traces.")
  private Path first;

  @Parameters(index = "1", paramLabel = "FILE", description = "What they are compared with.")
  private Path second;

  @Mixin
  private ReportOptions reports = new ReportOptions();

  private final Context context;

  DiffCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    reports.check();
    TracesBackend on = TracesBackend.open(first.toString(), first);
    TracesBackend against = TracesBackend.open(second.toString(), second);
    Set<String> names = new LinkedHashSet<>(on.workloads());
    names.addAll(against.workloads());
    Comparison pair = new Comparison(Side.of(on), Side.of(against), List.of());
    Report report = new Report(context.console(), pair, List.copyOf(names));
    report.head();
    List<Verdict> verdicts = new ArrayList<>();
    for (String name : names) {
      Verdict verdict = verdict(name, on, against);
      verdicts.add(verdict);
      report.row(verdict);
    }
    Comparison done = new Comparison(pair.on(), pair.against(), verdicts);
    report.tail(done);
    reports.write(List.of(done));
    return done.summary().isSuccess() ? ExitStatus.OK : ExitStatus.FAILED;
  }

  private static Verdict verdict(String name, TracesBackend on, TracesBackend against) {
    Optional<Workload> recorded =
        Optional.ofNullable(on.definitions().getOrDefault(name, against.definitions().get(name)));
    if (recorded.isPresent()) {
      return Verdict.of(recorded, on, on.run(recorded.get()), against, against.run(recorded.get()));
    }
    // Whichever side has it knows how many nodes it needs.
    int nodes = (on.workloads().contains(name) ? on : against).trace(name, 1).nodes();
    Trace a = on.trace(name, nodes);
    Trace b = against.trace(name, nodes);
    return Verdict.of(Corpus.builtIn(name).filter(w -> isOf(w, a) && isOf(w, b)), on, a, against, b);
  }

  /** A built-in workload serves for the text of steps, but another of its name may have been recorded. */
  private static boolean isOf(Workload workload, Trace trace) {
    return workload.steps().stream().map(Step::word).toList()
        .equals(trace.outcomes().stream().map(Outcome::step).toList());
  }
}
