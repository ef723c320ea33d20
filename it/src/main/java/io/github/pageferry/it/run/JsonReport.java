package io.github.pageferry.it.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** What a comparison found, for machines. */
public final class JsonReport {

  private static final ObjectMapper MAPPER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private JsonReport() {}

  /**
   * The report as a JSON text, with a newline at its end. A single pair has its fields at the top; several stand in a list
   * {@code pairs}, below one {@code summary} of them all.
   */
  public static String format(List<Comparison> pairs) {
    ObjectNode root = MAPPER.createObjectNode();
    if (pairs.size() == 1) {
      pair(root, pairs.get(0));
    } else {
      summary(root, Summary.of(pairs.stream().flatMap(pair -> pair.verdicts().stream()).toList()));
      ArrayNode list = root.putArray("pairs");
      pairs.forEach(pair -> pair(list.addObject(), pair));
    }
    try {
      return MAPPER.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pair(ObjectNode node, Comparison pair) {
    node.set("on", side(pair.on()));
    node.set("against", side(pair.against()));
    pair.unavailable().ifPresent(reason -> node.put("unavailable", reason));
    summary(node, pair.summary());
    ArrayNode workloads = node.putArray("workloads");
    pair.verdicts().forEach(verdict -> verdict(workloads.addObject(), verdict));
    KnownDefects.of(pair.verdicts()).write(node.putArray("knownDefects"));
  }

  /** Adds how many workloads came to what. */
  public static void summary(ObjectNode node, Summary summary) {
    node.putObject("summary")
        .put("total", summary.total())
        .put("ran", summary.ran())
        .put("equivalent", summary.equivalent())
        .put("diverged", summary.diverged())
        .put("skipped", summary.skipped())
        .put("broken", summary.broken());
  }

  /** What is said of one side. */
  public static ObjectNode side(Side side) {
    ObjectNode node = MAPPER.createObjectNode()
        .put("name", side.name())
        .put("kernel", side.kernel())
        .put("description", side.description());
    if (!side.facts().isEmpty()) {
      ObjectNode facts = node.putObject("facts");
      side.facts().forEach(facts::put);
    }
    return node;
  }

  private static void verdict(ObjectNode node, Verdict verdict) {
    node.put("workload", verdict.workload());
    node.put("nodes", verdict.nodes());
    node.put("result", verdict.kind().name().toLowerCase(Locale.ROOT));
    if (!verdict.by().isEmpty()) {
      node.put("by", verdict.by());
    }
    if (!verdict.reason().isEmpty()) {
      node.put("reason", verdict.reason());
    }
    if (!verdict.divergences().isEmpty()) {
      ArrayNode divergences = node.putArray("divergences");
      for (Divergence divergence : verdict.divergences()) {
        divergences.addObject()
            .put("step", divergence.step())
            .put("text", divergence.text())
            .put("field", divergence.field())
            .put("where", divergence.where())
            .put("on", divergence.on())
            .put("against", divergence.against());
      }
    }
  }
}
