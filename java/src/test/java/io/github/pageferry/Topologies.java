package io.github.pageferry;

import java.util.List;
import java.util.stream.IntStream;

/** Topologies for tests. */
final class Topologies {

  private Topologies() {}

  /** Nodes of 1 GiB with one CPU each, and beside them a node 9 that has a CPU and no memory. */
  static Topology of(int... nodesWithMemory) {
    List<NumaNode> nodes = IntStream.concat(IntStream.of(nodesWithMemory), IntStream.of(9)).sorted().distinct()
        .mapToObj(node -> node(node, IntStream.of(nodesWithMemory).anyMatch(n -> n == node))).toList();
    List<List<Integer>> distances = nodes.stream()
        .map(from -> nodes.stream().map(to -> from == to ? 10 : 20).toList()).toList();
    return new Topology(ScriptedMigrator.PAGE, nodes, distances);
  }

  private static NumaNode node(int number, boolean hasMemory) {
    long bytes = hasMemory ? 1L << 30 : 0;
    return new NumaNode(number, NodeSet.of(number), hasMemory, bytes, bytes, List.of());
  }
}
