package io.github.pageferry.it.cli;

import io.github.pageferry.it.cli.Console.Colour;
import io.github.pageferry.it.run.Divergence;
import io.github.pageferry.it.run.Summary;
import io.github.pageferry.it.run.Verdict;
import io.github.pageferry.it.run.Verdict.Kind;
import io.github.pageferry.it.testbed.Backend;
import java.util.List;
import java.util.Locale;
import org.apache.commons.lang3.StringUtils;

/** What a comparison finds, for people: a row a workload as it ends, then totals and every divergence step by step. */
final class Report {

  /** Of one step; what is beyond stands in the JSON report. */
  private static final int MAX_PER_STEP = 8;

  private static final int RESULT_WIDTH = "equivalent".length();

  private final Console console;
  private final Backend on;
  private final Backend against;
  private final String onLabel;
  private final String againstLabel;
  private final int nameWidth;

  /**
   * @param names of all workloads to come
   */
  Report(Console console, Backend on, Backend against, List<String> names) {
    this.console = console;
    this.on = on;
    this.against = against;
    boolean alike = label(on).equals(label(against));
    onLabel = alike ? on.name() : label(on);
    againstLabel = alike ? against.name() : label(against);
    this.nameWidth = names.stream().mapToInt(String::length).reduce("workload".length(), Math::max);
  }

  void head() {
    int width = Math.max(onLabel.length(), againstLabel.length());
    console.line(StringUtils.rightPad(onLabel, width) + "  " + on.description());
    console.line(StringUtils.rightPad(againstLabel, width) + "  " + against.description());
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
      case SKIPPED -> label(verdict) + ": " + verdict.reason();
      case BROKEN -> label(verdict) + ": " + StringUtils.substringBefore(verdict.reason(), "\n");
      case DIVERGED -> {
        int count = verdict.divergences().size();
        int first = verdict.divergences().get(0).step();
        yield (count == 1 ? "1 difference" : count + " differences, the first") + (first > 0 ? " in step " + first : "");
      }
    };
  }

  private String label(Verdict verdict) {
    return verdict.by().equals(on.name()) ? onLabel : againstLabel;
  }

  void tail(List<Verdict> verdicts) {
    for (Verdict verdict : verdicts) {
      if (verdict.kind() == Kind.DIVERGED) {
        divergences(verdict);
      } else if (verdict.kind() == Kind.BROKEN) {
        console.line("");
        console.line(console.coloured(Colour.RED, verdict.workload()) + ": broken on " + label(verdict));
        verdict.reason().lines().forEach(line -> console.line("  " + line));
      }
    }
    Summary summary = Summary.of(verdicts);
    console.line("");
    console.line(console.coloured(summary.isSuccess() ? Colour.GREEN : Colour.RED, summary.toString()));
    if (summary.ran() == 0) {
      console.error("nothing ran: " + (summary.broken() > 0 ? "all that could run is broken" : "all workloads were skipped"));
    }
  }

  private void divergences(Verdict verdict) {
    console.line("");
    console.line(console.coloured(Colour.RED, verdict.workload()) + ": " + side(onLabel, on) + " against " + side(againstLabel, against));
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
        console.line("    " + divergence(divergence));
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

  private String divergence(Divergence divergence) {
    String what = divergence.field() + (divergence.where().isEmpty() ? "" : " of " + divergence.where());
    return what + ": " + onLabel + " " + divergence.on() + ", " + againstLabel + " " + divergence.against();
  }

  private static String side(String label, Backend backend) {
    return label.equals(backend.kernel()) ? label : label + " (" + backend.kernel() + ")";
  }

  /** The name or the kernel, whichever is shorter: of recorded traces, the name is a path. */
  private static String label(Backend backend) {
    return backend.kernel().length() < backend.name().length() ? backend.kernel() : backend.name();
  }
}
