package io.github.pageferry;

import java.util.Arrays;
import java.util.Objects;

/**
 * The status of each page of a range, in segments that threads fill each for itself. A segment whose pages all have the
 * same status takes no array.
 */
final class StatusTable {

  private final long pages;
  private final int segmentPages;
  private final int[][] segments;
  private final int[] uniform;

  private static final int[] UNIFORM = new int[0];

  /** A table of pages that are all {@link PageStatus#NOT_ATTEMPTED}. */
  StatusTable(long pages, int segmentPages) {
    this.pages = pages;
    this.segmentPages = segmentPages;
    int count = Math.toIntExact((pages + segmentPages - 1) / segmentPages);
    segments = new int[count][];
    uniform = new int[count];
    Arrays.fill(segments, UNIFORM);
    Arrays.fill(uniform, PageStatus.NOT_ATTEMPTED);
  }

  long pages() {
    return pages;
  }

  /** Copies the statuses of one segment, the one that begins at {@code firstPage}. */
  void set(long firstPage, int[] statuses, int count) {
    int segment = (int) (firstPage / segmentPages);
    if (Arrays.mismatch(statuses, 0, count - 1, statuses, 1, count) < 0) {
      uniform[segment] = statuses[0];
    } else {
      segments[segment] = Arrays.copyOf(statuses, count);
    }
  }

  void check(long page) {
    Objects.checkIndex(page, pages);
  }

  int get(long page) {
    check(page);
    int segment = (int) (page / segmentPages);
    int[] statuses = segments[segment];
    return statuses == UNIFORM ? uniform[segment] : statuses[(int) (page % segmentPages)];
  }

  void forEachRun(LocateReport.RunVisitor visitor) {
    long start = 0;
    long page = 0;
    while (page < pages) {
      int segment = (int) (page / segmentPages);
      if (segments[segment] == UNIFORM) {
        page = Math.min(pages, (segment + 1L) * segmentPages);
      } else {
        page++;
      }
      int status = get(page - 1);
      if (page == pages || get(page) != status) {
        visitor.run(start, page - start, status);
        start = page;
      }
    }
  }
}
