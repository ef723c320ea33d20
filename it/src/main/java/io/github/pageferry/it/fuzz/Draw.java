package io.github.pageferry.it.fuzz;

import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random choices that are the same on every JVM. Of SplittableRandom only {@code nextLong} is used, which is a fixed
 * function of the seed; how its other methods make smaller numbers from it may change from release to release.
 */
final class Draw {

  private static final int BITS = 31;

  private final SplittableRandom random;

  private Draw(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The choices for one workload of a seed, independent of those for all others. */
  static Draw of(long seed, long index) {
    return new Draw(hash(hash(seed) ^ index));
  }

  private static long hash(long value) {
    return new SplittableRandom(value).nextLong();
  }

  /** From 0 up, below {@code bound}, which is at least 1. */
  int below(int bound) {
    return (int) ((random.nextLong() >>> (Long.SIZE - BITS)) * bound >>> BITS);
  }

  /** Both ends included. */
  int between(int least, int most) {
    return least + below(most - least + 1);
  }

  boolean percent(int chance) {
    return below(100) < chance;
  }

  int oneOf(int... values) {
    return values[below(values.length)];
  }

  <T> T oneOf(List<T> values) {
    return values.get(below(values.size()));
  }

  /** A subset in which each constant is with this chance. */
  <E extends Enum<E>> EnumSet<E> some(Class<E> type, int chance) {
    EnumSet<E> chosen = EnumSet.noneOf(type);
    for (E constant : type.getEnumConstants()) {
      if (percent(chance)) {
        chosen.add(constant);
      }
    }
    return chosen;
  }
}
