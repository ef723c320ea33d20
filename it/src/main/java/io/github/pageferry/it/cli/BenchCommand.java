package io.github.pageferry.it.cli;

import io.github.pageferry.it.bench.Figure;
import io.github.pageferry.it.bench.HostComparison;
import io.github.pageferry.it.bench.SimulatorComparison;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.linux.LinuxMigrator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench}: the benchmarks, each beside its peer in the same run. */
@Command(
    name = "bench",
    description = {
      "Measures (JMH) the library on this kernel and the simulator, all of it in about four minutes. Figures are worth"
          + " something where nothing else runs meanwhile.",
      "%nThe library: locating and pinning touched memory, by turns with a C program that makes the same system calls and is"
          + " compiled for it where there is a compiler (cc, gcc or clang). A ratio is Java's time divided by the C program's of"
          + " the same round; the median of the rounds is what counts.",
      "%nThe simulator: Linux 2.6.36 in one thread on machines whose memory is all in use, and this kernel's move_pages beside"
          + " it. The larger machine takes 6 GiB."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pageferry bench                          everything",
      "  pageferry bench sim                      the simulator's rows",
      "  pageferry bench sim-moves query locate   these rows"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class BenchCommand implements Callable<Integer> {

  /** Java's time divided by that of the C program is to be no more than this. */
  private static final double TARGET = 1.05;

  private static final int LEAST_PAGES = 1024;
  private static final int MOST_PAGES = 1 << 18;

  private static final String HOST = "host";
  private static final String SIM = "sim";

  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "ROW", description = {
      "What to measure; all of it where none is named. 'host': query, locate, locate-threads, pin. 'sim': sim-moves,"
          + " sim-queries, sim-memory, sim-flatness, sim-workloads."})
  private List<String> rows = List.of(HOST, SIM);

  @Option(names = "--pages", defaultValue = "" + MOST_PAGES, paramLabel = "N",
      description = "How many base pages each operation of the library is about, " + LEAST_PAGES + " to " + MOST_PAGES
          + " (${DEFAULT-VALUE}). Both sides have so much memory, one after the other.")
  private int pages;

  @Option(names = "--rounds", defaultValue = "3", paramLabel = "N",
      description = "How many times the library's rows are measured, half a minute each time (${DEFAULT-VALUE}).")
  private int rounds;

  private final Context context;

  BenchCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    require(
        pages >= LEAST_PAGES && pages <= MOST_PAGES, "--pages: " + pages + " is not in " + LEAST_PAGES + ".." + MOST_PAGES);
    require(rounds >= 1, "--rounds: at least 1, not " + rounds);
    Set<HostComparison.Pair> pairs = EnumSet.noneOf(HostComparison.Pair.class);
    Set<SimulatorComparison.Row> simulator = EnumSet.noneOf(SimulatorComparison.Row.class);
    rows.forEach(row -> choose(row, pairs, simulator));
    Optional<Boolean> kernelMoves = describe(!pairs.isEmpty());
    context.ending().beOrderly();
    Path folder = Files.createTempDirectory("pageferry-bench");
    try {
      if (!pairs.isEmpty()) {
        measureHost(folder, pairs);
      }
      if (!simulator.isEmpty()) {
        measureSimulator(folder, simulator, kernelMoves);
      }
    } finally {
      delete(folder);
    }
    return ExitStatus.OK;
  }

  private void choose(String row, Set<HostComparison.Pair> pairs, Set<SimulatorComparison.Row> simulator) {
    List<HostComparison.Pair> ofHost =
        Stream.of(HostComparison.Pair.values()).filter(pair -> row.equals(HOST) || row.equals(pair.word())).toList();
    List<SimulatorComparison.Row> ofSimulator =
        Stream.of(SimulatorComparison.Row.values()).filter(each -> row.equals(SIM) || row.equals(each.word())).toList();
    require(!ofHost.isEmpty() || !ofSimulator.isEmpty(), "there is no row '" + row + "' to measure");
    pairs.addAll(ofHost);
    simulator.addAll(ofSimulator);
  }

  /**
   * Says what it runs on.
   *
   * @return whether the kernel can move pages to another node; empty where it has none of the calls
   */
  private Optional<Boolean> describe(boolean kernelNeeded) {
    Console console = context.console();
    try (LinuxMigrator migrator = LinuxMigrator.open()) {
      int nodes = migrator.topology().nodesWithMemory().size();
      console.line(migrator.description() + (nodes == 1 ? ", 1 node" : ", " + nodes + " nodes")
          + ", pages of " + Bytes.format(migrator.topology().pageBytes()) + ", Java " + Runtime.version());
      return Optional.of(nodes > 1);
    } catch (IllegalStateException e) {
      if (kernelNeeded) {
        throw new CannotRunException(e.getMessage(), e);
      }
      console.line("Note: the simulator alone, on Java " + Runtime.version() + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private void measureHost(Path folder, Set<HostComparison.Pair> pairs) {
    Console console = context.console();
    console.line("");
    console.line(
        "The library with " + pages + " touched pages, " + rounds + (rounds == 1 ? " round" : " rounds"));
    Optional<Path> peer = HostComparison.compilePeer(folder, why -> console.line("Note: " + why));
    print(new HostComparison(pages, rounds, peer, console::progress, context.ending()::requested).run(pairs));
  }

  private void measureSimulator(Path folder, Set<SimulatorComparison.Row> rows, Optional<Boolean> kernelMoves)
      throws IOException {
    Console console = context.console();
    console.line("");
    console.line("The simulated Linux 2.6.36, one thread");
    long available = availableBytes().orElse(Long.MAX_VALUE);
    boolean withLarge = available >= SimulatorComparison.NEEDED_BYTES;
    if (!withLarge) {
      console.line("Note: the machine of 256 GiB is left out: it needs " + Bytes.format(SimulatorComparison.NEEDED_BYTES)
          + " of this machine's memory, of which " + Bytes.format(available) + " are available");
    }
    TextTable table = new TextTable("benchmark", "median", "least..most", "unit", "target");
    for (Figure figure : new SimulatorComparison(
        folder, withLarge, kernelMoves, console::progress, context.ending()::requested).run(rows)) {
      table.row(
          figure.what(),
          number(figure.median()),
          figure.least() == figure.most() ? "" : number(figure.least()) + ".." + number(figure.most()),
          figure.unit(),
          figure.target().map(target -> (target.atLeast() ? ">= " : "<= ") + number(target.bound()) + ": "
              + (target.isMetBy(figure.median()) ? "met" : "missed")).orElse(""));
    }
    table.lines().forEach(console::line);
  }

  /** {@code MemAvailable} of this machine, where it says so. */
  private static Optional<Long> availableBytes() throws IOException {
    Path file = Path.of("/proc/meminfo");
    if (!Files.isReadable(file)) {
      return Optional.empty();
    }
    Matcher line = Pattern.compile("MemAvailable: *(\\d+) kB").matcher(Files.readString(file));
    return line.find() ? Optional.of(Long.parseLong(line.group(1)) << 10) : Optional.empty();
  }

  private void print(List<HostComparison.Row> rows) {
    TextTable table = new TextTable(
        "benchmark", "Java ms", "C ms", "ratio", "least..most", "target " + TARGET, "bytes allocated", "for each page");
    for (HostComparison.Row row : rows) {
      table.row(
          row.title(),
          format("%.2f", row.javaMicros() / 1000),
          row.peerMicros().isPresent() ? format("%.2f", row.peerMicros().getAsDouble() / 1000) : "none",
          row.ratio().isPresent() ? format("%.3f", row.ratio().getAsDouble()) : "none",
          row.ratios().isEmpty() ? "" : format("%.3f..%.3f", row.ratios().stream().min(Double::compare).orElseThrow(),
              row.ratios().stream().max(Double::compare).orElseThrow()),
          row.ratio().isEmpty() ? "" : row.ratio().getAsDouble() <= TARGET ? "met" : "missed",
          format("%.0f", row.allocatedBytes()),
          // Adding 0 takes the sign off a zero.
          format("%.1f", Math.round(10 * row.allocatedBytesPerPage()) / 10.0 + 0.0));
    }
    table.lines().forEach(context.console()::line);
  }

  /** Three digits or more. */
  private static String number(double value) {
    return value == Math.rint(value) || value >= 100 ? format("%.0f", value) : format(value >= 10 ? "%.1f" : "%.2f", value);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new CommandLine.ParameterException(spec.commandLine(), message);
    }
  }

  private static void delete(Path folder) throws IOException {
    for (String name : List.of("peer", "peer.c")) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Files.delete(folder);
  }
}
