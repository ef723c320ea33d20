package io.github.pageferry.it.report;

import io.github.pageferry.it.run.Comparison;
import io.github.pageferry.it.run.Divergence;
import io.github.pageferry.it.run.KnownDefects;
import io.github.pageferry.it.run.Summary;
import io.github.pageferry.it.run.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.commons.lang3.StringUtils;

/**
 * What comparisons found as JUnit's XML, which build servers read: a suite a pair, a case a workload, also where it was not
 * come to.
 */
public final class JUnitReport {

  private final Markup xml = new Markup("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");

  private JUnitReport() {}

  /** The report as a text, with a newline at its end. */
  public static String format(List<Comparison> pairs) {
    JUnitReport report = new JUnitReport();
    Summary all = Summary.of(pairs.stream().flatMap(pair -> pair.verdicts().stream()).toList());
    long unavailable = pairs.stream().filter(pair -> pair.unavailable().isPresent()).count();
    report.xml.open("testsuites", "name", "pageferry", "tests", "" + (all.total() + unavailable),
        "failures", "" + all.diverged(), "errors", "" + (all.broken() + unavailable), "skipped", "" + all.skipped(),
        "time", seconds(pairs.stream().map(JUnitReport::time).reduce(Duration.ZERO, Duration::plus))).line();
    for (int i = 0; i < pairs.size(); i++) {
      report.suite(i, pairs.get(i));
    }
    return report.xml.close().end();
  }

  private void suite(int id, Comparison pair) {
    Summary summary = pair.summary();
    int unavailable = pair.unavailable().isPresent() ? 1 : 0;
    xml.open("testsuite", "id", "" + id, "name", Labels.pair(pair), "tests", "" + (summary.total() + unavailable),
        "failures", "" + summary.diverged(), "errors", "" + (summary.broken() + unavailable),
        "skipped", "" + summary.skipped(), "time", seconds(time(pair))).line();
    xml.open("properties").line();
    property("on", pair.on().name());
    property("on.kernel", pair.on().kernel());
    property("on.description", pair.on().description());
    property("against", pair.against().name());
    property("against.kernel", pair.against().kernel());
    property("against.description", pair.against().description());
    xml.close().line();
    // Readers take a dot for the end of a package.
    String group = "pageferry." + Labels.pair(pair).replace('.', '_');
    pair.unavailable().ifPresent(reason -> {
      String name = pair.endedEarly() ? "the pair can run to the end" : "the pair can run here";
      String message = pair.endedEarly()
          ? "ended after " + WorkloadSection.plural(pair.reached(), "workload") + ": " + firstLine(reason) : firstLine(reason);
      xml.open("testcase", "name", name, "classname", group, "time", "0.000");
      xml.element("error", reason, "message", message, "type", pair.endedEarly() ? "ended early" : "unavailable")
          .close().line();
    });
    pair.verdicts().forEach(verdict -> test(pair, verdict, group));
    xml.close().line();
  }

  private void property(String name, String value) {
    xml.empty("property", "name", name, "value", value).line();
  }

  private void test(Comparison pair, Verdict verdict, String group) {
    xml.open("testcase", "name", verdict.workload(), "classname", group, "time", seconds(verdict.evidence().took()));
    switch (verdict.kind()) {
      case EQUIVALENT -> { }
      case SKIPPED -> xml.empty("skipped", "message", pair.why(verdict));
      case BROKEN -> xml.element("error", verdict.reason(),
          "message", firstLine(pair.why(verdict)), "type", "broken");
      case DIVERGED -> xml.element("failure", divergences(pair, verdict), "message",
          WorkloadSection.plural(verdict.divergences().size(), "difference"), "type", "diverged");
    }
    List<String> known = KnownDefects.of(List.of(verdict)).lines();
    if (!known.isEmpty()) {
      xml.element("system-out", String.join("\n", known));
    }
    xml.close().line();
  }

  private static String firstLine(String text) {
    return StringUtils.substringBefore(text, "\n");
  }

  private static String divergences(Comparison pair, Verdict verdict) {
    StringBuilder out = new StringBuilder();
    int step = 0;
    for (Divergence divergence : verdict.divergences()) {
      if (divergence.step() != step) {
        step = divergence.step();
        out.append("step ").append(step).append("  ").append(divergence.text()).append('\n');
      }
      out.append("  ").append(divergence.between(pair.onLabel(), pair.againstLabel())).append('\n');
    }
    return out.toString();
  }

  private static Duration time(Comparison pair) {
    return pair.verdicts().stream().map(verdict -> verdict.evidence().took()).reduce(Duration.ZERO, Duration::plus);
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.3f", time.toNanos() / 1e9);
  }
}
