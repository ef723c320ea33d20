package io.github.pageferry.it.cli;

import io.github.pageferry.it.run.Corpus;
import io.github.pageferry.it.workload.Workload;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Parameters;

/** The arguments that say which workloads a command is about. */
final class WorkloadArguments {

  @Parameters(paramLabel = "WORKLOAD", arity = "0..*",
      description = "Workload files, folders with such files, or names of built-in workloads; all built-in ones by default.")
  private List<String> workloads = List.of();

  List<Workload> select() {
    return Corpus.select(workloads);
  }

  /**
   * Those that were asked for.
   *
   * @param recorded what there is in recordings, which goes before the corpus where nothing was asked for
   */
  List<Workload> select(Supplier<List<Workload>> recorded) {
    List<Workload> usual = workloads.isEmpty() ? recorded.get() : List.of();
    return usual.isEmpty() ? select() : usual;
  }
}
