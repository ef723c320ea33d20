package io.github.pageferry;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which node each page is to go to: a pattern of nodes that repeats from page to page. It hangs on the page's number
 * alone, so that ranges that overlap agree.
 */
final class PagePlan {

  /** Longer patterns would be no finer than a user can mean, and overflow at some point. */
  private static final int LONGEST_PATTERN = 1 << 16;

  private final String description;
  private final int[] pattern;
  private final NodeSet nodes;

  private PagePlan(String description, int[] pattern) {
    this.description = description;
    this.pattern = pattern;
    nodes = NodeSet.of(pattern);
  }

  /** Every page to one node. */
  static PagePlan pin(int node) {
    return new PagePlan("pin to node " + node, new int[] {node});
  }

  /** Page by page over the nodes. */
  static PagePlan interleave(NodeSet nodes) {
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("there is no node to interleave over");
    }
    return new PagePlan("interleave over nodes " + nodes, nodes.stream().toArray());
  }

  /** To each node as many consecutive pages as its weight says, and again from the first. */
  static PagePlan spread(Map<Integer, Integer> weights) {
    Map<Integer, Integer> positive = new TreeMap<>();
    weights.forEach((node, weight) -> {
      if (weight < 0) {
        throw new IllegalArgumentException("node " + node + " has the weight " + weight + "; the least is 0");
      }
      if (weight > 0) {
        positive.put(node, weight);
      }
    });
    if (positive.isEmpty()) {
      throw new IllegalArgumentException("no node has a weight above 0: " + weights);
    }
    int divisor = positive.values().stream().reduce(0, PagePlan::greatestCommonDivisor);
    long length = positive.values().stream().mapToLong(weight -> weight / divisor).sum();
    if (length > LONGEST_PATTERN) {
      throw new IllegalArgumentException("the weights " + weights + " add up to " + length
          + " where none divides them all; use smaller ones, at most " + LONGEST_PATTERN + " together");
    }
    int[] pattern = new int[(int) length];
    int filled = 0;
    for (Map.Entry<Integer, Integer> entry : positive.entrySet()) {
      int end = filled + entry.getValue() / divisor;
      Arrays.fill(pattern, filled, end, entry.getKey());
      filled = end;
    }
    String text = positive.entrySet().stream()
        .map(entry -> "node " + entry.getKey() + ": " + entry.getValue()).collect(Collectors.joining(", "));
    return new PagePlan("spread by weight (" + text + ")", pattern);
  }

  private static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  /** For example {@code "pin to node 0"}. */
  String description() {
    return description;
  }

  /** The nodes that pages go to. */
  NodeSet nodes() {
    return nodes;
  }

  /** Whether all pages go to one node. */
  boolean hasOneNode() {
    return nodes.size() == 1;
  }

  /** After how many units (pages or stripes) the pattern begins anew. */
  int period() {
    return pattern.length;
  }

  /** The node of the unit (page or stripe) with this number. */
  int node(long unit) {
    return pattern.length == 1 ? pattern[0] : pattern[(int) (unit % pattern.length)];
  }
}
