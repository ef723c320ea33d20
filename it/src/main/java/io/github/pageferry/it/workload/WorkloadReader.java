package io.github.pageferry.it.workload;

import io.github.pageferry.it.yaml.BadInputException;
import io.github.pageferry.it.yaml.Fields;
import io.github.pageferry.it.yaml.Problems;
import io.github.pageferry.it.yaml.YamlDocuments;
import io.github.pageferry.it.yaml.YamlNode;
import io.github.pageferry.it.yaml.YamlNode.Scalar;
import io.github.pageferry.it.yaml.YamlNode.ScalarType;
import io.github.pageferry.it.yaml.YamlNode.Sequence;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads workload files ({@code NAME.workload.yaml}) and streams of them ({@code NAME.workloads.yaml}), and checks
 * everything that can be known before a run. One rule is not held against streams, which generators make: that regions of
 * huge pages are whole huge pages; a kernel rounds up.
 */
public final class WorkloadReader {

  /** How a file with one workload is called. */
  public static final String SUFFIX = ".workload.yaml";

  /** How a stream of workloads is called. */
  public static final String STREAM_SUFFIX = ".workloads.yaml";

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]+");
  private static final List<String> FIELDS = List.of("workload", "about", "nodes", "needs", "steps");

  /** The most nodes that a kernel can be built for. */
  private static final int MAX_NODES = 1024;

  private WorkloadReader() {}

  /**
   * Reads a file. A name in {@value #SUFFIX} promises one workload; any other may hold a stream.
   *
   * @return the workloads in the order of the file, at least one
   * @throws BadInputException where it cannot be read or anything in it is wrong
   */
  public static List<Workload> read(Path file) {
    List<Workload> workloads = read(file.toString(), YamlDocuments.open(file));
    if (workloads.size() > 1 && file.toString().endsWith(SUFFIX)) {
      throw new BadInputException(file.toString(), "has " + workloads.size() + " workloads, but " + SUFFIX
          + " promises one; a stream is called " + STREAM_SUFFIX);
    }
    return workloads;
  }

  /**
   * Reads a stream of workloads in UTF-8.
   *
   * @param name of the stream, for messages
   * @param in closed at the end
   * @return at least one
   * @throws BadInputException where it cannot be read or anything in it is wrong
   */
  public static List<Workload> read(String name, InputStream in) {
    Problems problems = new Problems(name);
    List<Workload> workloads = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    try (YamlDocuments documents = new YamlDocuments(in, problems)) {
      for (YamlNode document = documents.next(); document != null; document = documents.next()) {
        Workload workload = read(document, problems, !name.endsWith(STREAM_SUFFIX));
        workloads.add(workload);
        Integer before = lines.putIfAbsent(workload.name(), document.line());
        if (before != null && !workload.name().isEmpty()) {
          problems.add(document.line(), "workload", "'" + workload.name() + "' stands in line " + before + " already");
        }
      }
    }
    if (workloads.isEmpty()) {
      problems.add(0, "", "has no workload in it");
    }
    problems.throwIfAny();
    return workloads;
  }

  /** Reads workloads from a text. */
  public static List<Workload> parse(String name, String text) {
    return read(name, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Reads one document; what is wrong in it is noted among the problems.
   *
   * @param wholeHugePages whether regions of huge pages have to be whole huge pages
   */
  public static Workload read(YamlNode document, Problems problems, boolean wholeHugePages) {
    Fields fields = new Fields(problems, "", document, FIELDS);
    String name = fields.text("workload", NAME.asMatchPredicate(), "should be a name of the form " + NAME).orElse("");
    String about = fields.has("about") ? fields.text("about").orElse("") : "";
    int nodes = fields.integer("nodes", 1, MAX_NODES).orElse(1);
    boolean noNeeds = fields.node("needs") instanceof Scalar scalar && scalar.type() == ScalarType.NULL;
    Set<Need> needs = noNeeds ? Set.of() : fields.words("needs", Need.class);
    return new Workload(name, about, nodes, needs, steps(fields, new StepReader(problems, wholeHugePages)));
  }

  private static List<Step> steps(Fields fields, StepReader reader) {
    YamlNode node = fields.required("steps");
    List<Step> steps = new ArrayList<>();
    if (node == null) {
      return steps;
    }
    if (!(node instanceof Sequence sequence)) {
      fields.wrong("steps", "should be a list of steps, not " + node.kind());
      return steps;
    }
    if (sequence.items().isEmpty()) {
      fields.wrong("steps", "has no step");
    }
    for (YamlNode item : sequence.items()) {
      Step step = reader.read(steps.size() + 1, item);
      // A step that is wrong still counts; it is never run, since the file is refused.
      steps.add(step == null ? new Step.Sync("") : step);
    }
    return steps;
  }
}
