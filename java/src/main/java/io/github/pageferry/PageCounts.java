package io.github.pageferry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** How many pages are where: a count for each node, and for each reason why a page is on none. */
public final class PageCounts {

  private final long pageBytes;
  private final SortedMap<Integer, Long> byStatus;
  private final long unknown;

  /**
   * @param byStatus counts by {@link PageStatus}, none of them 0
   * @param unknown pages of which nothing is known
   */
  PageCounts(long pageBytes, SortedMap<Integer, Long> byStatus, long unknown) {
    this.pageBytes = pageBytes;
    this.byStatus = new TreeMap<>(byStatus);
    this.unknown = unknown;
  }

  /** How many pages are on this node. */
  public long onNode(int node) {
    return node < 0 ? 0 : byStatus.getOrDefault(node, 0L);
  }

  /** How many bytes of whole pages are on this node. */
  public long bytesOnNode(int node) {
    return onNode(node) * pageBytes;
  }

  /** The nodes that pages are on. */
  public NodeSet nodes() {
    return NodeSet.of(byStatus.tailMap(0).keySet().stream().mapToInt(node -> node).toArray());
  }

  /** How many pages are on any node. */
  public long present() {
    return byStatus.tailMap(0).values().stream().mapToLong(count -> count).sum();
  }

  /**
   * How many pages the kernel answered this error for.
   *
   * <p>{@link Errno#ENOENT}: nothing has been brought in there. {@link Errno#EFAULT}: nothing is mapped there, or it is
   * the shared page of zeros; Linux 4.3 to 6.11 say so where nothing has been brought in, too.
   */
  public long withError(Errno errno) {
    return byStatus.getOrDefault(PageStatus.of(errno), 0L);
  }

  /**
   * Pages that are not there: {@link Errno#ENOENT} and {@link Errno#EFAULT}, which kernels do not tell apart in the
   * same way.
   */
  public long notPresent() {
    return withError(Errno.ENOENT) + withError(Errno.EFAULT);
  }

  /** How many pages nobody looked at, since the work ended before. */
  public long notAttempted() {
    return byStatus.getOrDefault(PageStatus.NOT_ATTEMPTED, 0L);
  }

  /** Of how many pages nothing is known, since the process may not call move_pages(2). */
  public long unknown() {
    return unknown;
  }

  /** All counts that are not 0, by {@link PageStatus}: errors, then nodes. */
  public SortedMap<Integer, Long> byStatus() {
    return Collections.unmodifiableSortedMap(byStatus);
  }

  /**
   * For example {@code "node 0: 512 pages (2 MiB), node 1: 3 pages (12 KiB), ENOENT: 1 page"}; "no pages" where there
   * are none.
   */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    byStatus.tailMap(0).forEach((node, count) -> parts.add("node " + node + ": " + Quantities.pages(count, pageBytes)));
    byStatus.headMap(0).forEach(
        (status, count) -> parts.add(PageStatus.describe(status) + ": " + Quantities.pages(count)));
    if (unknown > 0) {
      parts.add("unknown: " + Quantities.pages(unknown));
    }
    return parts.isEmpty() ? "no pages" : String.join(", ", parts);
  }
}
