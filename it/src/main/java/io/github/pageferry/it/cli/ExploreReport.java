package io.github.pageferry.it.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.pageferry.sim.check.KnownDefect;
import io.github.pageferry.sim.sched.Outcome;
import io.github.pageferry.sim.sched.Tally;
import java.util.Locale;
import java.util.Map;

/** What {@code explore} found, for machines. */
final class ExploreReport {

  private static final ObjectMapper MAPPER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private ExploreReport() {}

  static String format(long firstSeed, Map<String, Tally> tallies) {
    ObjectNode root = MAPPER.createObjectNode();
    root.putObject("summary")
        .put("ran", tallies.values().stream().mapToLong(Tally::runs).sum())
        .put("failed", tallies.values().stream().mapToLong(Tally::failed).sum());
    root.put("firstSeed", firstSeed);
    ArrayNode profiles = root.putArray("profiles");
    tallies.forEach((profile, tally) -> profile(profiles.addObject(), profile, tally));
    try {
      return MAPPER.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void profile(ObjectNode node, String profile, Tally tally) {
    node.put("profile", profile).put("ran", tally.runs()).put("points", tally.points()).put("failed", tally.failed());
    ObjectNode seen = node.putObject("seen");
    tally.branches().forEach((branch, runs) -> seen.put(word(branch), runs));
    ArrayNode findings = node.putArray("findings");
    for (Map.Entry<KnownDefect, Long> finding : tally.findings().entrySet()) {
      findings.addObject().put("defect", word(finding.getKey())).put("what", finding.getKey().toString())
          .put("runs", finding.getValue())
          .put("firstSeed", tally.firstSeed(finding.getKey()));
    }
    ArrayNode failures = node.putArray("failures");
    for (Outcome outcome : tally.failures()) {
      failures.addObject().put("seed", outcome.trial().seed()).put("what", outcome.message())
          .put("command", ExploreCommand.command(profile, outcome));
    }
  }

  private static String word(Enum<?> of) {
    return of.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
