package io.github.pageferry;

import java.util.List;
import java.util.Objects;

/**
 * One online NUMA node, as {@code /sys/devices/system/node/nodeN} described it when it was read.
 *
 * @param number the node's number
 * @param cpus its CPUs (a set of CPU numbers); empty for a memory-only node
 * @param hasMemory whether pages can be placed on it
 * @param totalBytes its memory in bytes, 0 where it has none
 * @param freeBytes what was free of it, in bytes
 * @param hugePages its pools of huge pages
 */
public record NumaNode(
    int number, NodeSet cpus, boolean hasMemory, long totalBytes, long freeBytes, List<HugePagePool> hugePages) {

  public NumaNode {
    Objects.requireNonNull(cpus, "cpus");
    hugePages = List.copyOf(hugePages);
  }

  /**
   * A node's pool of huge pages of one size.
   *
   * @param pageBytes the size of one huge page in bytes
   * @param total how many there are
   * @param free how many of them are free
   */
  public record HugePagePool(long pageBytes, long total, long free) {}
}
