package io.github.pageferry.it.cli;

import io.github.pageferry.it.run.Backends;
import io.github.pageferry.it.run.JsonReport;
import io.github.pageferry.it.run.Runner;
import io.github.pageferry.it.run.Summary;
import io.github.pageferry.it.run.Verdict;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.workload.Workload;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code conform}: runs workloads on two backends and compares what they answer. */
@Command(
    name = "conform",
    description = "Runs workloads on two backends and says where their answers differ.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nBackends:%n",
    footer = {
      "  host          this machine's kernel",
      "  sim           the simulator, as the release nearest to this machine's",
      "  sim:PROFILE   the simulator as another release, for example sim:2.6.36",
      "  traces:DIR    what was recorded with 'run', in a folder or a file",
      "  lab:KERNEL    reserved",
      "",
      "Workloads that this machine cannot run (for want of nodes, rights or a file",
      "system) are listed as skipped, with the reason. Run as root to skip least.",
      "",
      "Examples:",
      "  pageferry conform",
      "  pageferry conform fork-zero-page my-workloads/ --json result.json",
      "  pageferry conform --on traces:recorded/6.12 --against sim:6.12"
    })
final class ConformCommand implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Mixin
  private WorkloadArguments workloads = new WorkloadArguments();

  @Option(names = "--on", paramLabel = "BACKEND", defaultValue = "host",
      description = "What is examined: " + Backends.NAMES + ". Default: ${DEFAULT-VALUE}.")
  private String on;

  @Option(names = "--against", paramLabel = "BACKEND", defaultValue = "sim",
      description = "What it is compared with. Default: ${DEFAULT-VALUE}.")
  private String against;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the same facts for machines to this file, too.")
  private @Nullable Path json;

  private final Context context;

  ConformCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    List<Workload> selected = workloads.select();
    OutputFile.check(json);
    Console console = context.console();
    int nodes = context.backends().simulatedNodes(List.of(on, against), selected);
    try (Backend first = context.open(spec, "--on", on, nodes);
        Backend second = context.open(spec, "--against", against, nodes)) {
      Report report = new Report(console, first, second, selected.stream().map(Workload::name).toList());
      Progress progress = new Progress(console, selected.size());
      report.head();
      List<Verdict> verdicts = new Runner(first, second, progress::next, report::row).run(selected);
      report.tail(verdicts);
      OutputFile.write(json, JsonReport.format(first, second, verdicts));
      return Summary.of(verdicts).isSuccess() ? ExitStatus.OK : ExitStatus.FAILED;
    }
  }
}
