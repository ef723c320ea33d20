package io.github.pageferry.it.cli;

import io.github.pageferry.it.cli.Console.Colour;
import io.github.pageferry.it.run.Backends;
import io.github.pageferry.it.run.Recorder;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.trace.TraceWriter;
import io.github.pageferry.it.workload.Workload;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.commons.lang3.StringUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run}: runs workloads on one backend and writes traces. */
@Command(
    name = "run",
    description = "Runs workloads on one backend and writes what it answers: a trace file a workload,"
        + " NAME.KERNEL" + TraceReader.SUFFIX + ".",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pageferry run --traces recorded            the built-in corpus on this kernel",
      "  pageferry run a.workload.yaml --on sim:2.6.36 --traces out"
    })
final class RunCommand implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Mixin
  private WorkloadArguments workloads = new WorkloadArguments();

  @Option(names = "--on", paramLabel = "BACKEND", defaultValue = "host",
      description = "What runs them: " + Backends.NAMES + ". Default: ${DEFAULT-VALUE}.")
  private String on;

  @Option(names = "--traces", paramLabel = "DIR", required = true,
      description = "The folder for the traces, made where it is not there. Traces of the same name are replaced.")
  private Path traces;

  @Mixin
  private NodesOption nodesOption = new NodesOption();

  private final Context context;

  RunCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    List<Workload> selected = workloads.select();
    OutputFile.makeFolder(traces);
    Console console = context.console();
    int width = selected.stream().mapToInt(workload -> workload.name().length()).max().orElse(0);
    Progress progress = new Progress(console, selected.size());
    int nodes = nodesOption.or(() -> context.backends().simulatedNodes(List.of(on), selected));
    try (Backend backend = context.open(spec, "--on", on, nodes)) {
      console.line(backend.name() + "  " + backend.description());
      int ran = 0;
      int broken = 0;
      for (Workload workload : selected) {
        progress.next(workload);
        Recorder.Result result = Recorder.run(backend, workload);
        result.trace().ifPresent(trace -> OutputFile.write(file(trace), TraceWriter.format(trace)));
        boolean didRun = result.trace().isPresent() && result.trace().get().skipped().isEmpty();
        ran += didRun ? 1 : 0;
        broken += result.failure().isPresent() ? 1 : 0;
        console.line(StringUtils.rightPad(workload.name(), width) + "  " + word(result));
      }
      console.line("");
      boolean success = ran > 0 && broken == 0;
      console.line(console.coloured(success ? Colour.GREEN : Colour.RED, selected.size()
          + (selected.size() == 1 ? " workload, " : " workloads, ") + ran + " ran, " + broken + " broken, "
          + (selected.size() - ran - broken) + " skipped; traces are in " + traces));
      return success ? ExitStatus.OK : ExitStatus.FAILED;
    }
  }

  private Path file(Trace trace) {
    return traces.resolve(trace.workload() + "." + trace.kernel().replace('/', '_') + TraceReader.SUFFIX);
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
