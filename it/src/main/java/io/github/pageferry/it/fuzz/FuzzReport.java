package io.github.pageferry.it.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.pageferry.it.run.JsonReport;
import io.github.pageferry.it.run.Side;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a campaign came to, for machines. */
public final class FuzzReport {

  private static final ObjectMapper MAPPER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private FuzzReport() {}

  /**
   * The report as a JSON text, with a newline at its end.
   *
   * @param seed of the campaign, from its first workload on
   * @param nodes the most that a workload may need
   * @param replays for each symptom the command line that runs again what shows it
   */
  public static String format(
      Campaign campaign, long seed, long first, int nodes, Side on, Side against, Map<String, String> replays) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("seed", seed).put("first", first).put("nodes", nodes);
    root.set("on", JsonReport.side(on));
    root.set("against", JsonReport.side(against));
    root.put("interrupted", campaign.isInterrupted());
    root.put("stopped", campaign.stopped().orElse(null));
    root.put("next", campaign.next());
    JsonReport.summary(root, campaign.summary());
    counts(root.putObject("skips"), campaign.skips());
    ArrayNode findings = root.putArray("findings");
    for (Finding finding : campaign.findings()) {
      findings.addObject()
          .put("symptom", finding.symptom())
          .put("times", campaign.symptoms().getOrDefault(finding.symptom(), 1))
          .put("number", finding.number())
          .put("workload", finding.workload().name())
          .put("steps", finding.workload().steps().size())
          .put("lasting", finding.lasting())
          .put("alone", alone(finding))
          .put("reduction", finding.reduction().toString())
          .put("failure", finding.failure().orElse(null))
          .put("replay", replays.getOrDefault(finding.symptom(), ""));
    }
    campaign.knownDefects().write(root.putArray("knownDefects"));
    coverage(root.putObject("coverage"), campaign.coverage());
    try {
      return MAPPER.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static @Nullable Boolean alone(Finding finding) {
    return finding.alone() == Finding.Alone.UNKNOWN ? null : finding.alone() == Finding.Alone.ALONE;
  }

  private static void coverage(ObjectNode node, Coverage coverage) {
    ArrayNode seen = node.putArray("seen");
    coverage.cells().forEach((cell, what) -> {
      if (what.times() > 0) {
        ObjectNode entry = seen.addObject().put("step", cell.step()).put("backing", cell.kind()).put("times", what.times());
        counts(entry.putObject("returned"), what.returned());
        if (!what.statuses().isEmpty()) {
          counts(entry.putObject("statuses"), what.statuses());
        }
      }
    });
    ArrayNode unseen = node.putArray("neverSeen");
    coverage.unseen().forEach(cell -> unseen.addObject().put("step", cell.step()).put("backing", cell.kind()));
    ObjectNode answers = node.putObject("neverAnswered");
    coverage.unseenAnswers().forEach((step, missing) -> {
      ArrayNode list = answers.putArray(step);
      missing.forEach(list::add);
    });
  }

  private static void counts(ObjectNode node, Map<String, Integer> counts) {
    counts.forEach(node::put);
  }
}
