package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WorkCursorTest {

  private static PageRuns runs(long... firstsAndCounts) {
    List<MemoryRange> ranges = new ArrayList<>();
    for (int i = 0; i < firstsAndCounts.length; i += 2) {
      ranges.add(MemoryRange.of(firstsAndCounts[i] << 12, firstsAndCounts[i + 1] << 12));
    }
    return PageRuns.covering(ranges, 12);
  }

  private static List<String> chunks(WorkCursor cursor, int capacity) {
    Chunk chunk = new Chunk(capacity);
    List<String> text = new ArrayList<>();
    while (cursor.next(chunk) >= 0) {
      StringBuilder pieces = new StringBuilder();
      for (int i = 0; i < chunk.pieces(); i++) {
        pieces.append(i == 0 ? "" : " ").append(chunk.first(i)).append('+').append(chunk.count(i));
      }
      text.add(pieces.toString());
    }
    return text;
  }

  @Test
  void cutsARunIntoChunks() {
    assertThat(chunks(new WorkCursor(runs(100, 25), 1), 10)).containsExactly("100+10", "110+10", "120+5");
  }

  @Test
  void gathersSmallRunsInAChunk() {
    assertThat(chunks(new WorkCursor(runs(1, 2, 10, 3, 20, 1, 30, 9), 1), 10)).containsExactly("1+2 10+3 20+1 30+4", "34+5");
  }

  @Test
  void endsChunksWhereHugePagesEnd() {
    assertThat(chunks(new WorkCursor(runs(5, 40), 8), 20)).containsExactly("5+19", "24+16", "40+5");
    assertThat(chunks(new WorkCursor(runs(1, 2, 9, 30), 8), 8)).containsExactly("1+2", "9+7", "16+8", "24+8", "32+7");
  }

  @Test
  void keepsRunsInOneHugePageTogether() {
    assertThat(chunks(new WorkCursor(runs(3, 10, 17, 2, 20, 2), 8), 12)).containsExactly("3+10", "17+2 20+2");
    assertThat(chunks(new WorkCursor(runs(14, 1, 17, 2, 20, 2), 8), 4)).as("more than a chunk holds")
        .containsExactly("14+1", "17+2 20+2");
    assertThat(chunks(new WorkCursor(runs(16, 1, 18, 2, 21, 2), 8), 4)).as("a chunk that cannot hold a block")
        .containsExactly("16+1 18+2 21+1", "22+1");
  }

  @Test
  void hasNothingWhereThereIsNothing() {
    WorkCursor cursor = new WorkCursor(runs(), 8);
    assertThat(cursor.next(new Chunk(4))).isEqualTo(-1);
    assertThat(cursor.handedOut()).isZero();
  }

  /** 16 TiB and a bit: more pages than an int counts, addresses above 32 bits, and no page left out or named twice. */
  @Test
  void countsBeyondTwoToThe31() {
    long first = 0x7_0000_0001L;
    long pages = (1L << 32) + 12345;
    WorkCursor cursor = new WorkCursor(runs(first, pages), 512);
    Chunk chunk = new Chunk(1 << 20);
    long expected = 0;
    for (long before = cursor.next(chunk); before >= 0; before = cursor.next(chunk)) {
      assertThat(before).isEqualTo(expected);
      assertThat(chunk.first(0)).isEqualTo(first + expected);
      expected += chunk.pages();
    }
    assertThat(expected).isEqualTo(pages);
    assertThat(cursor.handedOut()).isEqualTo(pages);
  }

  @Test
  void handsEachPageOutOnceInOrder() {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 300; round++) {
      long[] spec = new long[2 * random.nextInt(1, 10)];
      List<Long> expected = new ArrayList<>();
      long next = 1;
      for (int i = 0; i < spec.length; i += 2) {
        next += random.nextInt(2, 30);
        spec[i] = next;
        spec[i + 1] = random.nextInt(1, 60);
        for (int k = 0; k < spec[i + 1]; k++) {
          expected.add(next++);
        }
      }
      int capacity = random.nextInt(1, 40);
      int alignment = 1 << random.nextInt(4);
      WorkCursor cursor = new WorkCursor(runs(spec), alignment);
      Chunk chunk = new Chunk(capacity);
      List<Long> pages = new ArrayList<>();
      while (cursor.next(chunk) >= 0) {
        assertThat(chunk.pages()).isBetween(1, capacity);
        if (!pages.isEmpty() && capacity >= alignment) {
          assertThat(chunk.first(0) / alignment).as("a block that was begun").isNotEqualTo(pages.get(pages.size() - 1) / alignment);
        }
        long[] numbers = new long[chunk.pages()];
        chunk.numbers(numbers);
        for (long page : numbers) {
          pages.add(page);
        }
      }
      assertThat(pages).as("round %d", round).isEqualTo(expected);
    }
  }
}
