package io.github.pageferry.it.testbed;

import io.github.pageferry.it.recording.Recording;
import io.github.pageferry.it.recording.RecordingReader;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.yaml.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Answers with what was recorded: the traces of one kernel, in a folder or in one file. */
public final class TracesBackend implements Backend {

  private final String name;
  private final Path from;
  private final String kernel;
  private final Map<String, Trace> traces;
  private final Map<String, Workload> definitions;
  private final Optional<Recording.Machine> machine;

  private TracesBackend(String name, Path from, Map<String, Trace> traces, Map<String, Workload> definitions,
      Optional<Recording.Machine> machine) {
    this.name = name;
    this.from = from;
    this.kernel = traces.values().iterator().next().kernel();
    this.traces = traces;
    this.definitions = definitions;
    this.machine = machine;
  }

  /**
   * Reads all traces.
   *
   * @param name as given on the command line
   * @param from a folder with trace files, streams of traces and recordings (its subfolders are not looked into), or one such
   *     file
   * @throws BadInputException where something in there cannot be used, there is none, or there are several kernels'
   */
  public static TracesBackend open(String name, Path from) {
    Map<String, Trace> traces = new LinkedHashMap<>();
    Map<String, Path> files = new LinkedHashMap<>();
    Map<String, Workload> definitions = new LinkedHashMap<>();
    Set<String> kernels = new TreeSet<>();
    Optional<Recording.Machine> machine = Optional.empty();
    for (Path file : files(from)) {
      Recording recording = RecordingReader.read(file);
      machine = machine.or(recording::machine);
      recording.workloads().forEach(workload -> definitions.put(workload.name(), workload));
      for (Trace trace : recording.traces()) {
        kernels.add(trace.kernel());
        if (kernels.size() > 1) {
          continue;
        }
        traces.put(trace.workload(), trace);
        Path before = files.put(trace.workload(), file);
        if (before != null) {
          throw new BadInputException(file.toString(),
              "workload '" + trace.workload() + "' has a trace of " + trace.kernel() + " in " + before + " already");
        }
      }
    }
    if (kernels.size() > 1) {
      throw new BadInputException(from.toString(), "has traces of several kernels (" + String.join(", ", kernels)
          + "); name a folder or a file with those of one");
    }
    return new TracesBackend(name, from, traces, definitions, machine);
  }

  private static List<Path> files(Path from) {
    if (!Files.isDirectory(from)) {
      return List.of(from);
    }
    try (Stream<Path> all = Files.list(from)) {
      List<Path> files = all.filter(TracesBackend::isTraceFile).sorted().toList();
      if (files.isEmpty()) {
        throw new BadInputException(from.toString(),
            "has no trace files (*" + TraceReader.SUFFIX + ", *" + TraceReader.STREAM_SUFFIX + ", *" + Recording.SUFFIX + ")");
      }
      return files;
    } catch (IOException e) {
      throw new BadInputException(from.toString(), "cannot be read: " + e);
    }
  }

  private static boolean isTraceFile(Path file) {
    String text = file.toString();
    return text.endsWith(TraceReader.SUFFIX) || text.endsWith(TraceReader.STREAM_SUFFIX) || text.endsWith(Recording.SUFFIX);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kernel() {
    return kernel;
  }

  @Override
  public String description() {
    return traces.size() + " recorded traces of " + machine.map(Recording.Machine::description).orElse(kernel) + " in " + from;
  }

  @Override
  public Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    machine.ifPresent(it -> {
      facts.putAll(it.facts());
      facts.put("recorded", "by " + it.by() + " on " + it.backend());
    });
    return facts;
  }

  @Override
  public OptionalInt nodes() {
    return machine.map(Recording.Machine::nodes).orElse(OptionalInt.empty());
  }

  /** The workloads that were run, as far as they were recorded with their traces. */
  public Map<String, Workload> definitions() {
    return Collections.unmodifiableMap(definitions);
  }

  /** The names of the workloads that were recorded, in the order of the files. */
  public Set<String> workloads() {
    return traces.keySet();
  }

  /** The trace of a workload, or one that says that it was never recorded. */
  public Trace trace(String workload, int nodes) {
    Trace trace = traces.get(workload);
    return trace != null ? trace : Trace.skipped(workload, kernel, nodes, "has no recorded trace in " + from);
  }

  @Override
  public Trace run(Workload workload) {
    Workload recorded = definitions.get(workload.name());
    boolean other = recorded != null && !(recorded.steps().equals(workload.steps()) && recorded.nodes() == workload.nodes());
    return other
        ? Trace.skipped(workload.name(), kernel, workload.nodes(), "was recorded with other steps in " + from)
        : trace(workload.name(), workload.nodes());
  }

  @Override
  public void close() {
    // Nothing was changed.
  }
}
