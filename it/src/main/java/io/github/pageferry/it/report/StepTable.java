package io.github.pageferry.it.report;

import io.github.pageferry.it.report.Runs.Run;
import io.github.pageferry.it.run.Evidence;
import io.github.pageferry.it.trace.Codes;
import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.WorkloadWriter;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a workload, and under each what both sides answered, side by side, with a picture of where its pages were
 * before it and after it.
 */
final class StepTable {

  /** Statuses are written out up to this many runs; the rest can be unfolded. */
  private static final int MAX_RUNS = 12;

  /** Steps with longer texts can be unfolded, too. */
  private static final int MAX_TEXT = 160;

  /** Of a list, an item that stands there four times or more. */
  private static final Pattern REPEATED = Pattern.compile("(?<=[\\[ ])([^,\\[\\] ]++)(?:, \\1(?=[,\\]])){3,}");

  private final Markup html;
  private final String onLabel;
  private final String againstLabel;

  StepTable(Markup html, String onLabel, String againstLabel) {
    this.html = html;
    this.onLabel = onLabel;
    this.againstLabel = againstLabel;
  }

  void write(Evidence evidence) {
    List<Outcome> on = evidence.on().map(Trace::outcomes).orElse(List.of());
    List<Outcome> against = evidence.against().map(Trace::outcomes).orElse(List.of());
    List<Step> steps = evidence.workload().map(w -> w.steps()).orElse(List.of());
    html.open("table", "class", "steps");
    html.open("thead").open("tr");
    html.element("th", onLabel, "scope", "col").element("th", againstLabel, "scope", "col");
    html.close().close().line();
    int count = Math.max(steps.size(), Math.max(on.size(), against.size()));
    for (int i = 0; i < count; i++) {
      Outcome a = at(on, i);
      Outcome b = at(against, i);
      String text = i < steps.size() ? WorkloadWriter.format(steps.get(i)) : a != null ? a.step() : b != null ? b.step() : "";
      html.open("tbody", "class", differ(a, b) ? "differs" : "same");
      html.open("tr").open("th", "colspan", "2", "scope", "rowgroup");
      html.element("span", "" + (i + 1), "class", "number");
      code(text);
      html.close().close();
      html.open("tr");
      cell(a, b, before(on, i));
      cell(b, a, before(against, i));
      html.close().close().line();
    }
    html.close();
  }

  private static @Nullable Outcome at(List<Outcome> outcomes, int index) {
    return index < outcomes.size() ? outcomes.get(index) : null;
  }

  private static boolean differ(@Nullable Outcome a, @Nullable Outcome b) {
    if (a == null || b == null) {
      return a != b;
    }
    return !a.returnedLike(b) || !a.equals(new Outcome(b.step(), a.returned(), b.status(), b.placement(), b.intact()));
  }

  /** Where the pages were: what the nearest step before that says. */
  private static Map<String, int[]> before(List<Outcome> outcomes, int index) {
    for (int i = Math.min(index, outcomes.size()) - 1; i >= 0; i--) {
      Map<String, int[]> placement = outcomes.get(i).placement();
      if (placement != null) {
        return placement;
      }
    }
    return Map.of();
  }

  private void code(String text) {
    if (text.length() <= MAX_TEXT) {
      html.element("code", text);
      return;
    }
    html.open("details", "class", "more");
    html.open("summary").element("code", StringUtils.abbreviate(REPEATED.matcher(text).replaceAll(StepTable::counted), MAX_TEXT));
    html.close();
    html.element("code", text).close();
  }

  private static String counted(MatchResult repeated) {
    int count = StringUtils.countMatches(repeated.group(), ',') + 1;
    return Matcher.quoteReplacement(repeated.group(1) + " ×" + count);
  }

  private void cell(@Nullable Outcome outcome, @Nullable Outcome other, Map<String, int[]> before) {
    html.open("td");
    if (outcome == null) {
      html.open("p", "class", "answer").element("mark", "nothing").close().close();
      return;
    }
    html.open("p", "class", "answer").text("returned ");
    boolean same = other == null || outcome.returnedLike(other);
    html.element(same ? "b" : "mark", Codes.returned(outcome.returned()));
    if (outcome.status() != null) {
      html.text(" ").open("span", "class", "status").text("status ");
      statuses(outcome.status(), other == null ? null : other.status());
      html.close();
    }
    if (!outcome.intact()) {
      html.text(" ").element(other == null || other.intact() != outcome.intact() ? "mark" : "b", "content changed");
    }
    html.close();
    if (outcome.placement() != null) {
      placement(before, outcome.placement(), Optional.ofNullable(other).map(Outcome::placement));
    }
    html.close();
  }

  private void statuses(int[] codes, int @Nullable [] other) {
    List<Run> runs = Runs.of(codes, other);
    if (runs.isEmpty()) {
      html.element("b", "of nothing");
      return;
    }
    boolean fits = runs.size() <= MAX_RUNS;
    if (!fits) {
      html.open("details", "class", "more")
          .element("summary", codes.length + " entries in " + runs.size() + " runs: " + distinct(codes));
    }
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      html.text(i == 0 ? "" : ", ");
      html.element(run.differs() ? "mark" : "b", Codes.status(run.code()) + (run.count() > 1 ? " ×" + run.count() : ""));
    }
    if (!fits) {
      html.close();
    }
  }

  private static String distinct(int[] codes) {
    return String.join(", ", Arrays.stream(codes).distinct().sorted().mapToObj(Codes::status).toList());
  }

  private void placement(Map<String, int[]> before, Map<String, int[]> after, Optional<Map<String, int[]>> other) {
    Set<String> regions = new LinkedHashSet<>(before.keySet());
    regions.addAll(after.keySet());
    if (regions.isEmpty()) {
      return;
    }
    html.open("div", "class", "places");
    for (String region : regions) {
      int[] was = before.get(region);
      int[] is = after.get(region);
      int[] others = other.map(map -> map.getOrDefault(region, new int[0])).orElse(null);
      html.element("b", region, "class", "region");
      if (was != null && is != null && Arrays.equals(was, is)) {
        strip("unchanged", region, is, others);
        continue;
      }
      if (was != null) {
        strip("before", region, was, null);
      }
      if (is != null) {
        strip("after", region, is, others);
      } else {
        html.element("span", "after", "class", "when").element("span", "no longer mapped", "class", "gone");
      }
    }
    html.close();
  }

  private void strip(String when, String region, int[] codes, int @Nullable [] other) {
    html.element("span", when, "class", "when");
    Strip.draw(html, region + " " + when, codes, other);
  }
}
