package io.github.pageferry.it.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.pageferry.it.testbed.Backend;
import java.util.List;
import java.util.Locale;

/** What a comparison found, for machines. */
public final class JsonReport {

  private static final ObjectMapper MAPPER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private JsonReport() {}

  /** The report as a JSON text, with a newline at its end. */
  public static String format(Backend on, Backend against, List<Verdict> verdicts) {
    ObjectNode root = MAPPER.createObjectNode();
    root.set("on", backend(on));
    root.set("against", backend(against));
    Summary summary = Summary.of(verdicts);
    root.putObject("summary")
        .put("total", summary.total())
        .put("ran", summary.ran())
        .put("equivalent", summary.equivalent())
        .put("diverged", summary.diverged())
        .put("skipped", summary.skipped())
        .put("broken", summary.broken());
    ArrayNode workloads = root.putArray("workloads");
    verdicts.forEach(verdict -> verdict(workloads.addObject(), verdict));
    try {
      return MAPPER.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectNode backend(Backend backend) {
    return MAPPER.createObjectNode()
        .put("name", backend.name())
        .put("kernel", backend.kernel())
        .put("description", backend.description());
  }

  private static void verdict(ObjectNode node, Verdict verdict) {
    node.put("workload", verdict.workload());
    node.put("nodes", verdict.nodes());
    node.put("result", verdict.kind().name().toLowerCase(Locale.ROOT));
    if (!verdict.reason().isEmpty()) {
      node.put("by", verdict.by());
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
