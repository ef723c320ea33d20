package io.github.pageferry.it.host;

import java.util.BitSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The kernel's list format, {@code 0-3,8}, of CPUs and nodes ({@code bitmap_parselist}). */
final class ListFormat {

  private ListFormat() {}

  static String format(int... numbers) {
    return IntStream.of(numbers).mapToObj(String::valueOf).collect(Collectors.joining(","));
  }

  static BitSet parse(String text) {
    BitSet set = new BitSet();
    for (String part : text.strip().split(",")) {
      if (!part.isBlank()) {
        String[] ends = part.strip().split("-", 2);
        set.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
      }
    }
    return set;
  }
}
