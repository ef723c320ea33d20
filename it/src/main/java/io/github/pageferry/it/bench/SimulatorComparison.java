package io.github.pageferry.it.bench;

import io.github.pageferry.it.bench.Figure.Target;
import io.github.pageferry.it.bench.SimulatorBenchmarks.Order;
import io.github.pageferry.it.testbed.CancelledException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs {@link SimulatorBenchmarks}, and the same calls on the host's kernel right after them, each in a JVM of its own.
 *
 * <p>The simulator's machines are full: of 16 GiB and of 256 GiB, which take some 3 GiB of Java heap. The C2 compiler and the
 * collector have threads of their own; the calls are made in one.
 */
public final class SimulatorComparison {

  /** Rows that can be chosen. */
  public enum Row {
    MOVES("sim-moves"),
    QUERIES("sim-queries"),
    MEMORY("sim-memory"),
    FLATNESS("sim-flatness"),
    WORKLOADS("sim-workloads");

    private final String word;

    Row(String word) {
      this.word = word;
    }

    /** Its name on the command line. */
    public String word() {
      return word;
    }
  }

  /** Memory that must be available on the host for the larger machine: its heap, and something for all else. */
  public static final long NEEDED_BYTES = 7L << 30;

  private static final int SMALL_GIB = 16;
  private static final int LARGE_GIB = 256;
  private static final String PAGES_PER_SECOND = "M pages/s";

  private final Path footprint;
  private final boolean withLarge;
  private final Optional<Boolean> kernelMoves;
  private final Consumer<String> progress;
  private final Fork fork;
  private final Map<Point, Measured> measured = new LinkedHashMap<>();

  /** A benchmark and its parameters. */
  private record Point(String benchmark, int gib, Order order) {}

  /** Microseconds of an operation; bytes a page of the simulated memory, where there was any. */
  private record Measured(double median, double least, double most, double bytesPerPage) {}

  /**
   * Runs nothing yet.
   *
   * @param folder for files in between, which are deleted
   * @param withLarge whether the machine of 256 GiB is measured, which needs {@link #NEEDED_BYTES}
   * @param kernelMoves whether the host has nodes enough to move pages between; empty where it has no such kernel
   * @param progress told what is being measured
   * @param cancelled whether to end; asked between measurements
   */
  public SimulatorComparison(
      Path folder, boolean withLarge, Optional<Boolean> kernelMoves, Consumer<String> progress, BooleanSupplier cancelled) {
    footprint = folder.resolve("footprint");
    this.withLarge = withLarge;
    this.kernelMoves = kernelMoves;
    this.progress = progress;
    fork = new Fork(cancelled);
  }

  /**
   * Measures; all rows take about two minutes.
   *
   * @throws IllegalStateException where a benchmark fails, with what it said
   * @throws CancelledException where it was cancelled
   */
  public List<Figure> run(Collection<Row> rows) {
    List<Figure> figures = new ArrayList<>();
    for (Row row : rows) {
      switch (row) {
        case MOVES -> addMoves(figures);
        case QUERIES -> addQueries(figures);
        case MEMORY -> addMemory(figures);
        case FLATNESS -> addFlatness(figures);
        case WORKLOADS -> figures.add(workloads());
      }
    }
    return figures;
  }

  private void addMoves(List<Figure> figures) {
    figures.add(rate("sim: pages moved", full("move", SMALL_GIB, Order.SEQUENTIAL), Optional.of(Target.atLeast(5))));
    if (kernelMoves.isPresent() && kernelMoves.get()) {
      figures.add(rate("this kernel: pages moved", host("move"), Optional.empty()));
    } else if (kernelMoves.isPresent()) {
      // With one node that is all of the call that a kernel can show.
      figures.add(rate("sim: pages to move that are there already", full("stay", SMALL_GIB, Order.SEQUENTIAL), Optional.empty()));
      figures.add(rate("this kernel: the same", host("move"), Optional.empty()));
    }
  }

  private void addQueries(List<Figure> figures) {
    figures.add(rate("sim: pages queried", full("query", SMALL_GIB, Order.SEQUENTIAL), Optional.of(Target.atLeast(50))));
    if (kernelMoves.isPresent()) {
      figures.add(rate("this kernel: pages queried", host("query"), Optional.empty()));
    }
  }

  private void addMemory(List<Figure> figures) {
    for (int gib : withLarge ? new int[] {SMALL_GIB, LARGE_GIB} : new int[] {SMALL_GIB}) {
      figures.add(Figure.of("sim: heap for a touched page, " + gib + " GiB", "bytes",
          full("move", gib, Order.SEQUENTIAL).bytesPerPage, Target.atMost(48)));
    }
  }

  private void addFlatness(List<Figure> figures) {
    if (!withLarge) {
      return;
    }
    figures.add(flatness("sim: a move, pages in order", "move", Order.SEQUENTIAL));
    figures.add(flatness("sim: a move, scattered pages", "move", Order.SCATTERED));
    figures.add(flatness("sim: a query, scattered pages", "query", Order.SCATTERED));
  }

  private Figure flatness(String what, String benchmark, Order order) {
    double ratio = full(benchmark, LARGE_GIB, order).median / full(benchmark, SMALL_GIB, order).median;
    return Figure.of(what + ": " + LARGE_GIB + " GiB to " + SMALL_GIB + " GiB", "times", ratio, Target.atMost(1.5));
  }

  private Figure workloads() {
    progress.accept("the simulator: workloads");
    int count = SimulatorBenchmarks.workloads().size();
    Measured micros = measure(SimulatorBenchmarks.class, "workloads", Map.of());
    return new Figure("sim: workloads of the corpus, a machine booted for each", "/s", 1e6 * count / micros.median,
        1e6 * count / micros.most, 1e6 * count / micros.least, Optional.of(Target.atLeast(2000)));
  }

  private static Figure rate(String what, Measured micros, Optional<Target> target) {
    double pages = SimulatorBenchmarks.BATCH;
    return new Figure(what, PAGES_PER_SECOND, pages / micros.median, pages / micros.most, pages / micros.least, target);
  }

  private Measured full(String benchmark, int gib, Order order) {
    return measured.computeIfAbsent(new Point(benchmark, gib, order), point -> {
      progress.accept("the simulator with " + gib + " GiB: " + benchmark);
      return measure(SimulatorBenchmarks.class, benchmark, Map.of("gib", gib, "order", order));
    });
  }

  private Measured host(String benchmark) {
    progress.accept("this kernel: " + benchmark);
    return measure(HostBenchmarks.class, benchmark, Map.of("pages", SimulatorBenchmarks.BATCH));
  }

  private Measured measure(Class<?> in, String benchmark, Map<String, ?> parameters) {
    List<String> arguments = List.of(
        "-Xmx6g", "-Xmn512m", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=2g",
        "-D" + SimulatorBenchmarks.FOOTPRINT + "=" + footprint);
    try {
      Statistics micros = fork.run(in, benchmark, parameters, arguments).getPrimaryResult().getStatistics();
      double bytesPerPage = Files.exists(footprint) ? Double.parseDouble(Files.readString(footprint)) : Double.NaN;
      return new Measured(micros.getPercentile(50), micros.getMin(), micros.getMax(), bytesPerPage);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      deleteFootprint();
    }
  }

  private void deleteFootprint() {
    try {
      Files.deleteIfExists(footprint);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
