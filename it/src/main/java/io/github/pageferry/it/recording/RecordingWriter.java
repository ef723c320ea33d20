package io.github.pageferry.it.recording;

import io.github.pageferry.it.recording.Recording.Machine;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceWriter;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadWriter;
import io.github.pageferry.it.yaml.YamlText;
import java.util.HashMap;
import java.util.Map;

/** Writes recordings. */
public final class RecordingWriter {

  /** What the first document says of the form of those that follow. */
  static final int VERSION = 1;

  private RecordingWriter() {}

  /**
   * The recording as a file has it.
   *
   * @throws java.util.NoSuchElementException where it does not tell of its machine
   */
  public static String format(Recording recording) {
    StringBuilder out = new StringBuilder("---\n").append(format(recording.machine().orElseThrow()));
    Map<String, Workload> workloads = new HashMap<>();
    recording.workloads().forEach(workload -> workloads.put(workload.name(), workload));
    for (Trace trace : recording.traces()) {
      Workload workload = workloads.get(trace.workload());
      if (workload != null) {
        out.append("---\n").append(WorkloadWriter.format(workload));
      }
      out.append("---\n").append(TraceWriter.format(trace));
    }
    return out.toString();
  }

  private static String format(Machine machine) {
    StringBuilder out = new StringBuilder("recording: " + VERSION + "\n");
    line(out, "", "by", machine.by());
    line(out, "", "backend", machine.backend());
    line(out, "", "kernel", machine.kernel());
    line(out, "", "description", machine.description());
    machine.nodes().ifPresent(nodes -> out.append("nodes: ").append(nodes).append('\n'));
    if (!machine.facts().isEmpty()) {
      out.append("facts:\n");
      machine.facts().forEach((about, fact) -> line(out, "  ", YamlText.quoted(about), fact));
    }
    return out.toString();
  }

  private static void line(StringBuilder out, String indent, String key, String text) {
    out.append(indent).append(key).append(": ").append(YamlText.quoted(text)).append('\n');
  }
}
