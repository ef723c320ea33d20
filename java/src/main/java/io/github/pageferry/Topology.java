package io.github.pageferry;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The NUMA nodes of a machine at one moment. Node numbers may have holes; use {@link NumaNode#number()}, never an
 * index.
 *
 * @param pageBytes the size of a base page in bytes
 * @param nodes the online nodes, by ascending number
 * @param distances {@code distances.get(i).get(j)}: the relative distance from the i-th node of {@code nodes} to the
 *     j-th, 10 to itself (ACPI SLIT)
 */
public record Topology(int pageBytes, List<NumaNode> nodes, List<List<Integer>> distances) {

  public Topology {
    nodes = List.copyOf(nodes);
    distances = distances.stream().map(List::copyOf).toList();
  }

  /** The nodes that pages can be placed on. */
  public NodeSet nodesWithMemory() {
    return NodeSet.of(nodes.stream().filter(NumaNode::hasMemory).mapToInt(NumaNode::number).toArray());
  }

  /** The node with this number, or empty where it is not online. */
  public Optional<NumaNode> find(int number) {
    return nodes.stream().filter(node -> node.number() == number).findFirst();
  }

  /**
   * The relative distance between two nodes, 10 being local.
   *
   * @throws NoSuchElementException where one of them is not online
   */
  public int distance(int from, int to) {
    return distances.get(indexOf(from)).get(indexOf(to));
  }

  private int indexOf(int number) {
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).number() == number) {
        return i;
      }
    }
    throw new NoSuchElementException("node " + number + " is not online");
  }
}
