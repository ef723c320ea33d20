package io.github.pageferry.it.trace;

import io.github.pageferry.it.yaml.YamlText;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Writes traces as files: a line an outcome, unless that is too long. */
public final class TraceWriter {

  /** Of the fields of an outcome that is broken into lines. */
  private static final String FIELD_BREAK = ",\n     ";
  private static final int FIELD_COLUMN = 5;

  /** Of the lines of a list that is broken, too. */
  private static final int LIST_INDENT = 8;

  private TraceWriter() {}

  /** One document, without a separator. */
  public static String format(Trace trace) {
    StringBuilder out = new StringBuilder();
    out.append("workload: ").append(YamlText.blockScalar(trace.workload())).append('\n');
    out.append("kernel: ").append(YamlText.quoted(trace.kernel())).append('\n');
    out.append("nodes: ").append(trace.nodes()).append('\n');
    if (trace.skipped().isPresent()) {
      return out.append("skipped: ").append(YamlText.blockScalar(trace.skipped().get())).append('\n').toString();
    }
    out.append("outcomes:").append(trace.outcomes().isEmpty() ? " []\n" : "\n");
    trace.outcomes().forEach(outcome -> out.append(format(outcome)).append('\n'));
    return out.toString();
  }

  /** A stream of documents, each after a separator. */
  public static String format(Collection<Trace> traces) {
    StringBuilder out = new StringBuilder();
    traces.forEach(trace -> out.append("---\n").append(format(trace)));
    return out.toString();
  }

  private static String format(Outcome outcome) {
    String oneLine = render(outcome, ", ", false);
    return oneLine.length() <= YamlText.WIDTH ? oneLine : render(outcome, FIELD_BREAK, true);
  }

  private static String render(Outcome outcome, String separator, boolean broken) {
    StringBuilder out = new StringBuilder("  - {step: ").append(outcome.step());
    out.append(", returned: ").append(Codes.returned(outcome.returned()));
    if (outcome.status() != null) {
      out.append(separator).append("status: ").append(list(outcome.status(), broken, FIELD_COLUMN + "status: ".length()));
    }
    if (outcome.placement() != null) {
      out.append(separator).append("placement: {");
      String between = "";
      for (Map.Entry<String, int[]> region : outcome.placement().entrySet()) {
        String name = YamlText.scalar(region.getKey()) + ": ";
        int column = FIELD_COLUMN + "placement: {".length() + name.length();
        out.append(between).append(name).append(list(region.getValue(), broken, column));
        between = ", ";
      }
      out.append('}');
    }
    return out.append(outcome.intact() ? "}" : ", intact: false}").toString();
  }

  private static String list(int[] codes, boolean broken, int column) {
    List<String> items = Arrays.stream(codes).mapToObj(Codes::status).toList();
    return broken ? YamlText.listBelow(items, column, LIST_INDENT) : "[" + String.join(", ", items) + "]";
  }
}
