package io.github.pageferry.it.report;

import io.github.pageferry.it.run.Comparison;
import io.github.pageferry.it.run.Divergence;
import io.github.pageferry.it.run.Verdict;
import io.github.pageferry.it.run.Verdict.Kind;
import io.github.pageferry.it.workload.Need;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadWriter;
import java.util.List;
import java.util.stream.Collectors;

/** All of one workload: what it checks, where the sides differ, its steps with both traces. */
final class WorkloadSection {

  /** Of one pair; beyond that the steps show them. */
  private static final int MAX_DIVERGENCES = 40;

  private final Markup html;
  private final List<Comparison> pairs;

  WorkloadSection(Markup html, List<Comparison> pairs) {
    this.html = html;
    this.pairs = pairs;
  }

  void write(Row row) {
    html.open("details", "class", "workload " + Badge.style(row.kind()), openOrNot(row)[0], openOrNot(row)[1]);
    html.open("summary");
    html.element("span", row.name(), "class", "name");
    html.open("span", "class", "badges");
    row.alike().forEach(group -> {
      Badge.write(html, row.verdict(group.get(0)).kind(), pairs.size() > 1 ? " " + count(group) : "");
    });
    html.close().close();
    html.open("div", "class", "inside", "id", row.anchor());
    if (!row.about().isEmpty()) {
      html.element("p", row.about(), "class", "about");
    }
    row.workload().ifPresent(this::facts);
    row.alike().forEach(group -> block(row, group));
    html.close().close().line();
  }

  /** XML knows no attribute without a value. */
  private static String[] openOrNot(Row row) {
    return row.isWrong() ? new String[] {"open", ""} : new String[] {"data-kind", Badge.word(row.kind())};
  }

  private static String count(List<Integer> group) {
    return "×" + group.size();
  }

  private void facts(Workload workload) {
    String needs = workload.needs().stream().map(Need::word).collect(Collectors.joining(", "));
    html.element("p", plural(workload.steps().size(), "step") + ", " + plural(workload.nodes(), "node")
        + (needs.isEmpty() ? "" : "; needs " + needs), "class", "meta");
  }

  private void block(Row row, List<Integer> group) {
    Verdict verdict = row.verdict(group.get(0));
    Comparison first = pairs.get(group.get(0));
    boolean folded = row.isWrong() && verdict.kind() != row.kind();
    html.open(folded ? "details" : "section", "class", "block");
    if (pairs.size() > 1) {
      head(group, verdict.kind(), folded);
    }
    if (!verdict.reason().isEmpty()) {
      html.open("p", "class", "reason");
      html.element("strong", Badge.word(verdict.kind()) + (verdict.isReached() ? " by " + first.label(verdict) : "") + ": ");
      html.open("span").text(verdict.reason()).close().close();
    }
    divergences(verdict, Labels.on(pairs, group), Labels.against(pairs, group));
    if (verdict.kind() == Kind.SKIPPED || verdict.kind() == Kind.BROKEN) {
      verdict.evidence().workload().ifPresent(this::steps);
    } else {
      new StepTable(html, Labels.on(pairs, group), Labels.against(pairs, group)).write(verdict.evidence());
    }
    html.close();
  }

  private void head(List<Integer> group, Kind kind, boolean folded) {
    String titles = group.size() == pairs.size()
        ? "all " + pairs.size() + " pairs"
        : group.stream().map(pairs::get).map(Labels::pair).collect(Collectors.joining("; "));
    if (folded) {
      html.open("summary");
    }
    html.open("h3").text(titles + " ");
    Badge.write(html, kind, "");
    html.close();
    if (folded) {
      html.close();
    }
  }

  private void divergences(Verdict verdict, String on, String against) {
    List<Divergence> divergences = verdict.divergences();
    if (divergences.isEmpty()) {
      return;
    }
    html.element("p", plural(divergences.size(), "difference") + ":", "class", "count");
    html.open("ul", "class", "differences");
    for (Divergence divergence : divergences.subList(0, Math.min(divergences.size(), MAX_DIVERGENCES))) {
      html.open("li");
      html.text((divergence.step() > 0 ? "step " + divergence.step() + ", " : "") + divergence.what() + ": ");
      html.text(on + " says ").element("b", divergence.on());
      html.text(", " + against + " says ").element("b", divergence.against());
      html.close();
    }
    if (divergences.size() > MAX_DIVERGENCES) {
      html.element("li", "and " + (divergences.size() - MAX_DIVERGENCES) + " more, which the steps show");
    }
    html.close();
  }

  private void steps(Workload workload) {
    html.open("ol", "class", "plain");
    for (Step step : workload.steps()) {
      html.open("li").element("code", WorkloadWriter.format(step)).close();
    }
    html.close();
  }

  static String plural(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}
