package io.github.pageferry.it.cli;

import io.github.pageferry.it.cli.Console.Colour;
import io.github.pageferry.it.fuzz.Campaign;
import io.github.pageferry.it.fuzz.Coverage;
import io.github.pageferry.it.fuzz.Finding;
import io.github.pageferry.it.run.ShellWord;
import io.github.pageferry.it.run.Side;
import io.github.pageferry.it.run.Summary;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.trace.TraceWriter;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import io.github.pageferry.it.workload.WorkloadWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.lang3.StringUtils;

/** What a campaign finds, for people and as files. */
final class FuzzOutput implements Campaign.Listener {

  /** Of a finding; the traces have them all. */
  private static final int MAX_DIVERGENCES = 5;

  private final Console console;
  private final Path folder;
  private final Side one;
  private final Side two;
  private final String on;
  private final String against;
  private final long first;
  private final long count;
  private final Map<String, String> replays = new LinkedHashMap<>();
  private final Given given;
  private String seedArguments = "";
  private long done;
  private int found;

  /**
   * What the user has given of some options, as a line that runs again has it: a blank, the option's name, a blank and its
   * value; empty where it was not given.
   */
  record Given(String nodes, String out, String tries, String json) {}

  /**
   * @param folder for what is found
   * @param one the examined backend
   * @param two the other one
   */
  FuzzOutput(Console console, Path folder, Side one, Side two, long first, long count, Given given) {
    this.console = console;
    this.folder = folder;
    this.one = one;
    this.two = two;
    on = one.name();
    against = two.name();
    this.given = given;
    this.first = first;
    this.count = count;
  }

  void head(long seed, int nodes) {
    int width = Math.max(on.length(), against.length());
    console.line(StringUtils.rightPad(on, width) + "  " + one.description());
    console.line(StringUtils.rightPad(against, width) + "  " + two.description());
    seedArguments = "--seed " + seed + " --nodes " + nodes;
    console.line("");
    String which = count == 1 ? "workload " + first : "workloads " + first + " to " + (first + count - 1);
    console.line("seed " + seed + ", " + which + ", for " + (nodes == 1 ? "1 node" : "up to " + nodes + " nodes"));
  }

  @Override
  public void beginning(Workload workload) {
    done++;
    console.progress("[" + done + "/" + count + "] " + workload.name() + (found == 0 ? "" : ", " + found + " found"));
  }

  @Override
  public void shrinking(Workload workload, String symptom) {
    found++;
    console.progress("[" + done + "/" + count + "] " + workload.name() + ": reducing " + symptom);
  }

  @Override
  public void found(Finding finding) {
    Path file = write(finding);
    String replay = replay(finding, file);
    replays.put(finding.symptom(), replay);
    console.line("");
    console.line(console.coloured(Colour.RED, finding.workload().name()) + ": " + finding.symptom()
        + (finding.reduction() == Finding.Reduction.LEAST ? "" : "; " + finding.reduction())
        + (finding.lasting() && finding.alone() != Finding.Alone.ALONE ? "; " + finding.alone() : ""));
    finding.workload().steps().forEach(step ->
        console.line("  - " + StringUtils.abbreviate(WorkloadWriter.format(step), 110)));
    finding.divergences().stream().limit(MAX_DIVERGENCES).forEach(divergence ->
        console.line("  step " + divergence.step() + ", " + divergence.between(on, against)));
    if (finding.divergences().size() > MAX_DIVERGENCES) {
      console.line("  and " + (finding.divergences().size() - MAX_DIVERGENCES) + " more");
    }
    finding.failure().ifPresent(failure -> failure.lines().forEach(line -> console.line("  " + line)));
    console.line("  replay: " + replay);
  }

  /**
   * Of one that may need others before it, all that the campaign ran are run again, and as many tries made to reduce what they
   * show: those ran before it, too. The campaign's report is not to be replaced by that.
   */
  private String replay(Finding finding, Path file) {
    if (finding.alone() == Finding.Alone.ALONE) {
      return "./pageferry conform " + ShellWord.of(file.toString()) + backends() + given.nodes();
    }
    return fuzz(first, finding.number() - first + 1) + given.out() + given.tries();
  }

  /** The command line that makes these workloads again. */
  private String fuzz(long from, long many) {
    return "./pageferry fuzz " + seedArguments + " --first " + from + " --count " + many + backends();
  }

  private String backends() {
    return " --on " + ShellWord.of(on) + " --against " + ShellWord.of(against);
  }

  /** The workload and what both sides answered, each side's trace in a file of its own. */
  private Path write(Finding finding) {
    OutputFile.makeFolder(folder);
    String name = finding.workload().name();
    Path file = folder.resolve(name + WorkloadReader.SUFFIX);
    OutputFile.write(file, WorkloadWriter.format(finding.workload()));
    finding.on().ifPresent(trace -> write(name, "on", trace));
    finding.against().ifPresent(trace -> write(name, "against", trace));
    return file;
  }

  /** The side is part of the name, since both may be of one kernel. */
  private void write(String name, String side, Trace trace) {
    String kernel = trace.kernel().replace('/', '_');
    OutputFile.write(folder.resolve(name + "." + side + "." + kernel + TraceReader.SUFFIX), TraceWriter.format(trace));
  }

  /** For each symptom the command line that runs its workload again. */
  Map<String, String> replays() {
    return replays;
  }

  void tail(Campaign campaign) {
    Summary summary = campaign.summary();
    console.line("");
    coverage(campaign.coverage()).forEach(console::line);
    campaign.skips().forEach((reason, times) ->
        console.line(console.coloured(Colour.YELLOW, "skipped ") + times + " times, " + reason));
    campaign.symptoms().forEach((symptom, times) ->
        console.line(console.coloured(Colour.RED, "found ") + (times == 1 ? "once: " : times + " times: ") + symptom));
    List<String> known = campaign.knownDefects().lines();
    if (!known.isEmpty()) {
      known.forEach(console::line);
      console.line("");
    }
    boolean early = campaign.isInterrupted() || campaign.stopped().isPresent();
    console.line(console.coloured(summary.isSuccess() && campaign.stopped().isEmpty() ? Colour.GREEN : Colour.RED,
        summary + (early ? "; ended before all were made" : "")));
    long left = first + count - campaign.next();
    if (early && left > 0) {
      console.line("go on: " + fuzz(campaign.next(), left) + given.out() + given.tries() + given.json());
    }
    if (summary.ran() == 0 && !early) {
      console.error("nothing ran: " + (summary.broken() > 0 ? "all that could run is broken" : "all workloads were skipped"));
    }
  }

  /** A row for each step on each backing that was run, then what was not. */
  private static List<String> coverage(Coverage coverage) {
    TextTable table = new TextTable("step", "backing", "times", "returned", "statuses");
    coverage.cells().forEach((cell, seen) -> {
      if (seen.times() > 0) {
        table.row(cell.step(), cell.kind(), "" + seen.times(),
            String.join(" ", seen.returned().keySet()), String.join(" ", seen.statuses().keySet()));
      }
    });
    List<String> lines = new ArrayList<>(table.lines());
    lines.add("");
    Map<String, List<String>> unseen = coverage.unseen().stream().collect(Collectors.groupingBy(
        Coverage.Cell::step, LinkedHashMap::new, Collectors.mapping(Coverage.Cell::kind, Collectors.toList())));
    unseen.forEach((step, kinds) -> lines.add("never run: " + step + " on " + String.join(", ", kinds)));
    coverage.unseenAnswers().forEach((step, answers) ->
        lines.add("never answered: " + step + " " + String.join(", ", answers)));
    lines.add("");
    return lines;
  }
}
