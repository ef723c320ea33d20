package io.github.pageferry.sim;

import java.util.Arrays;

/**
 * The hardware of a simulated machine: nodes of equal size, all equally far from each other.
 *
 * @param nodes how many nodes, numbered from 0
 * @param bytesPerNode memory of each, a multiple of 4 KiB
 * @param cpusPerNode CPUs of each
 */
public record MachineSpec(int nodes, long bytesPerNode, int cpusPerNode) {

  /** Bytes of a page. */
  public static final int PAGE_BYTES = 4096;

  /** The most nodes that a machine can have. */
  public static final int MAX_NODES = 64;

  /** The most memory that a machine can have. No more than 910 GiB of it can be in use at a time. */
  public static final long MAX_BYTES = (1L << 31) / 2 * PAGE_BYTES;

  /** Two nodes of 64 GiB with one CPU each. What is not used of them costs nothing. */
  public static final MachineSpec DEFAULT = new MachineSpec(2, 64L << 30, 1);

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException where a machine cannot have them
   */
  public MachineSpec {
    if (nodes < 1 || nodes > MAX_NODES) {
      throw new IllegalArgumentException("a simulated machine has 1 to " + MAX_NODES + " nodes, not " + nodes);
    }
    if (cpusPerNode < 1 || cpusPerNode > 1024) {
      throw new IllegalArgumentException("a simulated node has 1 to 1024 CPUs, not " + cpusPerNode);
    }
    if (bytesPerNode < 1 << 20 || bytesPerNode % PAGE_BYTES != 0 || bytesPerNode > MAX_BYTES / nodes) {
      throw new IllegalArgumentException(
          "a simulated node has 1 MiB or more, in whole pages of 4 KiB, and all nodes together up to " + (MAX_BYTES >> 40)
              + " TiB; " + nodes + " nodes of " + bytesPerNode + " bytes do not fit that");
    }
  }

  /**
   * Reads words such as {@code nodes:4 memory:16GiB cpus:2}: how many nodes, the memory of all together, the CPUs of each; what is
   * not said is as in {@link #DEFAULT}. Or hwloc's synthetic form, {@code node:2 core:2 pu:1} or
   * {@code pack:2 [numa(memory=8GiB)] core:4}: each count is per object of the level before. KB, MB, GB and TB are taken for KiB,
   * MiB, GiB and TiB.
   *
   * @throws IllegalArgumentException where the text is neither, saying what would be
   */
  public static MachineSpec parse(String text) {
    return MachineText.parse(text);
  }

  /** Pages of each node. */
  int[] pages() {
    int[] pages = new int[nodes];
    Arrays.fill(pages, (int) (bytesPerNode / PAGE_BYTES));
    return pages;
  }

  /** 10 to itself, 20 to every other node, as firmware without a SLIT says. */
  int[][] distances() {
    int[][] distances = new int[nodes][nodes];
    for (int i = 0; i < nodes; i++) {
      Arrays.fill(distances[i], 20);
      distances[i][i] = 10;
    }
    return distances;
  }
}
