package io.github.pageferry.sim;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

  /** The most memory that a machine can have: what frame numbers of 31 bits reach, less the frames of no node. */
  public static final long MAX_BYTES = (1L << 31) / 2 * PAGE_BYTES;

  /** Two nodes of 8 GiB with one CPU each. */
  public static final MachineSpec DEFAULT = new MachineSpec(2, 8L << 30, 1);

  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KiB|MiB|GiB|TiB)?", Pattern.CASE_INSENSITIVE);

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
          "a simulated node has from 1 MiB up to " + (MAX_BYTES >> 40) + " TiB shared by all nodes, not "
              + bytesPerNode + " bytes");
    }
  }

  /**
   * Reads {@code nodes:4 memory:16GiB cpus:2} (memory of the whole machine, CPUs of a node; each optional) or hwloc's
   * synthetic form, {@code node:2 core:2 pu:1} (each count is per object of the level above).
   *
   * @throws IllegalArgumentException where the text is neither, saying what would be
   */
  public static MachineSpec parse(String text) {
    int nodes = 0;
    long memory = 0;
    int cpus = 1;
    int above = 1;
    for (String word : text.isBlank() ? new String[0] : text.strip().split("\\s+")) {
      int colon = word.indexOf(':');
      String key = colon < 0 ? word : word.substring(0, colon).toLowerCase(Locale.ROOT);
      String value = colon < 0 ? "" : word.substring(colon + 1);
      switch (key) {
        case "nodes" -> nodes = count(word, value);
        case "memory" -> memory = size(word, value);
        case "cpus" -> cpus = count(word, value);
        case "pack", "package", "socket", "group" -> above *= count(word, value);
        case "node", "numa", "numanode" -> nodes = above * count(word, value);
        case "core", "pu", "l1", "l2", "l3", "l1cache", "l2cache", "l3cache" -> cpus *= count(word, value);
        default -> throw new IllegalArgumentException(
            "\"" + word + "\" describes no machine; wanted is, for example, \"nodes:4 memory:16GiB\" or hwloc's"
                + " \"node:2 core:2 pu:1\"");
      }
    }
    nodes = nodes == 0 ? DEFAULT.nodes : nodes;
    long bytes = memory == 0 ? DEFAULT.bytesPerNode : memory / nodes & -PAGE_BYTES;
    return new MachineSpec(nodes, bytes, cpus);
  }

  private static int count(String word, String value) {
    if (!value.matches("\\d{1,6}") || Integer.parseInt(value) < 1) {
      throw new IllegalArgumentException("\"" + word + "\": a count from 1 up must follow the colon");
    }
    return Integer.parseInt(value);
  }

  private static long size(String word, String value) {
    Matcher matcher = SIZE.matcher(value);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("\"" + word + "\": a size such as 512MiB or 16GiB must follow the colon");
    }
    String unit = matcher.group(2) == null ? "B" : matcher.group(2).toUpperCase(Locale.ROOT);
    return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << 10 * "BKMGT".indexOf(unit.charAt(0)));
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
