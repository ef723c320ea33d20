package io.github.pageferry.linux;

import io.github.pageferry.NodeSet;
import io.github.pageferry.NumaNode.HugePagePool;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a host says of itself that decides whether and how pages move. Read from /proc and sysfs alone: it takes no
 * rights and no JNA. What a kernel does not say is empty.
 *
 * @param kernelRelease as uname(2) gives it, for example {@code 6.1.0-18-amd64}; {@code unknown} where it cannot be read
 * @param task the calling thread's rights
 * @param container what kind of container this seems to be, for example {@code docker}; empty where nothing says so
 * @param nodesOnline the nodes that are online
 * @param nodesWithMemory those of them that have memory
 * @param cpuset the control group that confines the process to nodes
 * @param numaBalancing {@code kernel.numa_balancing}: 0 off, 1 on, 2 tiering, or both; empty in a kernel without it
 * @param ksm kernel samepage merging
 * @param transparentHugePages the word that is chosen of {@code always madvise never}
 * @param hugePages the pools of hugetlb pages, all nodes together
 * @param swaps the swap areas
 */
public record HostFacts(
    String kernelRelease,
    TaskStatus task,
    Optional<String> container,
    Optional<NodeSet> nodesOnline,
    Optional<NodeSet> nodesWithMemory,
    Optional<Cpuset> cpuset,
    OptionalInt numaBalancing,
    Optional<Ksm> ksm,
    Optional<String> transparentHugePages,
    List<HugePagePool> hugePages,
    List<SwapArea> swaps) {

  public HostFacts {
    hugePages = List.copyOf(hugePages);
    swaps = List.copyOf(swaps);
  }

  /**
   * Kernel samepage merging, {@code /sys/kernel/mm/ksm}.
   *
   * @param run 0 stopped, 1 merging, 2 stopped and all unmerged
   * @param pagesShared how many merged pages there are
   * @param pagesSharing how many more places use them
   * @param mergesAcrossNodes whether pages of several nodes become one
   */
  public record Ksm(int run, long pagesShared, long pagesSharing, boolean mergesAcrossNodes) {}

  /**
   * A swap area, {@code /proc/swaps}.
   *
   * @param name its device or file
   * @param bytes its size
   * @param usedBytes what is in use of it
   */
  public record SwapArea(String name, long bytes, long usedBytes) {}

  /** Those of this host, and of the calling thread. */
  public static HostFacts read() {
    return read(Path.of("/"));
  }

  /**
   * Those that are recorded beneath a folder.
   *
   * @param root stands in for {@code /}
   */
  public static HostFacts read(Path root) {
    return new HostFactsReader(new HostFiles(root)).read();
  }
}
