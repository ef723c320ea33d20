package io.github.pageferry.it.cli;

import io.github.pageferry.it.lab.LabName;
import io.github.pageferry.it.lab.LabTopology;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lab run}: {@code conform} with one of the lab's kernels. */
@Command(
    name = "run",
    description = "Boots a kernel in a virtual machine, runs workloads there, and compares what it answers with the"
        + " simulator's profile of the same release: 'conform --on lab:KERNEL', which has more options.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pageferry lab run 6.1",
      "  pageferry lab run 6.12 --nodes 2 my-workloads/",
      "  pageferry lab run 7.3 --topology 512M/2cpus,256M/1cpu,256M",
      "  pageferry lab run 6.1 --topology one-cpu --fresh"
    })
final class LabRunCommand implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "KERNEL",
      description = "A series (6.1), of which the newest is taken, or a whole release; 'lab list' has them.")
  private String kernel;

  @Parameters(index = "1..*", paramLabel = "WORKLOAD",
      description = "Workload files, folders with such files, or names of built-in workloads; all built-in ones by default.")
  private List<String> workloads = List.of();

  @Option(names = "--nodes", paramLabel = "N", description = "Nodes of both machines, 1 to 64. Default: 4, or more where"
      + " a workload needs them. Not with --topology.")
  private @Nullable Integer nodes;

  @Option(names = "--topology", paramLabel = "NODES", description = "The machine's nodes, parted by commas, each with its"
      + " memory and CPUs, those with CPUs first, a dash where there is none of that number (256M/1cpu,-,1cpu,256M), or a name:"
      + " hole, memory-hole, no-cpu, no-memory, one-cpu, uneven.")
  private @Nullable String topology;

  @Option(names = "--fresh", description = "Start every workload from the same state of the kernel, which is saved once.")
  private boolean fresh;

  @Mixin
  private ReportOptions reports = new ReportOptions();

  @Override
  public Integer call() {
    if (nodes != null && topology != null) {
      throw new ParameterException(spec.commandLine(), "--nodes: --topology says already how many there are");
    }
    check("KERNEL", kernel, LabName::parse);
    if (topology != null) {
      check("--topology", topology, LabTopology::parse);
    }
    String machine = Stream.of(topology, fresh ? "fresh" : null).filter(Objects::nonNull).collect(Collectors.joining(","));
    List<String> arguments = new ArrayList<>(List.of("--on",
        "lab:" + kernel + (machine.isEmpty() ? "" : "@" + machine)));
    if (nodes != null) {
      arguments.addAll(List.of("--nodes", nodes.toString()));
    }
    arguments.addAll(reports.arguments());
    arguments.add("--");
    arguments.addAll(workloads);
    return conform(arguments);
  }

  private void check(String what, String text, Consumer<String> reader) {
    try {
      reader.accept(text);
    } catch (IllegalArgumentException e) {
      throw wrong(what + ": " + e.getMessage(), e);
    }
  }

  /** What it refuses was given to this command, whose help says what it should be. */
  private int conform(List<String> arguments) {
    CommandLine conform = spec.root().subcommands().get("conform");
    IParameterExceptionHandler handler = conform.getParameterExceptionHandler();
    conform.setParameterExceptionHandler((e, args) -> handler.handleParseException(wrong(e.getMessage(), e), args));
    return conform.execute(arguments.toArray(String[]::new));
  }

  private ParameterException wrong(String message, Exception cause) {
    return new ParameterException(spec.commandLine(), message, cause);
  }
}
