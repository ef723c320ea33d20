package io.github.pageferry;

import java.lang.ref.Reference;
import java.nio.Buffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Puts memory outside the Java heap on chosen NUMA nodes, and says where it is: direct and mapped buffers, and any
 * range of addresses, such as a native {@code MemorySegment}'s. Works on the memory of this process.
 *
 * <pre>{@code
 * try (MemoryMigrator migrator = MemoryMigrators.open()) {
 *   ByteBuffer ring = ByteBuffer.allocateDirect(1 << 30);
 *   MoveReport report = BufferPinner.on(migrator).pin(ring, 0);
 * }
 * }</pre>
 *
 * <p><b>What is moved.</b> Of a buffer, the memory from its position to its limit. The kernel moves whole pages: the
 * first and the last page go along even where only a byte of them belongs to the buffer and the rest to others. Pages
 * that are not there yet can't move, and are counted as not present ({@link PinOptions.Builder#populate}); what policy
 * they will come under, see {@link FuturePages}. Contents do not change, and other threads may use the memory
 * meanwhile: who touches a page that is on the move waits for it.
 *
 * <p><b>How.</b> Ranges that go to one node are moved with mbind(2), which needs no list of pages; what that does not
 * move or must not be used for (ends of ranges, small ranges, {@link FuturePages#UNCHANGED}), and pages that alternate
 * between nodes, with move_pages(2). Where a seccomp filter refuses one of the two, as those of container runtimes do
 * move_pages, the other takes its place, and the report says so. Work goes in batches, on several threads where there
 * is enough of it; between batches it can be watched, throttled and cancelled ({@link PinOptions}).
 *
 * <p><b>Errors.</b> What can be known to be wrong is refused before anything is done: with {@link
 * NullPointerException}, with {@link IllegalArgumentException} (buffers on the heap, ranges that wrap, nodes that are
 * negative, without memory or outside what the process may use) or, where neither system call may be made, with {@link
 * UnsupportedOperationException}. A system call that fails before a page has moved throws {@link MemoryCallException};
 * one that fails later, or for want of memory on the node (ENOMEM), ends the work with a report that says so. A closed
 * migrator is an {@link IllegalStateException}. Pages that do not move are in the report, each with its reason.
 *
 * <p>May be used by any number of threads at once, and for as long as its migrator is open. Keeps buffers reachable
 * while it works on them. Each use is an event {@code io.github.pageferry.BufferOperation} of Java Flight Recorder.
 */
public final class BufferPinner {

  /**
   * A huge page must not lie in two batches: it would move with the first, and seem to have been there with the second.
   */
  private static final long LEAST_BATCH_BYTES = 2L << 20;

  private static final int MOST_BATCH_PAGES = 1 << 20;

  private final MemoryMigrator migrator;
  private final PinOptions options;
  private final PageGeometry geometry;
  private final ScratchPool pool;
  private volatile NodeSet nodesWithMemory;

  private BufferPinner(MemoryMigrator migrator, PinOptions options) {
    this.migrator = migrator;
    this.options = options;
    Topology topology = migrator.topology();
    if (options.pageBytes() > 0 && options.pageBytes() < topology.pageBytes()) {
      throw new IllegalArgumentException("pages of " + options.pageBytes() + " bytes are smaller than the base page of "
          + migrator.description() + ", " + topology.pageBytes() + " bytes");
    }
    nodesWithMemory = topology.nodesWithMemory();
    long pageBytes = options.pageBytes() > 0 ? options.pageBytes() : topology.pageBytes();
    pool = new ScratchPool(batchPages(options, pageBytes));
    geometry = PageGeometry.of(pageBytes, topology.pageBytes(), pool.chunkPages());
  }

  private static int batchPages(PinOptions options, long pageBytes) {
    long bytes = options.batchBytes();
    if (options.bytesPerSecond() > 0) {
      bytes = Math.min(bytes, options.bytesPerSecond() / 8);
    }
    return (int) Math.max(1, Math.min(MOST_BATCH_PAGES, Math.max(LEAST_BATCH_BYTES, bytes) / pageBytes));
  }

  /** A pinner with {@link PinOptions#DEFAULTS}. It does not close the migrator. */
  public static BufferPinner on(MemoryMigrator migrator) {
    return on(migrator, PinOptions.DEFAULTS);
  }

  /**
   * A pinner that works as the options say. It does not close the migrator.
   *
   * @throws IllegalArgumentException where the options name pages smaller than the machine's
   */
  public static BufferPinner on(MemoryMigrator migrator, PinOptions options) {
    return new BufferPinner(Objects.requireNonNull(migrator, "migrator"), Objects.requireNonNull(options, "options"));
  }

  /** Moves the buffer's memory to one node. */
  public MoveReport pin(Buffer buffer, int node) {
    return move(List.of(MemoryRange.of(buffer)), PagePlan.pin(requireNode(node)));
  }

  /**
   * Moves a range of memory to one node.
   *
   * @param address the first byte's address
   * @param bytes the length in bytes
   */
  public MoveReport pin(long address, long bytes, int node) {
    return move(List.of(MemoryRange.of(address, bytes)), PagePlan.pin(requireNode(node)));
  }

  /** Moves any number of ranges to one node: many small buffers cost no more system calls than a large one. */
  public MoveReport pin(Collection<MemoryRange> ranges, int node) {
    return move(List.copyOf(ranges), PagePlan.pin(requireNode(node)));
  }

  /** Spreads the buffer's memory evenly over the nodes, page by page. */
  public MoveReport interleave(Buffer buffer, NodeSet nodes) {
    return move(List.of(MemoryRange.of(buffer)), PagePlan.interleave(nodes));
  }

  /**
   * Spreads a range of memory evenly over the nodes, page by page.
   *
   * @param address the first byte's address
   * @param bytes the length in bytes
   */
  public MoveReport interleave(long address, long bytes, NodeSet nodes) {
    return move(List.of(MemoryRange.of(address, bytes)), PagePlan.interleave(nodes));
  }

  /** Spreads any number of ranges evenly over the nodes, page by page. */
  public MoveReport interleave(Collection<MemoryRange> ranges, NodeSet nodes) {
    return move(List.copyOf(ranges), PagePlan.interleave(nodes));
  }

  /**
   * Spreads the buffer's memory over nodes by weight: with node 0 at 3 and node 1 at 1, three pages in a row go to node
   * 0, the next to node 1, and so on. Pages that come into being later are spread evenly: the kernel has no policy with
   * weights of one's own.
   *
   * @param weights a weight for each node, 0 or more; together at most 65,536 once the greatest number that divides
   *     them all is taken out
   */
  public MoveReport spread(Buffer buffer, Map<Integer, Integer> weights) {
    return move(List.of(MemoryRange.of(buffer)), PagePlan.spread(weights));
  }

  /**
   * Spreads a range of memory over nodes by weight, as {@link #spread(Buffer, Map)}.
   *
   * @param address the first byte's address
   * @param bytes the length in bytes
   */
  public MoveReport spread(long address, long bytes, Map<Integer, Integer> weights) {
    return move(List.of(MemoryRange.of(address, bytes)), PagePlan.spread(weights));
  }

  /** Spreads any number of ranges over nodes by weight, as {@link #spread(Buffer, Map)}. */
  public MoveReport spread(Collection<MemoryRange> ranges, Map<Integer, Integer> weights) {
    return move(List.copyOf(ranges), PagePlan.spread(weights));
  }

  /** Says where the pages of the buffer's memory are. Brings none in. */
  public LocateReport locate(Buffer buffer) {
    return locate(MemoryRange.of(buffer));
  }

  /**
   * Says where the pages of a range of memory are. Brings none in.
   *
   * @param address the first byte's address
   * @param bytes the length in bytes
   */
  public LocateReport locate(long address, long bytes) {
    return locate(MemoryRange.of(address, bytes));
  }

  /** Says where the pages of a range of memory are. Brings none in. */
  public LocateReport locate(MemoryRange range) {
    Flight.Span span = Flight.begin();
    try {
      LocateReport report = new LocateJob(migrator, options, range, geometry, pool).run();
      span.end(report);
      return report;
    } catch (RuntimeException | Error e) {
      span.fail("locate", e);
      throw e;
    } finally {
      Reference.reachabilityFence(range);
    }
  }

  private MoveReport move(List<MemoryRange> ranges, PagePlan plan) {
    requireNodes(plan.nodes());
    if (options.populate() != Populate.NO) {
      Toucher.requireBuffers(ranges);
    }
    Flight.Span span = Flight.begin();
    try {
      MoveReport report = new MoveJob(migrator, options, plan, ranges, geometry, pool).run();
      span.end(report);
      return report;
    } catch (RuntimeException | Error e) {
      span.fail(plan.description(), e);
      throw e;
    } finally {
      // A range holds its buffer: its memory must not be freed, and given to others, while the kernel moves it.
      Reference.reachabilityFence(ranges);
    }
  }

  private static int requireNode(int node) {
    if (node < 0) {
      throw new IllegalArgumentException("a node's number is 0 or more, not " + node);
    }
    return node;
  }

  private void requireNodes(NodeSet nodes) {
    if (!nodes.minus(nodesWithMemory).isEmpty()) {
      // Memory may have come since.
      nodesWithMemory = migrator.topology().nodesWithMemory();
    }
    NodeSet without = nodes.minus(nodesWithMemory);
    if (!without.isEmpty()) {
      throw new IllegalArgumentException("no memory on node " + without + " of " + migrator.description()
          + "; there is some on " + nodesWithMemory);
    }
    if (migrator.capabilities().has(SystemCall.GET_MEMPOLICY)) {
      NodeSet allowed = allowedNodes(nodes);
      if (!nodes.minus(allowed).isEmpty()) {
        throw new IllegalArgumentException(
            "this process may not use node " + nodes.minus(allowed) + ": its cpuset allows " + allowed);
      }
    }
  }

  /** What the cpuset allows; the wanted nodes themselves where it cannot be asked, so that the kernel decides. */
  private NodeSet allowedNodes(NodeSet wanted) {
    try {
      return migrator.allowedNodes();
    } catch (MemoryCallException e) {
      return wanted;
    }
  }
}
