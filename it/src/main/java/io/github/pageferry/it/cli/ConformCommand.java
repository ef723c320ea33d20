package io.github.pageferry.it.cli;

import io.github.pageferry.it.run.Backends;
import io.github.pageferry.it.run.Comparison;
import io.github.pageferry.it.run.Summary;
import io.github.pageferry.it.testbed.CancelledException;
import io.github.pageferry.it.workload.Workload;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
      "  sim           the simulator, as the release nearest to the other side's",
      "  sim:PROFILE   the simulator as another release, for example sim:2.6.36",
      "  traces:FILE   what was recorded with 'run', in a file or a folder",
      "  lab:KERNEL    a Debian kernel in a virtual machine: lab:6.1; see 'help lab'",
      "",
      "Workloads that this machine cannot run (for want of nodes, memory, rights or a",
      "file system) are listed as skipped, with the reason. Run as root to skip least.",
      "",
      "Examples:",
      "  pageferry conform",
      "  pageferry conform fork-zero-page my-workloads/ --json result.json",
      "  pageferry conform --on traces:box.recording.yaml --report result.html",
      "  pageferry conform --against sim:6.1,sim:6.12,sim:6.18 --report result.html",
      "  pageferry conform --on lab:6.1,lab:6.12 --nodes 2"
    })
final class ConformCommand implements Callable<Integer> {

  /** A folder's name may have a comma in it. */
  private static final String SPLIT = ",(?=(?:host|sim|lab|traces)\\b)";

  /** picocli would print the expression. */
  private static final String BACKENDS = "BACKEND[,BACKEND...]";

  @Spec
  private CommandSpec spec;

  @Mixin
  private WorkloadArguments workloads = new WorkloadArguments();

  @Option(names = "--on", paramLabel = BACKENDS, hideParamSyntax = true, defaultValue = "host", split = SPLIT,
      description = "What is examined: " + Backends.NAMES + ". Several are parted by commas, or the option is repeated."
          + " Default: ${DEFAULT-VALUE}.")
  private List<String> on = List.of();

  @Option(names = "--against", paramLabel = BACKENDS, hideParamSyntax = true, defaultValue = "sim", split = SPLIT,
      description = "What it is compared with; of several, each. Default: ${DEFAULT-VALUE}.")
  private List<String> against = List.of();

  @Mixin
  private ReportOptions reports = new ReportOptions();

  @Mixin
  private NodesOption nodes = new NodesOption();

  private final Context context;

  ConformCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    List<Workload> selected = workloads.select(() -> context.backends().recorded(
        Stream.concat(on.stream(), against.stream()).toList()));
    reports.check();
    Pairs all = new Pairs(context, spec, on, against, selected, nodes);
    List<Comparison> pairs = all.run();
    if (pairs.size() > 1) {
      totals(pairs);
    }
    reports.write(pairs);
    if (all.isInterrupted()) {
      throw new CancelledException();
    }
    if (pairs.stream().anyMatch(pair -> pair.unavailable().isEmpty() && !pair.summary().isSuccess())) {
      return ExitStatus.FAILED;
    }
    return pairs.stream().allMatch(pair -> pair.unavailable().isEmpty()) ? ExitStatus.OK : ExitStatus.CANNOT_RUN;
  }

  private void totals(List<Comparison> pairs) {
    TextTable table = new TextTable("pair", "ran", "equivalent", "diverged", "broken", "skipped");
    for (Comparison pair : pairs) {
      Summary summary = pair.summary();
      String title = pair.title() + (pair.endedEarly() ? ", ended early" : "");
      if (pair.unavailable().isPresent() && !pair.endedEarly()) {
        table.row(title, "cannot run here", "", "", "", "");
      } else {
        table.row(title, "" + summary.ran(), "" + summary.equivalent(), "" + summary.diverged(), "" + summary.broken(),
            "" + summary.skipped());
      }
    }
    context.console().line("");
    table.lines().forEach(context.console()::line);
  }
}
