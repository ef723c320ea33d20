package io.github.pageferry.it.workload;

/** One part of a page selector; a selector is a list of parts, whose order and duplicates are kept. */
public sealed interface PageSelector {

  /** How many bytes into each page the address points. */
  int offset();

  /**
   * Pages of a region: {@code a}, {@code a[3]}, {@code a[0-3]}, {@code a[2]+100}.
   *
   * @param region the region's name
   * @param first the first page's index
   * @param last the last page's index, or {@link #TO_THE_END} with 0 as {@code first}
   */
  record Pages(String region, int first, int last, int offset) implements PageSelector {

    /** As {@code last}: every page of the region, whose size is known at the region's {@code map} step. */
    public static final int TO_THE_END = -1;

    public Pages {
      boolean all = first == 0 && last == TO_THE_END;
      if (!all && (first < 0 || last < first)) {
        throw new IllegalArgumentException("no run of pages: " + first + " to " + last);
      }
    }
  }

  /** {@code hole}: a page-aligned address that nothing maps, with mappings above it. */
  record Hole(int offset) implements PageSelector {}

  /** {@code null}: address 0. */
  record Null(int offset) implements PageSelector {}
}
