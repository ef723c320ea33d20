package io.github.pageferry.it.cli;

import io.github.pageferry.it.cli.Console.Colour;
import io.github.pageferry.it.run.Comparison;
import io.github.pageferry.it.run.Divergence;
import io.github.pageferry.it.run.KnownDefects;
import io.github.pageferry.it.run.Summary;
import io.github.pageferry.it.run.Verdict;
import io.github.pageferry.it.run.Verdict.Kind;
import java.util.List;
import java.util.Locale;
import org.apache.commons.lang3.StringUtils;

/** What a comparison finds, for people: a row a workload as it ends, then totals and every divergence step by step. */
final class Report {

  /** Of one step; what is beyond stands in the JSON report. */
  private static final int MAX_PER_STEP = 8;

  private static final int RESULT_WIDTH = "equivalent".length();

  private final Console console;
  private final Comparison pair;
  private final int nameWidth;

  /**
   * @param pair of which verdicts are to come
   * @param names of all workloads to come
   */
  Report(Console console, Comparison pair, List<String> names) {
    this.console = console;
    this.pair = pair;
    this.nameWidth = names.stream().mapToInt(String::length).reduce("workload".length(), Math::max);
  }

  void head() {
    int width = Math.max(pair.onLabel().length(), pair.againstLabel().length());
    console.line(StringUtils.rightPad(pair.onLabel(), width) + "  " + pair.on().description());
    console.line(StringUtils.rightPad(pair.againstLabel(), width) + "  " + pair.against().description());
    console.line("");
    console.line(console.coloured(Colour.BOLD,
        StringUtils.rightPad("workload", nameWidth) + "  nodes  " + StringUtils.rightPad("result", RESULT_WIDTH) + "  why"));
  }

  void row(Verdict verdict) {
    String word = verdict.kind().name().toLowerCase(Locale.ROOT);
    String result = console.coloured(colour(verdict.kind()), StringUtils.rightPad(word, RESULT_WIDTH));
    String line = StringUtils.rightPad(verdict.workload(), nameWidth)
        + "  " + StringUtils.leftPad("" + verdict.nodes(), "nodes".length())
        + "  " + result + "  " + why(verdict);
    console.line(line.stripTrailing());
  }

  private static Colour colour(Kind kind) {
    return switch (kind) {
      case EQUIVALENT -> Colour.GREEN;
      case SKIPPED -> Colour.YELLOW;
      case DIVERGED, BROKEN -> Colour.RED;
    };
  }

  private String why(Verdict verdict) {
    return switch (verdict.kind()) {
      case EQUIVALENT -> "";
      case SKIPPED -> pair.why(verdict);
      case BROKEN -> StringUtils.substringBefore(pair.why(verdict), "\n");
      case DIVERGED -> {
        int count = verdict.divergences().size();
        int first = verdict.divergences().get(0).step();
        yield (count == 1 ? "1 difference" : count + " differences, the first") + (first > 0 ? " in step " + first : "");
      }
    };
  }

  /** @param done the same pair with all its verdicts */
  void tail(Comparison done) {
    for (Verdict verdict : done.verdicts()) {
      if (verdict.kind() == Kind.DIVERGED) {
        divergences(verdict);
      } else if (verdict.kind() == Kind.BROKEN) {
        console.line("");
        console.line(console.coloured(Colour.RED, verdict.workload()) + ": broken on " + pair.label(verdict));
        verdict.reason().lines().forEach(line -> console.line("  " + line));
      }
    }
    Summary summary = done.summary();
    List<String> known = KnownDefects.of(done.verdicts()).lines();
    if (!known.isEmpty()) {
      console.line("");
      known.forEach(console::line);
    }
    console.line("");
    boolean success = summary.isSuccess() && done.unavailable().isEmpty();
    console.line(console.coloured(success ? Colour.GREEN : Colour.RED, summary.toString()));
    if (done.unavailable().isPresent()) {
      console.error("pageferry: ended after " + done.reached() + " of " + done.verdicts().size() + " workloads: "
          + done.unavailable().get());
    } else if (summary.ran() == 0) {
      console.error("nothing ran: " + (summary.broken() > 0 ? "all that could run is broken" : "all workloads were skipped"));
    }
  }

  private void divergences(Verdict verdict) {
    console.line("");
    console.line(console.coloured(Colour.RED, verdict.workload()) + ": " + pair.title());
    int step = -1;
    int shown = 0;
    int hidden = 0;
    for (Divergence divergence : verdict.divergences()) {
      if (divergence.step() != step) {
        more(hidden);
        step = divergence.step();
        shown = 0;
        hidden = 0;
        if (step > 0) {
          console.line("  step " + step + "  " + StringUtils.abbreviate(divergence.text(), 100));
        }
      }
      if (shown++ < MAX_PER_STEP) {
        console.line("    " + divergence.between(pair.onLabel(), pair.againstLabel()));
      } else {
        hidden++;
      }
    }
    more(hidden);
  }

  private void more(int hidden) {
    if (hidden > 0) {
      console.line("    and " + hidden + " more, all of them in the file that --json writes");
    }
  }
}
