package io.github.pageferry.it.cli;

import io.github.pageferry.it.cli.Console.Colour;
import io.github.pageferry.sim.Profiles;
import io.github.pageferry.sim.check.KnownDefect;
import io.github.pageferry.sim.sched.Branch;
import io.github.pageferry.sim.sched.Exploration;
import io.github.pageferry.sim.sched.Outcome;
import io.github.pageferry.sim.sched.Shrinker;
import io.github.pageferry.sim.sched.Tally;
import io.github.pageferry.sim.sched.Trial;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code explore}: seeded interleavings of tasks in the simulated kernel. */
@Command(
    name = "explore",
    description = {
      "Runs tasks at the same time on simulated kernels: some move pages, others fault, fork, exit, unmap, truncate, write back,"
          + " lock, merge and hold on to the same pages meanwhile. A seed says what they do and who goes on when.",
      "The machine is held to its invariants whenever a task may be parted from others, and memory to what was written. A"
          + " failure is shrunk to the fewest steps, and prints one line that runs it again."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pageferry explore --seeds 10000                          on every profile",
      "  pageferry explore --profile 2.6.36 --seed 7 --log        one run in detail"
    })
final class ExploreCommand implements Callable<Integer> {

  private static final long SEEDS = 1000;
  /** So many failures of a profile are told in full. */
  private static final int TOLD = 3;

  @Spec
  private CommandSpec spec;

  @Option(names = "--seeds", paramLabel = "N",
      description = "How many seeds to try on each profile. Default: " + SEEDS + ", or 1 with --seed.")
  private @Nullable Long seeds;

  @Option(names = "--seed", paramLabel = "S", description = "The first seed. Default: 1.")
  private @Nullable Long seed;

  @Option(names = "--profile", paramLabel = "RELEASE", split = ",",
      description = "The kernels, separated by commas. Default: all that are modelled.")
  private List<String> profiles = Profiles.names();

  @Option(names = "--schedule", paramLabel = "T",
      description = "Decides by this who goes on when, the seed only what tasks do. Default: the seed.")
  private @Nullable Long schedule;

  @Option(names = "--keep", paramLabel = "STEP", split = ",",
      description = "Only these steps, as TASK.STEP, separated by commas: what a failure was shrunk to.")
  private @Nullable List<String> keep;

  @Option(names = "--log", description = "Print what tasks do and every decision, of one seed.")
  private boolean log;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the same facts for machines to this file, too.")
  private @Nullable Path json;

  private final Context context;
  private final Function<String, Exploration> explorations;

  ExploreCommand(Context context) {
    this(context, Exploration::new);
  }

  /** As {@link #ExploreCommand(Context)}, of other kernels; for tests. */
  ExploreCommand(Context context, Function<String, Exploration> explorations) {
    this.context = context;
    this.explorations = explorations;
  }

  @Override
  public Integer call() {
    long first = seed == null ? 1 : seed;
    long count = seeds != null ? seeds : seed != null ? 1 : SEEDS;
    require(count >= 1, "--seeds: at least 1, not " + count);
    require(first <= Long.MAX_VALUE - count, "--seed: " + first + " is too large for " + count + " seeds");
    require(!log || count == 1, "--log is for one seed; name it with --seed");
    require(keep == null || count == 1, "--keep is for one seed; name it with --seed");
    OutputFile.check(json);
    Map<String, Tally> tallies = new LinkedHashMap<>();
    for (String profile : profiles) {
      tallies.put(find(profile), new Tally());
    }
    if (keep != null) {
      List<String> steps = Trial.of(first).steps();
      require(steps.containsAll(keep), "--keep: seed " + first + " has the steps " + String.join(",", steps));
    }
    context.ending().beOrderly();
    boolean ended = false;
    for (Map.Entry<String, Tally> entry : tallies.entrySet()) {
      if (!ended) {
        ended = explore(entry.getKey(), entry.getValue(), first, count);
      }
    }
    report(tallies);
    OutputFile.write(json, ExploreReport.format(first, tallies));
    if (ended) {
      return ExitStatus.INTERRUPTED;
    }
    return tallies.values().stream().allMatch(tally -> tally.failed() == 0) ? ExitStatus.OK : ExitStatus.FAILED;
  }

