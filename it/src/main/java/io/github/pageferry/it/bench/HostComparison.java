package io.github.pageferry.it.bench;

import io.github.pageferry.it.testbed.CancelledException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.openjdk.jmh.results.RunResult;

/**
 * Runs {@link HostBenchmarks} by turns: each round measures every benchmark in a JVM of its own, and the C program right
 * after it, so that what else the machine does falls on both. A ratio is that of one round's two times; what is reported is
 * the median of the rounds.
 */
public final class HostComparison {

  /** What is measured beside what. */
  public enum Pair {
    QUERY("query", "query", "peerQuery", "queryPages, one call"),
    LOCATE("locate", "locate", "peerLocate", "locate, one thread"),
    LOCATE_THREADS("locate-threads", "locateThreads", "peerLocate", "locate, threads as by default"),
    PIN("pin", "pin", "peerPin", "pin, all pages there already");

    private final String word;
    private final String java;
    private final String peer;
    private final String title;

    Pair(String word, String java, String peer, String title) {
      this.word = word;
      this.java = java;
      this.peer = peer;
      this.title = title;
    }

    /** Its name on the command line. */
    public String word() {
      return word;
    }
  }

  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private final int pages;
  private final int rounds;
  private final Optional<Path> peer;
  private final Consumer<String> progress;
  private final Fork fork;

  /**
   * @param pages how many pages each operation is about; half as many are measured too, for what a page allocates
   * @param rounds how many times each benchmark is measured, at least 1
   * @param peer the C program, from {@link #compilePeer}; without it there are no ratios
   * @param progress told what is being measured
   * @param cancelled whether to end; asked between measurements
   */
  public HostComparison(
      int pages, int rounds, Optional<Path> peer, Consumer<String> progress, BooleanSupplier cancelled) {
    this.pages = pages;
    this.rounds = rounds;
    this.peer = peer;
    this.progress = progress;
    fork = new Fork(cancelled);
  }

  /**
   * Compiles the C program where there is a compiler.
   *
   * @param folder where to; what is put there is the caller's to delete
   * @param sayWhyNot told why there is none
   */
  public static Optional<Path> compilePeer(Path folder, Consumer<String> sayWhyNot) {
    Optional<Path> compiler = Peer.compiler();
    if (compiler.isEmpty()) {
      sayWhyNot.accept("no C compiler (cc, gcc, clang) is on the PATH: the C program is left out"
          + " (Debian: apt-get install gcc libc6-dev)");
      return Optional.empty();
    }
    try {
      return Optional.of(Peer.compile(compiler.get(), folder));
    } catch (IOException e) {
      sayWhyNot.accept("the C program is left out: " + e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Measures; all pairs take about half a minute a round.
   *
   * @throws IllegalStateException where a benchmark fails, with what it said
   * @throws CancelledException where it was cancelled
   */
  public List<Row> run(Collection<Pair> pairs) {
    List<Samples> all = pairs.stream().map(Samples::new).toList();
    for (int round = 1; round <= rounds; round++) {
      for (Samples samples : all) {
        progress.accept("round " + round + " of " + rounds + ": " + samples.pair.title);
        samples.measure();
      }
    }
    return all.stream().map(Samples::row).toList();
  }

  private RunResult measure(String benchmark, int ofPages) {
    List<String> arguments = new ArrayList<>();
    peer.ifPresent(program -> arguments.add("-D" + HostBenchmarks.PROGRAM + "=" + program));
    arguments.add("-XX:MaxDirectMemorySize=2g");
    return fork.run(HostBenchmarks.class, benchmark, Map.of("pages", ofPages), arguments);
  }

  /** The measurements of one pair. */
  private final class Samples {
    private final Pair pair;
    private final List<Double> javaMicros = new ArrayList<>();
    private final List<Double> peerMicros = new ArrayList<>();
    private final List<Double> allocated = new ArrayList<>();

    Samples(Pair pair) {
      this.pair = pair;
    }

    void measure() {
      RunResult result = HostComparison.this.measure(pair.java, pages);
      javaMicros.add(result.getPrimaryResult().getScore());
      allocated.add(result.getSecondaryResults().get(ALLOCATED).getScore());
      if (peer.isPresent()) {
        peerMicros.add(HostComparison.this.measure(pair.peer, pages).getPrimaryResult().getScore());
      }
    }

    Row row() {
      List<Double> ratios = new ArrayList<>();
      for (int i = 0; i < peerMicros.size(); i++) {
        ratios.add(javaMicros.get(i) / peerMicros.get(i));
      }
      double half = HostComparison.this.measure(pair.java, pages / 2).getSecondaryResults().get(ALLOCATED).getScore();
      double whole = median(allocated);
      return new Row(pair.title, median(javaMicros),
          peerMicros.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(median(peerMicros)), List.copyOf(ratios),
          whole, (whole - half) / (pages - pages / 2));
    }
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /**
   * What was found of one benchmark.
   *
   * @param title what it does
   * @param javaMicros the median time of an operation over all pages, in microseconds
   * @param peerMicros the C program's; empty where there was none
   * @param ratios Java's time divided by the C program's, round by round; empty where there was none
   * @param allocatedBytes what an operation allocates on the heap
   * @param allocatedBytesPerPage how much more it allocates for each further page, what its system calls need among it
   */
  public record Row(
      String title, double javaMicros, OptionalDouble peerMicros, List<Double> ratios, double allocatedBytes,
      double allocatedBytesPerPage) {

    /** The median of the rounds' ratios; empty without a C program. */
    public OptionalDouble ratio() {
      return ratios.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(median(ratios));
    }
  }
}
