package io.github.pageferry.it.trace;

import io.github.pageferry.it.workload.StepWords;
import io.github.pageferry.it.yaml.BadInputException;
import io.github.pageferry.it.yaml.Fields;
import io.github.pageferry.it.yaml.Problems;
import io.github.pageferry.it.yaml.YamlDocuments;
import io.github.pageferry.it.yaml.YamlNode;
import io.github.pageferry.it.yaml.YamlNode.Mapping;
import io.github.pageferry.it.yaml.YamlNode.Scalar;
import io.github.pageferry.it.yaml.YamlNode.Sequence;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads trace files ({@code NAME.KERNEL.trace.yaml}) and streams of them ({@code NAME.KERNEL.traces.yaml}). */
public final class TraceReader {

  /** How a file with one trace ends. */
  public static final String SUFFIX = ".trace.yaml";

  /** How a stream of traces ends. */
  public static final String STREAM_SUFFIX = ".traces.yaml";

  private static final List<String> FIELDS = List.of("workload", "kernel", "nodes", "outcomes", "skipped");
  private static final List<String> OUTCOME_FIELDS = List.of("step", "returned", "status", "placement", "intact");

  private final Problems problems;

  private TraceReader(Problems problems) {
    this.problems = problems;
  }

  /**
   * Reads a file. A name in {@value #SUFFIX} promises one trace; any other may hold a stream.
   *
   * @return the traces in the order of the file, at least one
   * @throws BadInputException where it cannot be read or anything in it is wrong
   */
  public static List<Trace> read(Path file) {
    List<Trace> traces = read(file.toString(), YamlDocuments.open(file));
    if (traces.size() > 1 && file.toString().endsWith(SUFFIX)) {
      throw new BadInputException(file.toString(), "has " + traces.size() + " traces, but " + SUFFIX
          + " promises one; a stream is called " + STREAM_SUFFIX);
    }
    return traces;
  }

  /**
   * Reads a stream of traces in UTF-8.
   *
   * @param name of the stream, for messages
   * @param in closed at the end
   * @return at least one
   * @throws BadInputException where it cannot be read or anything in it is wrong
   */
  public static List<Trace> read(String name, InputStream in) {
    Problems problems = new Problems(name);
    TraceReader reader = new TraceReader(problems);
    List<Trace> traces = new ArrayList<>();
    try (YamlDocuments documents = new YamlDocuments(in, problems)) {
      for (YamlNode document = documents.next(); document != null; document = documents.next()) {
        traces.add(reader.trace(document));
      }
    }
    if (traces.isEmpty()) {
      problems.add(0, "", "has no trace in it");
    }
    problems.throwIfAny();
    return traces;
  }

  /** Reads one document; what is wrong in it is noted among the problems. */
  public static Trace read(YamlNode document, Problems problems) {
    return new TraceReader(problems).trace(document);
  }

  /** Reads traces from a text. */
  public static List<Trace> parse(String name, String text) {
    return read(name, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private Trace trace(YamlNode document) {
    Fields fields = new Fields(problems, "", document, FIELDS);
    String workload = fields.text("workload", text -> text.matches("[a-z0-9-]+"), "is no workload's name").orElse("");
    String kernel = fields.text("kernel", text -> !text.isBlank(), "should name what answered").orElse("");
    int nodes = fields.integer("nodes", 1, 1024).orElse(1);
    if (document instanceof Mapping && fields.has("skipped") == fields.has("outcomes")) {
      fields.wrong(fields.has("skipped") ? "skipped" : "outcomes",
          "a trace has either 'outcomes' or, where the workload was not run, 'skipped' with the reason");
    }
    Optional<String> skipped = fields.has("skipped") ? fields.text("skipped") : Optional.empty();
    List<Outcome> outcomes = new ArrayList<>();
    YamlNode list = fields.node("outcomes");
    if (list instanceof Sequence sequence) {
      for (YamlNode item : sequence.items()) {
        outcomes.add(outcome(outcomes.size() + 1, item));
      }
    } else if (list != null) {
      fields.wrong("outcomes", "should be a list, not " + list.kind());
    }
    return new Trace(workload, kernel, nodes, skipped, outcomes);
  }

  private Outcome outcome(int number, YamlNode node) {
    Fields fields = new Fields(problems, "outcome " + number, node, OUTCOME_FIELDS);
    String step = fields.text("step", StepWords.ALL::contains, "is no step").orElse("");
    long returned = fields.required("returned") == null ? 0 : returned(fields);
    boolean hasStatus = step.equals("move") || step.equals("query");
    boolean hasPlacement = !step.equals("map");
    if (!step.isEmpty()) {
      expect(fields, "status", hasStatus, step);
      expect(fields, "placement", hasPlacement, step);
    }
    YamlNode status = fields.node("status");
    boolean intact = !fields.has("intact") || fields.bool("intact");
    return new Outcome(step, returned, status == null ? null : codes(fields, "status", status), placement(fields), intact);
  }

  private static void expect(Fields fields, String key, boolean expected, String step) {
    if (expected && !fields.has(key)) {
      fields.wrong(key, "is missing");
    } else if (!expected && fields.has(key)) {
      fields.wrong(key, "has no place after " + step);
    }
  }

  private static long returned(Fields fields) {
    YamlNode node = fields.node("returned");
    if (node instanceof Scalar scalar) {
      OptionalLong number = scalar.integer();
      Optional<Long> code = number.isPresent() ? Optional.of(number.getAsLong()) : Codes.parseReturned(scalar.text());
      if (code.isPresent()) {
        return code.get();
      }
    }
    fields.wrong("returned", Fields.described(node) + " is neither an integer nor an errno's name nor 'some'");
    return 0;
  }

  private static @Nullable Map<String, int[]> placement(Fields fields) {
    YamlNode node = fields.node("placement");
    if (node == null) {
      return null;
    }
    Map<String, int[]> placement = new LinkedHashMap<>();
    if (node instanceof Mapping mapping) {
      mapping.entries().forEach((region, pages) -> placement.put(region, codes(fields, "placement", pages)));
    } else {
      fields.wrong("placement", "should be a mapping of regions to lists, not " + node.kind());
    }
    return placement;
  }

  private static int[] codes(Fields fields, String key, YamlNode node) {
    if (!(node instanceof Sequence sequence)) {
      fields.wrong(key, node.line(), "should be a list, not " + node.kind());
      return new int[0];
    }
    int[] codes = new int[sequence.items().size()];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = code(fields, key, sequence.items().get(i));
    }
    return codes;
  }

  private static int code(Fields fields, String key, YamlNode node) {
    if (node instanceof Scalar scalar) {
      OptionalLong number = scalar.integer();
      if (number.isPresent() && number.getAsLong() == (int) number.getAsLong()) {
        return (int) number.getAsLong();
      }
      Optional<Integer> code = Codes.parseStatus(scalar.text());
      if (code.isPresent()) {
        return code.get();
      }
    }
    fields.wrong(key, node.line(), Fields.described(node) + " is neither a node nor an errno's name nor 'untouched'");
    return 0;
  }
}
