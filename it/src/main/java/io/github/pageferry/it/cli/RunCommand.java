package io.github.pageferry.it.cli;

import io.github.pageferry.it.cli.Console.Colour;
import io.github.pageferry.it.recording.Recording;
import io.github.pageferry.it.run.Backends;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.run.KnownDefects;
import io.github.pageferry.it.run.Recorder;
import io.github.pageferry.it.run.Verdict;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.CancelledException;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.trace.TraceWriter;
import io.github.pageferry.it.workload.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code run}: runs workloads on one backend and writes traces. */
@Command(
    name = "run",
    description = "Runs workloads on one backend and writes what it answers: all of it as one file, or a file"
        + " a workload, NAME.KERNEL" + TraceReader.SUFFIX + ".",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pageferry run --record box.recording.yaml  the built-in corpus on this kernel",
      "  pageferry run a.workload.yaml --on sim:2.6.36 --traces out"
    })
final class RunCommand implements Callable<Integer> {

  private static final Duration RECORDED_EVERY = Duration.ofSeconds(10);

  @Spec
  private CommandSpec spec;

  @Mixin
  private WorkloadArguments workloads = new WorkloadArguments();

  @Option(names = "--on", paramLabel = "BACKEND", defaultValue = "host",
      description = "What runs them: " + Backends.NAMES + ". Default: ${DEFAULT-VALUE}.")
  private String on;

  @Option(names = "--traces", paramLabel = "DIR",
      description = "The folder for the traces, made where it is not there. Traces of the same name are replaced.")
  private @Nullable Path traces;

  @Option(names = "--record", paramLabel = "FILE",
      description = "One file for the machine, the workloads and all traces, best called *" + Recording.SUFFIX
          + ". 'conform --on traces:FILE' and 'diff' take it as it is, on any machine.")
  private @Nullable Path record;

  @Mixin
  private NodesOption nodesOption = new NodesOption();

  private final Context context;

  RunCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (traces == null && record == null) {
      throw new ParameterException(spec.commandLine(), "where the traces go is missing: --record FILE or --traces DIR");
    }
    List<Workload> selected = workloads.select();
    OutputFile.check(record);
    if (traces != null) {
      OutputFile.makeFolder(traces);
    }
    int nodes = nodesOption.or(() -> context.backends().simulatedNodes(List.of(on), selected));
    try (Backend backend = context.open(spec, "--on", on, nodes)) {
      context.console().line(backend.name() + "  " + backend.description());
      List<Recorder.Result> results = new ArrayList<>();
      try {
        record(backend, selected, results);
      } catch (CannotRunException | CancelledException e) {
        end(results, selected.size());
        throw e;
      }
      return end(results, selected.size());
    }
  }

  private void record(Backend backend, List<Workload> selected, List<Recorder.Result> results) {
    if (record == null) {
      run(backend, selected, results, trace -> {});
      return;
    }
    Recording.Machine machine = machine(backend);
    try (RecordingFile recording = new RecordingFile(record, machine, selected, RECORDED_EVERY)) {
      try {
        run(backend, selected, results, recording::add);
      } catch (CannotRunException | CancelledException e) {
        // Whoever compares the recording elsewhere should know what it lacks; one of nothing else is not worth having.
        if (!results.isEmpty()) {
          String why = Verdict.whyUnreached(String.valueOf(e.getMessage()));
          selected.subList(results.size(), selected.size()).forEach(workload -> recording.add(
              Trace.skipped(workload.name(), machine.kernel(), workload.nodes(), why)));
        }
        throw e;
      }
    }
  }

  private static Recording.Machine machine(Backend backend) {
    return new Recording.Machine(
        Version.text(), backend.name(), backend.kernel(), backend.description(), backend.nodes(), backend.facts());
  }

  private void run(Backend backend, List<Workload> selected, List<Recorder.Result> results, Consumer<Trace> recording) {
    Console console = context.console();
    int width = selected.stream().mapToInt(workload -> workload.name().length()).max().orElse(0);
    Progress progress = new Progress(console, selected.size());
    for (Workload workload : selected) {
      progress.next(workload);
      Recorder.Result result = Recorder.run(backend, workload);
      result.trace().ifPresent(this::write);
      result.trace().ifPresent(recording);
      results.add(result);
      console.line(StringUtils.rightPad(workload.name(), width) + "  " + word(result));
    }
  }

  private void write(Trace trace) {
    if (traces != null) {
      String name = trace.workload() + "." + trace.kernel().replace('/', '_') + TraceReader.SUFFIX;
      OutputFile.write(traces.resolve(name), TraceWriter.format(trace));
    }
  }

  private int end(List<Recorder.Result> results, int wanted) {
    Console console = context.console();
    int ran = (int) results.stream().filter(result -> result.trace().filter(t -> t.skipped().isEmpty()).isPresent()).count();
    int broken = (int) results.stream().filter(result -> result.failure().isPresent()).count();
    boolean early = results.size() < wanted;
    boolean success = ran > 0 && broken == 0 && !early;
    String where = Stream.of(Optional.ofNullable(record), Optional.ofNullable(traces)).flatMap(Optional::stream)
        .map(Path::toString).collect(Collectors.joining(" and "));
    KnownDefects known = new KnownDefects();
    results.forEach(result -> result.trace().ifPresent(known::add));
    console.line("");
    if (!known.lines().isEmpty()) {
      known.lines().forEach(console::line);
      console.line("");
    }
    console.line(console.coloured(success ? Colour.GREEN : Colour.RED, results.size()
        + (results.size() == 1 ? " workload, " : " workloads, ") + ran + " ran, " + broken + " broken, "
        + (results.size() - ran - broken) + " skipped; traces are in " + where
        + (early ? "; ended after " + results.size() + " of " + wanted + " workloads" : "")));
    return success ? ExitStatus.OK : ExitStatus.FAILED;
  }

  private String word(Recorder.Result result) {
    Console console = context.console();
    if (result.failure().isPresent()) {
      return console.coloured(Colour.RED, "broken") + "   " + result.failure().get().replace("\n", " ");
    }
    return result.trace().flatMap(Trace::skipped)
        .map(reason -> console.coloured(Colour.YELLOW, "skipped") + "  " + reason)
        .orElseGet(() -> console.coloured(Colour.GREEN, "ran"));
  }
}
