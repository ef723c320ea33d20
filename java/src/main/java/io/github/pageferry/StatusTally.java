package io.github.pageferry;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts page statuses without allocating for each. Used by one thread. */
final class StatusTally {

  /** Stands for a page of which nothing can be known; no kernel uses the number. */
  static final int UNKNOWN = Integer.MIN_VALUE;

  /** The kernel's errors end here (MAX_ERRNO in linux/err.h). */
  private static final int MAX_ERRNO = 4095;

  private long[] onNode = new long[8];
  private final long[] errors = new long[MAX_ERRNO + 1];
  private long notAttempted;
  private long unknown;

  /** Counts the first {@code count} statuses; runs of equal ones, which are the rule, cost next to nothing. */
  void addAll(int[] statuses, int count) {
    int start = 0;
    for (int i = 1; i < count; i++) {
      if (statuses[i] != statuses[start]) {
        add(statuses[start], i - start);
        start = i;
      }
    }
    if (count > 0) {
      add(statuses[start], count - start);
    }
  }

  void add(int status, long count) {
    if (status >= 0) {
      if (status >= NodeSet.LIMIT) {
        throw new IllegalStateException("the backend says that a page is on node " + status);
      }
      if (status >= onNode.length) {
        onNode = Arrays.copyOf(onNode, Math.max(status + 1, 2 * onNode.length));
      }
      onNode[status] += count;
    } else if (status == PageStatus.NOT_ATTEMPTED) {
      notAttempted += count;
    } else if (status < -MAX_ERRNO) {
      unknown += count;
    } else {
      errors[-status] += count;
    }
  }

  void addAll(StatusTally other) {
    for (int node = 0; node < other.onNode.length; node++) {
      if (other.onNode[node] > 0) {
        add(node, other.onNode[node]);
      }
    }
    for (int i = 1; i <= MAX_ERRNO; i++) {
      errors[i] += other.errors[i];
    }
    notAttempted += other.notAttempted;
    unknown += other.unknown;
  }

  PageCounts toCounts(long pageBytes) {
    SortedMap<Integer, Long> byStatus = new TreeMap<>();
    for (int node = 0; node < onNode.length; node++) {
      put(byStatus, node, onNode[node]);
    }
    for (int errno = 1; errno <= MAX_ERRNO; errno++) {
      put(byStatus, -errno, errors[errno]);
    }
    put(byStatus, PageStatus.NOT_ATTEMPTED, notAttempted);
    return new PageCounts(pageBytes, byStatus, unknown);
  }

  private static void put(SortedMap<Integer, Long> byStatus, int status, long count) {
    if (count > 0) {
      byStatus.put(status, count);
    }
  }
}
