package io.github.pageferry.it.recording;

import io.github.pageferry.it.recording.Recording.Machine;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import io.github.pageferry.it.yaml.BadInputException;
import io.github.pageferry.it.yaml.Fields;
import io.github.pageferry.it.yaml.Problems;
import io.github.pageferry.it.yaml.YamlDocuments;
import io.github.pageferry.it.yaml.YamlNode;
import io.github.pageferry.it.yaml.YamlNode.Mapping;
import io.github.pageferry.it.yaml.YamlNode.Scalar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads recordings, and files of traces alone. */
public final class RecordingReader {

  private static final List<String> FIELDS = List.of("recording", "by", "backend", "kernel", "description", "nodes", "facts");

  private static final int MAX_NODES = 1024;

  private final Problems problems;
  private final List<Machine> machines = new ArrayList<>();
  private final List<Workload> workloads = new ArrayList<>();
  private final List<Trace> traces = new ArrayList<>();
  private final Set<String> names = new LinkedHashSet<>();

  private RecordingReader(Problems problems) {
    this.problems = problems;
  }

  /**
   * Reads a file: a recording, or traces alone. A name in {@value TraceReader#SUFFIX} promises one trace.
   *
   * @throws BadInputException where it cannot be read, anything in it is wrong, or there is no trace in it
   */
  public static Recording read(Path file) {
    if (file.toString().endsWith(TraceReader.SUFFIX)) {
      return new Recording(Optional.empty(), List.of(), TraceReader.read(file));
    }
    RecordingReader reader = new RecordingReader(new Problems(file.toString()));
    try (YamlDocuments documents = new YamlDocuments(YamlDocuments.open(file), reader.problems)) {
      for (YamlNode document = documents.next(); document != null; document = documents.next()) {
        reader.take(document);
      }
    }
    if (reader.traces.isEmpty()) {
      reader.problems.add(0, "", "has no trace in it");
    }
    reader.problems.throwIfAny();
    return new Recording(reader.machines.stream().findFirst(), reader.workloads, reader.traces);
  }

  private void take(YamlNode document) {
    Map<String, YamlNode> entries = document instanceof Mapping mapping ? mapping.entries() : Map.of();
    if (entries.containsKey("recording")) {
      if (!machines.isEmpty() || !traces.isEmpty()) {
        problems.add(document.line(), "recording", "is no second recording's place: a file has one, and it begins there");
      }
      machines.add(machine(document));
    } else if (entries.containsKey("steps")) {
      Workload workload = WorkloadReader.read(document, problems, false);
      if (!names.add(workload.name())) {
        problems.add(document.line(), "workload", "'" + workload.name() + "' stands before this already");
      }
      workloads.add(workload);
    } else {
      traces.add(TraceReader.read(document, problems));
    }
  }

  private Machine machine(YamlNode document) {
    Fields fields = new Fields(problems, "", document, FIELDS);
    int version = fields.integer("recording", 1, Integer.MAX_VALUE).orElse(RecordingWriter.VERSION);
    if (version > RecordingWriter.VERSION) {
      fields.wrong("recording", version + " is a form that this release does not know; it knows " + RecordingWriter.VERSION);
    }
    Map<String, String> facts = new LinkedHashMap<>();
    if (fields.node("facts") instanceof Mapping mapping) {
      mapping.entries().forEach((about, fact) -> facts.put(about, fact instanceof Scalar scalar ? scalar.text() : fact.kind()));
    }
    return new Machine(text(fields, "by"), text(fields, "backend"), text(fields, "kernel"), text(fields, "description"),
        fields.integer("nodes", 1, MAX_NODES).map(OptionalInt::of).orElse(OptionalInt.empty()), facts);
  }

  private static String text(Fields fields, String key) {
    return fields.text(key, text -> true, "").orElse("");
  }
}
