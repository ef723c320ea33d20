package io.github.pageferry.it.bench;

import io.github.pageferry.it.bench.SimulatorBenchmarks.Order;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.SimulatedMachine;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.kernel.MovePages;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * A simulated machine of four nodes whose memory one process has touched, interleaved and all of it but for one batch a node,
 * which is where pages can move to. No invariants are checked.
 *
 * <p>Each batch is other pages than the last, so that a run goes through all of the memory, and no page is in the caches for
 * having just been moved.
 */
final class FullMachine {

  private static final int NODES = 4;
  private static final int PAGE_BYTES = MachineSpec.PAGE_BYTES;
  private static final long BASE = 1L << 36;

  private final SimulatedProcess process;
  private final int touched;
  private final int stride;
  private final double bytesPerPage;
  /** Where each page is. */
  private final byte[] homes;
  private int next;

  private final long[] addresses;
  private final int[] nodes;
  private final int[] statuses;
  private final UserLongs userAddresses;
  private final UserInts userNodes;
  private final UserInts userStatuses;

  /**
   * Boots Linux 2.6.36 and touches the memory.
   *
   * @param bytes of memory, all nodes together
   * @param batch how many pages are moved or looked at by one call
   */
  FullMachine(long bytes, int batch, Order order) {
    int pagesPerNode = (int) (bytes / NODES / PAGE_BYTES);
    touched = NODES * (pagesPerNode - batch);
    stride = order == Order.SEQUENTIAL ? 1 : strideOf(touched);
    homes = new byte[touched];
    for (int page = 0; page < touched; page++) {
      homes[page] = (byte) (page % NODES);
    }
    addresses = new long[batch];
    nodes = new int[batch];
    statuses = new int[batch];
    userAddresses = UserLongs.of(addresses);
    userNodes = UserInts.of(nodes);
    userStatuses = UserInts.of(statuses);

    long before = heapUsed();
    process = SimulatedMachine.boot(new MachineSpec(NODES, bytes / NODES, 1), "2.6.36").self();
    process.setPolicy(Policy.INTERLEAVE, NodeMask.of(0, 1, 2, 3));
    process.mapPrivate(BASE, touched, SimulatedProcess.PROT_READ_WRITE);
    for (int page = 0; page < touched; page++) {
      require(process.write(address(page), page + 1L) == 0, "no memory");
    }
    bytesPerPage = (heapUsed() - before) / (double) touched;
  }

  /** The golden section of so many pages, or a little more: no divisor of it is one of theirs, so that it reaches all. */
  private static int strideOf(int pages) {
    int stride = (int) (pages * 0.618);
    while (divisor(stride, pages) != 1) {
      stride++;
    }
    return stride;
  }

  private static int divisor(int a, int b) {
    return b == 0 ? a : divisor(b, a % b);
  }

  private static long heapUsed() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long address(int page) {
    return BASE + (long) page * PAGE_BYTES;
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalStateException("the simulated machine: " + what);
    }
  }

  /**
   * What a touched page costs: the heap in use after a collection with the full machine, less that without a machine. All
   * that the machine is made of is in it.
   */
  double bytesPerPage() {
    return bytesPerPage;
  }

  /** Makes a batch of the next pages, each to go to the node after its own. */
  void nextBatch() {
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = address(next);
      nodes[i] = (homes[next] + 1) % NODES;
      next = (int) ((next + (long) stride) % touched);
    }
    Arrays.fill(statuses, -1);
  }

  /** Has the batch's pages named where they are, not where they are to go. */
  void stay() {
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = home(i);
    }
  }

  private byte home(int i) {
    return homes[(int) ((addresses[i] - BASE) / PAGE_BYTES)];
  }

  /** {@code move_pages(2)} of the batch. */
  long move() {
    return process.movePages(0, addresses.length, userAddresses, userNodes, userStatuses, MovePages.MPOL_MF_MOVE);
  }

  /** {@code move_pages(2)} without nodes, of the batch. */
  long query() {
    return process.movePages(0, addresses.length, userAddresses, null, userStatuses, 0);
  }

  /** That each page of the batch has moved, and was told so. */
  void requireMoved() {
    require(Arrays.equals(statuses, nodes), "not all pages moved");
    for (int i = 0; i < nodes.length; i++) {
      homes[(int) ((addresses[i] - BASE) / PAGE_BYTES)] = (byte) nodes[i];
    }
  }

  /** That the call has told where the pages of the batch are. */
  void requireFound() {
    for (int i = 0; i < nodes.length; i++) {
      require(statuses[i] == home(i), "page on node " + home(i) + " is told to be on " + statuses[i]);
    }
  }
}
