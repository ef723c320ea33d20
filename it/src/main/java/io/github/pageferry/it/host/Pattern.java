package io.github.pageferry.it.host;

import java.nio.LongBuffer;

/**
 * What a page holds: a {@code long} from which all its words follow. A page written by a {@code touch} has a pattern of
 * its region's name and its index, so that no two are equal, or the one that {@code same} asks for.
 */
final class Pattern {

  /** A page that was never written: zeroes. */
  static final long ZERO = 0;

  /** A page of a private mapping that has no copy of its own: it holds what lies behind the mapping. */
  static final long INHERITED = -1;

  /** The pattern that all pages written with {@code same} share. */
  static final long SAME = mix(1);

  private Pattern() {}

  static long of(String region, int page) {
    long seed = page;
    for (int i = 0; i < region.length(); i++) {
      seed = mix(seed ^ (long) region.charAt(i) << 32);
    }
    return seed;
  }

  /** Writes the words of a page with this pattern. */
  static void fill(long pattern, LongBuffer page) {
    for (int i = 0; i < page.limit(); i++) {
      page.put(i, pattern == ZERO ? 0 : mix(pattern + i));
    }
  }

  /** The finalizer of SplitMix64: a bijection, so that different seeds stay different. */
  private static long mix(long seed) {
    long x = seed + 0x9e3779b97f4a7c15L;
    x = (x ^ x >>> 30) * 0xbf58476d1ce4e5b9L;
    x = (x ^ x >>> 27) * 0x94d049bb133111ebL;
    return x ^ x >>> 31;
  }
}
