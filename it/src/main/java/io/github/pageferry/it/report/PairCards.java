package io.github.pageferry.it.report;

import io.github.pageferry.it.run.Comparison;
import io.github.pageferry.it.run.Side;
import io.github.pageferry.it.run.Summary;
import io.github.pageferry.it.run.Verdict.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A card for each pair: both machines, and how many workloads came to what. */
final class PairCards {

  private final Markup html;

  PairCards(Markup html) {
    this.html = html;
  }

  void write(List<Comparison> pairs) {
    html.open("section", "class", "pairs", "aria-label", "What was compared").line();
    pairs.forEach(this::card);
    html.close().line();
  }

  private void card(Comparison pair) {
    html.open("article", "class", "card");
    html.element("h2", Labels.pair(pair));
    if (pair.unavailable().isPresent()) {
      String what = pair.endedEarly() ? "ended early: " : "cannot run here: ";
      html.open("p", "class", "reason").element("strong", what).text(pair.unavailable().get()).close();
    }
    if (pair.unavailable().isPresent() && !pair.endedEarly()) {
      html.close().line();
      return;
    }
    Summary summary = pair.summary();
    List<Object[]> counts = new ArrayList<>(List.of(
        new Object[] {Kind.EQUIVALENT, summary.equivalent()},
        new Object[] {Kind.DIVERGED, summary.diverged()},
        new Object[] {Kind.SKIPPED, summary.skipped()}));
    if (summary.broken() > 0) {
      counts.add(2, new Object[] {Kind.BROKEN, summary.broken()});
    }
    html.open("div", "class", "bar", "aria-hidden", "true");
    for (Object[] count : counts) {
      if (!count[1].equals(0)) {
        html.open("i", "class", Badge.style((Kind) count[0]), "style", "--p:" + count[1]).close();
      }
    }
    html.close();
    html.open("ul", "class", "counts");
    for (Object[] count : counts) {
      html.open("li", "class", Badge.style((Kind) count[0]));
      html.element("b", "" + count[1]).text(" " + Badge.word((Kind) count[0])).close();
    }
    html.close();
    html.open("dl", "class", "sides");
    side("examined", pair.on());
    side("compared with", pair.against());
    html.close().close().line();
  }

  private void side(String role, Side side) {
    html.element("dt", role).open("dd");
    if (!side.name().startsWith("traces:")) {
      html.element("code", side.name()).text(" ");
    }
    html.text(side.description());
    if (!side.description().contains(side.kernel()) && !side.kernel().equals(side.name())) {
      html.text(", kernel " + side.kernel());
    }
    if (!side.facts().isEmpty()) {
      html.open("details", "class", "more").element("summary", "more of this machine").open("dl", "class", "facts");
      for (Map.Entry<String, String> fact : side.facts().entrySet()) {
        html.element("dt", fact.getKey()).element("dd", fact.getValue());
      }
      html.close().close();
    }
    html.close();
  }
}
