package io.github.pageferry.it.bench;

import io.github.pageferry.it.run.Corpus;
import io.github.pageferry.it.sim.SimTestbed;
import io.github.pageferry.it.testbed.TestbedBackend;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.sim.MachineSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** The simulated Linux 2.6.36 in one thread, its invariants unchecked. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class SimulatorBenchmarks {

  /** The system property that tells a fork where to write what a touched page costs, in bytes. */
  static final String FOOTPRINT = "pageferry.bench.footprint";

  /** Pages of one call. */
  static final int BATCH = 1 << 16;

  /** In which order a machine's batches go through its memory. */
  public enum Order {
    /** Page by page. */
    SEQUENTIAL,
    /** In large strides, so that neighbours of a batch are far from each other. */
    SCATTERED
  }

  /** A machine with all of its memory in use. */
  @State(Scope.Benchmark)
  public static class Full {

    @Param("16")
    public int gib;

    @Param("SEQUENTIAL")
    public Order order;

    private FullMachine machine;

    @Setup
    public void fill() throws IOException {
      machine = new FullMachine((long) gib << 30, BATCH, order);
      Files.writeString(Path.of(System.getProperty(FOOTPRINT)), Double.toString(machine.bytesPerPage()));
    }

    @Setup(Level.Invocation)
    public void prepare() {
      machine.nextBatch();
    }
  }

  /** As {@link Full}, with pages that move; that they did is not part of the measurement. */
  public static class Moving extends Full {

    @TearDown(Level.Invocation)
    public void check() {
      super.machine.requireMoved();
    }
  }

  /** As {@link Full}, with pages that are looked at where they are. */
  public static class Resting extends Full {

    @Setup(Level.Invocation)
    public void stay() {
      super.machine.stay();
    }

    @TearDown(Level.Invocation)
    public void check() {
      super.machine.requireFound();
    }
  }

  /** The built-in corpus, read beforehand. */
  @State(Scope.Benchmark)
  public static class Small {

    private final List<Workload> workloads = workloads();
    private final TestbedBackend backend = new TestbedBackend("sim:2.6.36", testbed(), () -> false);
  }

  private static SimTestbed testbed() {
    return new SimTestbed("2.6.36", new MachineSpec(4, 256L << 20, 1), false);
  }

  /** The workloads of the corpus that a simulated machine can run. */
  static List<Workload> workloads() {
    try (SimTestbed testbed = testbed()) {
      return Corpus.builtIn().stream().filter(workload -> testbed.lacks(workload).isEmpty()).toList();
    }
  }

  /** Every page of the batch goes to another node. */
  @Benchmark
  public long move(Moving side) {
    return ((Full) side).machine.move();
  }

  /** The call to move pages, with each page where it is to go. */
  @Benchmark
  public long stay(Resting side) {
    return ((Full) side).machine.move();
  }

  @Benchmark
  public long query(Resting side) {
    return ((Full) side).machine.query();
  }

  /** Each workload on a machine of its own that boots for it. */
  @Benchmark
  public void workloads(Small side, Blackhole traces) {
    for (Workload workload : side.workloads) {
      traces.consume(side.backend.run(workload));
    }
  }
}
