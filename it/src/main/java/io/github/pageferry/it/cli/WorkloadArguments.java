package io.github.pageferry.it.cli;

import io.github.pageferry.it.run.Corpus;
import io.github.pageferry.it.workload.Workload;
import java.util.List;
import picocli.CommandLine.Parameters;

/** The arguments that say which workloads a command is about. */
final class WorkloadArguments {

  @Parameters(paramLabel = "WORKLOAD", arity = "0..*",
      description = "Workload files, folders with such files, or names of built-in workloads; all built-in ones by default.")
  private List<String> workloads = List.of();

  List<Workload> select() {
    return Corpus.select(workloads);
  }
}
