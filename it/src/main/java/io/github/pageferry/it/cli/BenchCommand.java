package io.github.pageferry.it.cli;

import io.github.pageferry.it.bench.HostComparison;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.linux.LinuxMigrator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench}: the benchmarks on the host's kernel, beside a C program that makes the same calls. */
@Command(
    name = "bench",
    description = {
      "Measures locating and pinning touched memory on this kernel (JMH), by turns with a C program that makes the same"
          + " system calls and is compiled for it where there is a compiler (cc, gcc or clang).",
      "A ratio is Java's time divided by the C program's of the same round; the median of the rounds is what counts."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class BenchCommand implements Callable<Integer> {

  /** Java's time divided by that of the C program is to be no more than this. */
  private static final double TARGET = 1.05;

  private static final int LEAST_PAGES = 1024;
  private static final int MOST_PAGES = 1 << 18;

  @Spec
  private CommandSpec spec;

  @Option(names = "--pages", defaultValue = "" + MOST_PAGES, paramLabel = "N",
      description = "How many base pages each operation is about, " + LEAST_PAGES + " to " + MOST_PAGES
          + " (${DEFAULT-VALUE}). Both sides have so much memory, one after the other.")
  private int pages;

  @Option(names = "--rounds", defaultValue = "5", paramLabel = "N",
      description = "How many times each benchmark is measured, half a minute each time (${DEFAULT-VALUE}).")
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
    Console console = context.console();
    try (LinuxMigrator migrator = LinuxMigrator.open()) {
      console.line(migrator.description() + ", Java " + Runtime.version() + ": " + pages + " touched pages of "
          + Bytes.format(migrator.topology().pageBytes()) + ", " + rounds + (rounds == 1 ? " round" : " rounds"));
    } catch (IllegalStateException e) {
      throw new CannotRunException(e.getMessage(), e);
    }
    context.ending().beOrderly();
    Path folder = Files.createTempDirectory("pageferry-bench");
    try {
      Optional<Path> peer = HostComparison.compilePeer(folder, why -> console.line("Note: " + why));
      print(new HostComparison(pages, rounds, peer, console::progress, context.ending()::requested).run());
    } finally {
      delete(folder);
    }
    return ExitStatus.OK;
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
