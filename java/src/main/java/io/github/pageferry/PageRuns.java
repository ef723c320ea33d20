package io.github.pageferry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Runs of consecutive pages, by page number (address / page size): ascending, none touching another. */
final class PageRuns {

  private final long[] first;
  private final long[] end;
  private final long pages;

  private PageRuns(List<long[]> runs) {
    List<long[]> merged = merge(runs);
    first = merged.stream().mapToLong(run -> run[0]).toArray();
    end = merged.stream().mapToLong(run -> run[1]).toArray();
    pages = merged.stream().mapToLong(run -> run[1] - run[0]).sum();
  }

  /** Every page of which a byte lies in one of the ranges; a page that several of them share is there once. */
  static PageRuns covering(List<MemoryRange> ranges, int pageShift) {
    List<long[]> runs = new ArrayList<>();
    for (MemoryRange range : ranges) {
      if (range.bytes() > 0) {
        runs.add(new long[] {
          range.address() >>> pageShift, ((range.address() + range.bytes() - 1) >>> pageShift) + 1
        });
      }
    }
    return new PageRuns(runs);
  }

  /**
   * The pages that lie wholly in one of the ranges, where that range has at least {@code minPages} of them in a row.
   */
  static PageRuns within(List<MemoryRange> ranges, int pageShift, long minPages) {
    long mask = (1L << pageShift) - 1;
    List<long[]> runs = new ArrayList<>();
    for (MemoryRange range : ranges) {
      long from = (range.address() >>> pageShift) + ((range.address() & mask) == 0 ? 0 : 1);
      long to = (range.address() + range.bytes()) >>> pageShift;
      if (to - from >= Math.max(1, minPages)) {
        runs.add(new long[] {from, to});
      }
    }
    return new PageRuns(runs);
  }

  private static List<long[]> merge(List<long[]> runs) {
    runs.sort(Comparator.comparingLong(run -> run[0]));
    List<long[]> merged = new ArrayList<>();
    for (long[] run : runs) {
      long[] last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (last != null && run[0] <= last[1]) {
        last[1] = Math.max(last[1], run[1]);
      } else {
        merged.add(run);
      }
    }
    return merged;
  }

  /** How many pages the runs have together. */
  long pages() {
    return pages;
  }

  /** How many runs there are. */
  int count() {
    return first.length;
  }

  /** The first page of run {@code i}. */
  long first(int i) {
    return first[i];
  }

  /** One more than the last page of run {@code i}. */
  long end(int i) {
    return end[i];
  }

  /** The first run that ends behind this page: {@link #count()} where none does. */
  int firstEndingAfter(long page) {
    int low = 0;
    int high = end.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (end[middle] > page) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
