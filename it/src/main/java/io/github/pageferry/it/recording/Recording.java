package io.github.pageferry.it.recording;

import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What was recorded on one machine. As a file it is a stream of YAML documents: first one that tells of the machine, then each
 * workload and after it its trace. It is read as any stream of traces is.
 *
 * @param machine empty where there are only traces
 * @param workloads that were run, none where they are not known
 * @param traces in the order of the file
 */
public record Recording(Optional<Machine> machine, List<Workload> workloads, List<Trace> traces) {

  /** How such a file is called. */
  public static final String SUFFIX = ".recording.yaml";

  public Recording {
    workloads = List.copyOf(workloads);
    traces = List.copyOf(traces);
  }

  /**
   * The machine, in words that tell nothing of where it stands.
   *
   * @param by the program that recorded, and its version
   * @param backend its name on the command line
   * @param kernel as in the traces
   * @param description the machine in a few words
   * @param nodes how many nodes with memory it has, numbered from 0 on without a gap; empty where that is not known
   * @param facts more of it: what each is about, and the fact
   */
  public record Machine(
      String by, String backend, String kernel, String description, OptionalInt nodes, Map<String, String> facts) {}
}
