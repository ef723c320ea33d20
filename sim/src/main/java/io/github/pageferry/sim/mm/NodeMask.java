package io.github.pageferry.sim.mm;

import io.github.pageferry.NodeSet;
import java.util.Arrays;

/** {@code nodemask_t} and the operations of {@code include/linux/nodemask.h}. Immutable. */
public final class NodeMask {

  public static final NodeMask NONE = new NodeMask(new long[0]);

  private final long[] words;

  private NodeMask(long[] words) {
    this.words = words;
  }

  /** The mask of these nodes. */
  public static NodeMask of(int... nodes) {
    NodeMask mask = NONE;
    for (int node : nodes) {
      mask = mask.with(node);
    }
    return mask;
  }

  /** The mask of a set of the API. */
  public static NodeMask of(NodeSet set) {
    return ofWords(set.toWords());
  }

  /** The mask with a node for each bit, bit 0 of word 0 being node 0. */
  public static NodeMask ofWords(long... words) {
    int length = words.length;
    while (length > 0 && words[length - 1] == 0) {
      length--;
    }
    return length == 0 ? NONE : new NodeMask(Arrays.copyOf(words, length));
  }

  /** The same nodes as a set of the API. */
  public NodeSet toNodeSet() {
    return NodeSet.fromWords(words);
  }

  /** {@code node_isset()}. */
  public boolean has(int node) {
    int word = node >> 6;
    return word >= 0 && word < words.length && (words[word] >>> node & 1) != 0;
  }

  /** {@code nodes_empty()}. */
  public boolean isEmpty() {
    return words.length == 0;
  }

  /** {@code nodes_weight()}. */
  public int weight() {
    int weight = 0;
    for (long word : words) {
      weight += Long.bitCount(word);
    }
    return weight;
  }

  /** {@code first_node()}; -1 where the kernel has {@code MAX_NUMNODES}. */
  public int first() {
    return next(-1);
  }

  /** {@code next_node()}: the smallest node above {@code node}; -1 where the kernel has {@code MAX_NUMNODES}. */
  public int next(int node) {
    int from = node + 1;
    for (int i = from >> 6; i < words.length; i++) {
      long word = i == from >> 6 ? words[i] & -1L << from : words[i];
      if (word != 0) {
        return (i << 6) + Long.numberOfTrailingZeros(word);
      }
    }
    return -1;
  }

  /** {@code next_node_in()}: as {@link #next}, going round; -1 where the mask is empty. */
  public int nextIn(int node) {
    int next = next(node);
    return next < 0 ? first() : next;
  }

  /** One more than the largest node. */
  public int limit() {
    return words.length == 0 ? 0 : (words.length << 6) - Long.numberOfLeadingZeros(words[words.length - 1]);
  }

  /** {@code node_set()}. */
  public NodeMask with(int node) {
    long[] copy = Arrays.copyOf(words, Math.max(words.length, (node >> 6) + 1));
    copy[node >> 6] |= 1L << node;
    return new NodeMask(copy);
  }

  /** {@code node_clear()}. */
  public NodeMask without(int node) {
    if (!has(node)) {
      return this;
    }
    long[] copy = words.clone();
    copy[node >> 6] &= ~(1L << node);
    return ofWords(copy);
  }

  /** {@code nodes_and()}. */
  public NodeMask and(NodeMask other) {
    long[] result = Arrays.copyOf(words, Math.min(words.length, other.words.length));
    for (int i = 0; i < result.length; i++) {
      result[i] &= other.words[i];
    }
    return ofWords(result);
  }

  /** {@code nodes_or()}. */
  public NodeMask or(NodeMask other) {
    long[] result = Arrays.copyOf(words, Math.max(words.length, other.words.length));
    for (int i = 0; i < other.words.length; i++) {
      result[i] |= other.words[i];
    }
    return ofWords(result);
  }

  /** {@code nodes_intersects()}. */
  public boolean intersects(NodeMask other) {
    return !and(other).isEmpty();
  }

  /** {@code nodes_subset(this, other)}. */
  public boolean isSubsetOf(NodeMask other) {
    return and(other).equals(this);
  }

  /** {@code bitmap_pos_to_ord()}: which of the set bits this node is, from 0; -1 where it is not set. */
  private int ordinal(int node) {
    if (!has(node)) {
      return -1;
    }
    int ordinal = 0;
    for (int n = first(); n != node; n = next(n)) {
      ordinal++;
    }
    return ordinal;
  }

  /** {@code bitmap_ord_to_pos()}: the set bit that has this number. */
  private int nth(int ordinal) {
    int node = first();
    for (int i = 0; i < ordinal && node >= 0; i++) {
      node = next(node);
    }
    return node;
  }

  /** {@code node_remap()}: where {@code node} goes when {@code from} is laid onto {@code to}, going round. */
  public static int remap(int node, NodeMask from, NodeMask to) {
    int weight = to.weight();
    int ordinal = from.ordinal(node);
    return ordinal < 0 || weight == 0 ? node : to.nth(ordinal % weight);
  }

  /** {@code nodes_remap()}: each node of this mask through {@link #remap(int, NodeMask, NodeMask)}. */
  public NodeMask remap(NodeMask from, NodeMask to) {
    NodeMask result = NONE;
    for (int node = first(); node >= 0; node = next(node)) {
      result = result.with(remap(node, from, to));
    }
    return result;
  }

  /** {@code nodes_fold()}: every node modulo {@code size}. */
  public NodeMask fold(int size) {
    NodeMask result = NONE;
    for (int node = first(); node >= 0 && size > 0; node = next(node)) {
      result = result.with(node % size);
    }
    return result;
  }

  /** {@code nodes_onto()}: for each node n of this mask the n-th node of {@code relative}. */
  public NodeMask onto(NodeMask relative) {
    NodeMask result = NONE;
    int weight = relative.weight();
    for (int node = first(); node >= 0 && node < weight; node = next(node)) {
      result = result.with(relative.nth(node));
    }
    return result;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof NodeMask other && Arrays.equals(words, other.words);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(words);
  }

  @Override
  public String toString() {
    return toNodeSet().toString();
  }
}
