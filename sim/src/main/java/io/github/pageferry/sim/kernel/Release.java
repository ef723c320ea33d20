package io.github.pageferry.sim.kernel;

import java.util.Arrays;

/**
 * A release of Linux, as in {@code 2.6.36} or {@code 6.18.15}; ordered.
 *
 * @param parts its numbers, the most significant first
 */
public record Release(int[] parts) implements Comparable<Release> {

  /** Keeps no reference to the array. */
  public Release {
    parts = parts.clone();
  }

  /**
   * The release that a text begins with; what follows the numbers is ignored ({@code 6.18.44-cloud}).
   *
   * @throws IllegalArgumentException where it begins with no number
   */
  public static Release parse(String text) {
    String numbers = text.replaceFirst("[^0-9.].*$", "").replaceFirst("\\.+$", "");
    try {
      return new Release(Arrays.stream(numbers.split("\\.")).mapToInt(Integer::parseInt).toArray());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" is no Linux release; one is, for example, 6.18", e);
    }
  }

  /** Whether this release has what came with that one. */
  public boolean has(String since) {
    return compareTo(parse(since)) >= 0;
  }

  @Override
  public int[] parts() {
    return parts.clone();
  }

  @Override
  public int compareTo(Release other) {
    for (int i = 0; i < Math.max(parts.length, other.parts.length); i++) {
      int order = Integer.compare(i < parts.length ? parts[i] : 0, i < other.parts.length ? other.parts[i] : 0);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Release other && compareTo(other) == 0;
  }

  @Override
  public int hashCode() {
    int end = parts.length;
    while (end > 0 && parts[end - 1] == 0) {
      end--;
    }
    return Arrays.hashCode(Arrays.copyOf(parts, end));
  }

  @Override
  public String toString() {
    return String.join(".", Arrays.stream(parts).mapToObj(Integer::toString).toList());
  }
}
