package io.github.pageferry.it.report;

import io.github.pageferry.it.run.Comparison;
import io.github.pageferry.it.run.KnownDefects;
import io.github.pageferry.it.run.Summary;
import io.github.pageferry.it.run.Verdict;
import io.github.pageferry.it.run.Verdict.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * What comparisons found, as a page for people: one file that loads nothing, needs no script, and is HTML and well-formed XML
 * alike. Whatever diverged stands first.
 */
public final class HtmlReport {

  private final Markup html = new Markup("<!DOCTYPE html>");
  private final List<Comparison> all;

  /** Those that could be had. */
  private final List<Comparison> pairs;
  private final List<Row> rows;

  private HtmlReport(List<Comparison> pairs) {
    this.all = pairs;
    this.pairs = pairs.stream().filter(pair -> pair.unavailable().isEmpty() || pair.endedEarly()).toList();
    this.rows = Row.of(this.pairs);
  }

  /**
   * Writes the page.
   *
   * @param by the program and its version
   * @param at when the comparison was made
   */
  public static String format(List<Comparison> pairs, String by, Instant at) {
    return new HtmlReport(pairs).page(by, at);
  }

  private String page(String by, Instant at) {
    String titles = String.join("; ", all.stream().map(Labels::pair).toList());
    html.open("html", "lang", "en", "xmlns", "http://www.w3.org/1999/xhtml").line();
    html.open("head").line();
    html.empty("meta", "charset", "utf-8").line();
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1").line();
    html.empty("meta", "name", "color-scheme", "content", "light dark").line();
    html.empty("meta", "name", "generator", "content", by).line();
    html.element("title", headline() + ": " + titles).line();
    html.style(styleSheet()).line();
    html.close().line().open("body").line();
    html.open("header");
    html.element("p", "Pageferry conformance report", "class", "brand");
    html.element("h1", headline(), "class", isSuccess() ? "good" : "bad");
    html.element("p", lede(), "class", "lede");
    html.close().line().open("main").line();
    contents();
    new PairCards(html).write(all);
    divergences();
    new Matrix(html, pairs).write(rows);
    skips();
    others();
    html.close().line().open("footer");
    html.element("p", "Written by " + by + " on " + at.truncatedTo(ChronoUnit.MINUTES).toString().replace('T', ' ')
        .replace(":00Z", " UTC").replace("Z", " UTC") + ". On paper stand the workloads that are unfolded.");
    return html.close().line().close().line().close().end();
  }

  private boolean isSuccess() {
    return all.stream().allMatch(pair -> pair.unavailable().isEmpty() && pair.summary().isSuccess());
  }

  private String headline() {
    int diverged = count(Kind.DIVERGED);
    int broken = count(Kind.BROKEN);
    if (diverged + broken == 0) {
      int equivalent = count(Kind.EQUIVALENT);
      boolean early = all.stream().anyMatch(Comparison::endedEarly);
      return equivalent == 0 ? "Nothing ran"
          : "No divergence in " + WorkloadSection.plural(equivalent, "workload") + (early ? ", but the run ended early" : "");
    }
    String parts = diverged > 0 ? WorkloadSection.plural(diverged, "workload") + " diverged" : "";
    String more = broken > 0 ? WorkloadSection.plural(broken, "workload") + " broke" : "";
    return parts + (parts.isEmpty() || more.isEmpty() ? "" : ", ") + more;
  }

  private int count(Kind kind) {
    return (int) rows.stream().filter(row -> row.kind() == kind).count();
  }

  private String lede() {
    Summary total = Summary.of(pairs.stream().flatMap(pair -> pair.verdicts().stream()).toList());
    return "Each workload ran on both sides of a pair; return values, status codes, the node of every page after every step, and"
        + " content were compared. " + (pairs.size() > 1 ? "In " + pairs.size() + " pairs: " : "") + total + ".";
  }

  private void contents() {
    html.open("nav", "aria-label", "Contents").open("ul");
    long wrong = rows.stream().filter(Row::isWrong).count();
    if (wrong > 0) {
      link("#divergences", "Divergences (" + wrong + ")");
    }
    link("#matrix", "All workloads (" + rows.size() + ")");
    if (!skippedBecause().isEmpty()) {
      link("#skips", "Skipped, and why");
    }
    if (!knownDefects().isEmpty()) {
      link("#defects", "Known defects of the kernel that the model shows, too");
    }
    link("#details", "Step by step");
    html.close().close().line();
  }

  private void link(String to, String text) {
    html.open("li").element("a", text, "href", to).close();
  }

  private void divergences() {
    List<Row> wrong = rows.stream().filter(Row::isWrong).toList();
    if (wrong.isEmpty()) {
      return;
    }
    html.open("section", "id", "divergences", "aria-labelledby", "divergences-head");
    html.element("h2", "Divergences", "id", "divergences-head");
    new Legend(html).write(rows);
    WorkloadSection section = new WorkloadSection(html, pairs);
    wrong.forEach(section::write);
    html.close().line();
  }

  /** For each reason, the workloads that were skipped for it, and where. */
  private Map<String, TreeSet<String>> skippedBecause() {
    Map<String, TreeSet<String>> reasons = new LinkedHashMap<>();
    for (Comparison pair : pairs) {
      for (Verdict verdict : pair.verdicts()) {
        if (verdict.kind() == Kind.SKIPPED) {
          String by = verdict.by().equals(pair.on().name()) ? Labels.on(pair) : Labels.against(pair);
          String why = verdict.isReached() ? by + ": " + verdict.reason() : verdict.reason();
          reasons.computeIfAbsent(why, reason -> new TreeSet<>()).add(verdict.workload());
        }
      }
    }
    return reasons;
  }

  /** For each defect that a model shares with its kernel, the workloads that show it. */
  private Map<String, List<String>> knownDefects() {
    return KnownDefects.of(pairs.stream().flatMap(pair -> pair.verdicts().stream()).toList()).workloads();
  }

  private void skips() {
    listing("skips", "Skipped, and why", skippedBecause());
    listing("defects", "Known defects of the kernel that the model shows, too", knownDefects());
  }

  /** A section with the workloads of each reason; none where there is none. */
  private void listing(String id, String title, Map<String, ? extends Collection<String>> reasons) {
    if (reasons.isEmpty()) {
      return;
    }
    html.open("section", "id", id, "aria-labelledby", id + "-head");
    html.element("h2", title, "id", id + "-head");
    html.open("dl", "class", "skips");
    reasons.forEach((reason, names) -> {
      html.open("dt").text(reason + " ").element("span", "" + names.size(), "class", "tally").close();
      html.open("dd");
      int left = names.size();
      for (String name : names) {
        html.element("a", name, "href", "#w-" + name).text(--left == 0 ? "" : " ");
      }
      html.close().line();
    });
    html.close().close().line();
  }

  private void others() {
    html.open("section", "id", "details", "aria-labelledby", "details-head");
    html.element("h2", "Step by step", "id", "details-head");
    List<Row> rest = rows.stream().filter(row -> !row.isWrong()).toList();
    if (rest.size() == rows.size()) {
      new Legend(html).write(rows);
    }
    WorkloadSection section = new WorkloadSection(html, pairs);
    rest.forEach(section::write);
    if (rest.isEmpty()) {
      html.element("p", "All workloads stand among the divergences.");
    }
    html.close().line();
  }

  private static String styleSheet() {
    try (InputStream in = Objects.requireNonNull(HtmlReport.class.getResourceAsStream("report.css"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
