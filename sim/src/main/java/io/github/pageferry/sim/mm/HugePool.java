package io.github.pageferry.sim.mm;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code struct hstate}: the pool of huge pages of 2 MiB, their heads. */
public final class HugePool {

  /** {@code hugepage_freelists}, by node: the page freed last is taken first. */
  private final List<List<Integer>> free = new ArrayList<>();
  /** {@code nr_huge_pages_node}: pages of the pool, free or not. */
  private final int[] nrNode;
  /** {@code resv_huge_pages}: free pages that are promised to mappings. */
  public long reserved;
  /** Pages made for a migration ({@code HPageTemporary}): they belong to no pool and leave the machine when they are freed. */
  private final Set<Integer> temporary = new HashSet<>();

  public HugePool(int nodes) {
    for (int i = 0; i < nodes; i++) {
      free.add(new ArrayList<>(0));
    }
    nrNode = new int[nodes];
  }

  /** {@code free_huge_pages}. */
  public long freePages() {
    return free.stream().mapToLong(List::size).sum();
  }

  /** {@code free_huge_pages_node}. */
  public int freePages(int node) {
    return free.get(node).size();
  }

  /** {@code available_huge_pages()}: free and not promised. */
  public long available() {
    return freePages() - reserved;
  }

  /** {@code nr_huge_pages_node}. */
  public int pages(int node) {
    return nrNode[node];
  }

  /** A page more or less in the pool of a node. */
  public void count(int node, int delta) {
    nrNode[node] += delta;
  }

  /** {@code enqueue_huge_page()}. */
  public void enqueue(int node, int head) {
    free.get(node).add(head);
  }

  /** {@code dequeue_huge_page_node()}: 0 where the node has none free. */
  public int dequeue(int node) {
    List<Integer> list = free.get(node);
    return list.isEmpty() ? 0 : list.remove(list.size() - 1);
  }

  /** Whether the page was made for a migration alone. */
  public boolean isTemporary(int head) {
    return temporary.contains(head);
  }

  /** Says whether it was. */
  public void temporary(int head, boolean is) {
    if (is) {
      temporary.add(head);
    } else {
      temporary.remove(head);
    }
  }
}
