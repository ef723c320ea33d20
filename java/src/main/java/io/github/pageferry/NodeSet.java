package io.github.pageferry;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * An immutable set of NUMA node numbers: the kernel's {@code nodemask_t}, of any width.
 *
 * <p>Node numbers need not be consecutive and may be 64 and more (the kernel allows up to 1023).
 */
public final class NodeSet {

  /** One more than the largest node number that a set can hold; kernels of today stop at 1024. */
  public static final int LIMIT = 1 << 16;

  public static final NodeSet EMPTY = new NodeSet(new BitSet());

  private final BitSet nodes;

  private NodeSet(BitSet nodes) {
    this.nodes = nodes;
  }

  /**
   * The set of these nodes, in any order.
   *
   * @throws IllegalArgumentException where a number is negative or not below {@link #LIMIT}
   */
  public static NodeSet of(int... nodes) {
    BitSet set = new BitSet();
    for (int node : nodes) {
      if (node < 0 || node >= LIMIT) {
        throw new IllegalArgumentException("node " + node + " is not in 0.." + (LIMIT - 1));
      }
      set.set(node);
    }
    return new NodeSet(set);
  }

  /**
   * The set with a node for each bit that is set, bit 0 of word 0 being node 0.
   *
   * @throws IllegalArgumentException where a node is not below {@link #LIMIT}
   */
  public static NodeSet fromWords(long[] words) {
    BitSet set = BitSet.valueOf(words);
    if (set.length() > LIMIT) {
      throw new IllegalArgumentException("node " + (set.length() - 1) + " is not in 0.." + (LIMIT - 1));
    }
    return new NodeSet(set);
  }

  /**
   * Parses the kernel's list format, {@code "0-3,8"}; blanks around it are ignored, an empty text is the empty set.
   *
   * @throws IllegalArgumentException where the text is not such a list
   */
  public static NodeSet parse(String list) {
    BitSet set = new BitSet();
    String text = list.strip();
    if (text.isEmpty()) {
      return EMPTY;
    }
    for (String part : text.split(",", -1)) {
      int dash = part.indexOf('-', 1);
      int first = number(part, dash < 0 ? part : part.substring(0, dash));
      int last = dash < 0 ? first : number(part, part.substring(dash + 1));
      if (last < first) {
        throw new IllegalArgumentException("node list \"" + text + "\": \"" + part + "\" runs backwards");
      }
      set.set(first, last + 1);
    }
    return new NodeSet(set);
  }

  private static int number(String part, String digits) {
    boolean plain = !digits.isEmpty() && digits.length() <= 9 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    int number = plain ? Integer.parseInt(digits) : -1;
    if (number >= 0 && number < LIMIT) {
      return number;
    }
    throw new IllegalArgumentException("node list: \"" + part + "\" is not a node or a range of nodes");
  }

  public boolean contains(int node) {
    return node >= 0 && nodes.get(node);
  }

  public boolean isEmpty() {
    return nodes.isEmpty();
  }

  /** How many nodes are in the set. */
  public int size() {
    return nodes.cardinality();
  }

  /** The smallest node number, or -1 where the set is empty. */
  public int first() {
    return nodes.nextSetBit(0);
  }

  /**
   * The smallest node number above {@code node}, or -1 where there is none.
   *
   * @param node a node number, or -1 for the first
   */
  public int next(int node) {
    return node >= LIMIT ? -1 : nodes.nextSetBit(node + 1);
  }

  /** One more than the largest node number; 0 where the set is empty. */
  public int limit() {
    return nodes.length();
  }

  /** The node numbers, ascending. */
  public IntStream stream() {
    return nodes.stream();
  }

  /** The set as words of 64 bits, bit 0 of word 0 being node 0; no longer than needed. */
  public long[] toWords() {
    return nodes.toLongArray();
  }

  public NodeSet union(NodeSet other) {
    BitSet set = (BitSet) nodes.clone();
    set.or(other.nodes);
    return new NodeSet(set);
  }

  public NodeSet intersection(NodeSet other) {
    BitSet set = (BitSet) nodes.clone();
    set.and(other.nodes);
    return new NodeSet(set);
  }

  /** The nodes of this set that are not in the other. */
  public NodeSet minus(NodeSet other) {
    BitSet set = (BitSet) nodes.clone();
    set.andNot(other.nodes);
    return new NodeSet(set);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof NodeSet other && nodes.equals(other.nodes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toWords());
  }

  /** The kernel's list format, {@code "0-3,8"}; empty for the empty set. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int first = nodes.nextSetBit(0); first >= 0; ) {
      int end = nodes.nextClearBit(first);
      text.append(text.isEmpty() ? "" : ",").append(first);
      if (end - 1 > first) {
        text.append('-').append(end - 1);
      }
      first = nodes.nextSetBit(end);
    }
    return text.toString();
  }
}
