package io.github.pageferry.it.bench;

import io.github.pageferry.BufferPinner;
import io.github.pageferry.LocateReport;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryMigrators;
import io.github.pageferry.MemoryRange;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.MoveReport;
import io.github.pageferry.PageBatch;
import io.github.pageferry.PageStatus;
import io.github.pageferry.PinOptions;
import io.github.pageferry.it.host.TransparentHugePages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Asking and pinning on the host's kernel, an op being all pages once: by the library, and ({@code peer…}) by a C program
 * that makes the same system calls on memory of its own.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class HostBenchmarks {

  /** The system property that tells a fork where the compiled C program is. */
  static final String PROGRAM = "pageferry.bench.peer";

  /** How often the C program repeats its work for one request, so that the request itself hardly counts. */
  private static final int REPEAT = 8;

  /** Memory of base pages that are all there, and the library on the host's kernel. */
  @State(Scope.Benchmark)
  public static class JavaSide {

    private static final Logger LOGGER = Logger.getLogger(MemoryMigrators.class.getPackageName());

    @Param("262144")
    public int pages;

    private MemoryMigrator migrator;
    private BufferPinner oneThread;
    private BufferPinner threads;
    private ByteBuffer memory;
    private PageBatch batch;
    /** All pages, to go to a node that has memory: one batch for each such node. */
    private final List<PageBatch> batchesByNode = new ArrayList<>();
    private int turn;

    @Setup
    public void touch() {
      LOGGER.setLevel(Level.OFF);
      TransparentHugePages.switchOff();
      migrator = MemoryMigrators.open("linux");
      int pageBytes = migrator.topology().pageBytes();
      memory = ByteBuffer.allocateDirect(Math.multiplyExact(pages + 1, pageBytes)).alignedSlice(pageBytes)
          .slice(0, pages * pageBytes);
      for (int i = 0; i < pages; i++) {
        memory.put(i * pageBytes, (byte) 1);
      }
      batch = PageBatch.ofCapacity(pages);
      batch.addRun(MemoryRange.of(memory).address(), pageBytes, pages);
      for (int node : migrator.topology().nodesWithMemory().stream().toArray()) {
        PageBatch toNode = PageBatch.ofCapacity(pages);
        toNode.addRun(MemoryRange.of(memory).address(), pageBytes, pages, node);
        batchesByNode.add(toNode);
      }
      oneThread = BufferPinner.on(migrator, PinOptions.builder().threads(1).build());
      threads = BufferPinner.on(migrator);
    }

    @TearDown
    public void close() {
      migrator.close();
    }

    private void require(long onNodes) {
      if (onNodes != pages) {
        throw new IllegalStateException(onNodes + " of " + pages + " pages were on a node");
      }
    }
  }

  /** The C program, its memory touched. */
  @State(Scope.Benchmark)
  public static class PeerSide {

    @Param("262144")
    public int pages;

    private Peer peer;

    @Setup
    public void start() throws IOException {
      peer = Peer.start(Path.of(System.getProperty(PROGRAM)), pages);
    }

    @TearDown
    public void close() {
      peer.close();
    }
  }

  /** One call for all pages, the addresses written beforehand. */
  @Benchmark
  public int query(JavaSide side) {
    side.migrator.queryPages(MemoryMigrator.SELF, side.batch);
    int last = side.batch.status(side.pages - 1);
    side.require(PageStatus.isNode(last) ? side.pages : 0);
    return last;
  }

  /** One call that moves all pages to the next node that has memory; where there is one such node, they are there already. */
  @Benchmark
  public int move(JavaSide side) {
    PageBatch batch = side.batchesByNode.get(side.turn++ % side.batchesByNode.size());
    side.migrator.movePages(MemoryMigrator.SELF, batch, EnumSet.of(MoveFlag.MOVE));
    int last = batch.status(side.pages - 1);
    side.require(last == batch.node(side.pages - 1) ? side.pages : 0);
    return last;
  }

  /** {@link BufferPinner#locate}, in one thread. */
  @Benchmark
  public LocateReport locate(JavaSide side) {
    return located(side, side.oneThread);
  }

  /** {@link BufferPinner#locate} as it comes, in as many threads as it takes. */
  @Benchmark
  public LocateReport locateThreads(JavaSide side) {
    return located(side, side.threads);
  }

  private static LocateReport located(JavaSide side, BufferPinner pinner) {
    LocateReport report = pinner.locate(side.memory);
    side.require(report.counts().present());
    return report;
  }

  /** {@link BufferPinner#pin} to the node that the pages are on, in one thread: nothing but the calls and the looking. */
  @Benchmark
  public MoveReport pin(JavaSide side) {
    MoveReport report = side.oneThread.pin(side.memory, 0);
    side.require(report.after().present());
    return report;
  }

  @Benchmark
  @OperationsPerInvocation(REPEAT)
  public void peerQuery(PeerSide side) {
    side.peer.run("query", REPEAT);
  }

  @Benchmark
  @OperationsPerInvocation(REPEAT)
  public void peerLocate(PeerSide side) {
    side.peer.run("locate", REPEAT);
  }

  @Benchmark
  @OperationsPerInvocation(REPEAT)
  public void peerPin(PeerSide side) {
    side.peer.run("pin", REPEAT);
  }
}
