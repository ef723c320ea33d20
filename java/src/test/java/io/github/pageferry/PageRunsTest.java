package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PageRunsTest {

  private static final int SHIFT = 12;
  private static final int PAGE = 1 << SHIFT;

  private static List<String> runs(PageRuns runs) {
    List<String> text = new ArrayList<>();
    for (int i = 0; i < runs.count(); i++) {
      text.add(runs.first(i) + "-" + (runs.end(i) - 1));
    }
    return text;
  }

  @Test
  void coverEveryPageOfWhichAByteIsInARange() {
    List<MemoryRange> ranges = List.of(
        MemoryRange.of(20 * PAGE - 1, 2), MemoryRange.of(5 * PAGE, 1), MemoryRange.of(9 * PAGE, PAGE), MemoryRange.of(7 * PAGE, 0));

    assertThat(runs(PageRuns.covering(ranges, SHIFT))).containsExactly("5-5", "9-9", "19-20");
    assertThat(PageRuns.covering(ranges, SHIFT).pages()).isEqualTo(4);
  }

  @Test
  void lieWithinARangeWithAllTheirBytes() {
    List<MemoryRange> ranges = List.of(
        MemoryRange.of(20 * PAGE - 1, 2 + 3 * PAGE), MemoryRange.of(5 * PAGE, PAGE), MemoryRange.of(9 * PAGE, PAGE - 1));

    assertThat(runs(PageRuns.within(ranges, SHIFT, 0))).containsExactly("5-5", "20-22");
    assertThat(runs(PageRuns.within(ranges, SHIFT, 2))).containsExactly("20-22");
  }

  @Test
  void reachToTheEndOfTheAddressSpace() {
    List<MemoryRange> all = List.of(MemoryRange.of(1, Long.MAX_VALUE - 1));
    assertThat(PageRuns.covering(all, SHIFT).pages()).isEqualTo(1L << 51);
    assertThat(PageRuns.within(all, SHIFT, 1).pages()).isEqualTo((1L << 51) - 2);
  }

  @Test
  void areTheSameAsASetOfPages() {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 300; round++) {
      List<MemoryRange> ranges = new ArrayList<>();
      TreeSet<Long> covered = new TreeSet<>();
      TreeSet<Long> within = new TreeSet<>();
      for (int i = random.nextInt(8); i > 0; i--) {
        long address = random.nextLong(1, 40 * PAGE);
        long bytes = random.nextLong(0, 6 * PAGE);
        ranges.add(MemoryRange.of(address, bytes));
        for (long page = 0; page < 60; page++) {
          long from = Math.max(address, page * PAGE);
          long to = Math.min(address + bytes, (page + 1) * PAGE);
          if (from < to) {
            covered.add(page);
          }
          if (to - from == PAGE) {
            within.add(page);
          }
        }
      }
      assertThat(pages(PageRuns.covering(ranges, SHIFT))).as("round %d", round).containsExactlyElementsOf(covered);
      assertThat(pages(PageRuns.within(ranges, SHIFT, 1))).as("round %d", round).containsExactlyElementsOf(within);
      assertFindsRuns(PageRuns.covering(ranges, SHIFT));
    }
  }

  private static List<Long> pages(PageRuns runs) {
    List<Long> pages = new ArrayList<>();
    for (int i = 0; i < runs.count(); i++) {
      for (long page = runs.first(i); page < runs.end(i); page++) {
        pages.add(page);
      }
    }
    assertThat(runs.pages()).isEqualTo(pages.size());
    return pages;
  }

  private static void assertFindsRuns(PageRuns runs) {
    for (long page = 0; page < 60; page++) {
      int expected = 0;
      while (expected < runs.count() && runs.end(expected) <= page) {
        expected++;
      }
      assertThat(runs.firstEndingAfter(page)).isEqualTo(expected);
    }
  }
}
