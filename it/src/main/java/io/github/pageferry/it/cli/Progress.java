package io.github.pageferry.it.cli;

import io.github.pageferry.it.workload.Workload;

/** Says which of the workloads is being run. */
final class Progress {

  private final Console console;
  private final int total;
  private int number;

  Progress(Console console, int total) {
    this.console = console;
    this.total = total;
  }

  void next(Workload workload) {
    number++;
    console.progress("[" + number + "/" + total + "] " + workload.name());
  }
}