  private String find(String profile) {
    try {
      return Profiles.find(profile);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--profile: " + e.getMessage(), e);
    }
  }

  /** Whether a signal has ended it. */
  private boolean explore(String profile, Tally tally, long first, long count) {
    Console console = context.console();
    int told = 0;
    try (Exploration exploration = explorations.apply(profile)) {
      for (long i = 0; i < count; i++) {
        if (context.ending().requested()) {
          return true;
        }
        if (i % 64 == 0) {
          console.progress("[" + i + "/" + count + "] " + profile + ", " + tally.failed() + " failed");
        }
        Outcome outcome = exploration.run(trial(first + i), log);
        tally.add(outcome);
        if (log) {
          console.line(outcome.trial().describe() + "\n\n" + outcome.log().stripTrailing());
        }
        if (!outcome.isWell() && told < TOLD) {
          told++;
          tell(profile, outcome, keep == null ? new Shrinker(exploration).shrink(outcome) : outcome);
        }
      }
    }
    return false;
  }

  private Trial trial(long of) {
    return new Trial(of, schedule == null ? of : schedule, keep == null ? null : new TreeSet<>(keep));
  }

  private void tell(String profile, Outcome outcome, Outcome least) {
    Console console = context.console();
    console.line(console.coloured(Colour.RED, "failed") + "  " + profile + ", " + command(profile, outcome));
    console.line(outcome.message().indent(2).stripTrailing());
    if (least != outcome) {
      console.line("shrunk  " + command(profile, least));
      console.line((least.message() + "\n" + least.trial().describe()).indent(2).stripTrailing());
    }
    console.line("");
  }

  /** The line that runs it again. */
  static String command(String profile, Outcome outcome) {
    return "./pageferry explore --profile " + profile + " " + outcome.trial().options();
  }

  private void report(Map<String, Tally> tallies) {
    Console console = context.console();
    TextTable seen = new TextTable(concat("runs that saw", tallies));
    for (Branch branch : Branch.values()) {
      seen.row(row(branch.toString(), tallies, tally -> tally.branches().getOrDefault(branch, 0L)));
    }
    seen.lines().forEach(console::line);
    console.line("");
    for (Map.Entry<String, Tally> entry : tallies.entrySet()) {
      Tally tally = entry.getValue();
      boolean well = tally.failed() == 0;
      console.line(console.coloured(well ? Colour.GREEN : Colour.RED, entry.getKey() + ": " + tally.runs()
          + (tally.runs() == 1 ? " run, " : " runs, ") + tally.points() + " points, " + tally.failed() + " failed"));
      for (Map.Entry<KnownDefect, Long> finding : tally.findings().entrySet()) {
        console.line("  finding in " + finding.getValue() + ", first seed " + tally.firstSeed(finding.getKey()) + ": " + finding.getKey());
      }
    }
  }

  private static String[] concat(String title, Map<String, Tally> tallies) {
    String[] cells = new String[tallies.size() + 1];
    cells[0] = title;
    int i = 1;
    for (String profile : tallies.keySet()) {
      cells[i++] = profile;
    }
    return cells;
  }

  /** A number of each tally. */
  private interface Count {
    long of(Tally tally);
  }

  private static String[] row(String title, Map<String, Tally> tallies, Count count) {
    String[] cells = new String[tallies.size() + 1];
    cells[0] = title;
    int i = 1;
    for (Tally tally : tallies.values()) {
      cells[i++] = Long.toString(count.of(tally));
    }
    return cells;
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new CommandLine.ParameterException(spec.commandLine(), message);
    }
  }
}
