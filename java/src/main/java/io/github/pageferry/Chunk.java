package io.github.pageferry;

import java.util.Arrays;

/**
 * The pages that one thread works on at a time: pieces of runs, in ascending order. Reused from one chunk to the next.
 *
 * <p>Within a chunk a page is known by its index, 0 being the first page of the first piece.
 */
final class Chunk {

  private final int capacity;
  private long[] first = new long[8];
  private int[] count = new int[8];
  private int pieces;
  private int pages;

  Chunk(int capacity) {
    this.capacity = capacity;
  }

  int capacity() {
    return capacity;
  }

  void clear() {
    pieces = 0;
    pages = 0;
  }

  void add(long firstPage, int pageCount) {
    if (pieces == first.length) {
      first = Arrays.copyOf(first, 2 * pieces);
      count = Arrays.copyOf(count, 2 * pieces);
    }
    first[pieces] = firstPage;
    count[pieces] = pageCount;
    pieces++;
    pages += pageCount;
  }

  /** Takes out this page and all behind it. */
  void removeFrom(long page) {
    while (pieces > 0 && first[pieces - 1] >= page) {
      pieces--;
      pages -= count[pieces];
    }
    if (pieces > 0 && last() >= page) {
      int removed = (int) (last() - page + 1);
      count[pieces - 1] -= removed;
      pages -= removed;
    }
  }

  /** The number of its last page. */
  long last() {
    return first[pieces - 1] + count[pieces - 1] - 1;
  }

  /** How many pages it has. */
  int pages() {
    return pages;
  }

  /** How many pieces it has. */
  int pieces() {
    return pieces;
  }

  /** The number of the first page of piece {@code i}. */
  long first(int i) {
    return first[i];
  }

  /** How many pages piece {@code i} has. */
  int count(int i) {
    return count[i];
  }

  /** Writes the number of every page to {@code into}, by index. */
  void numbers(long[] into) {
    int index = 0;
    for (int piece = 0; piece < pieces; piece++) {
      for (int i = 0; i < count[piece]; i++) {
        into[index++] = first[piece] + i;
      }
    }
  }
}
