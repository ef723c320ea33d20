package io.github.pageferry.it.bench;

import java.util.Optional;

/**
 * A figure that was measured.
 *
 * @param what is measured, for people
 * @param unit it is in
 * @param median of the iterations
 * @param least of the iterations
 * @param most of the iterations
 * @param target what it should be, empty where it is there for comparison
 */
public record Figure(String what, String unit, double median, double least, double most, Optional<Target> target) {

  /** What a figure should be. */
  public record Target(boolean atLeast, double bound) {

    static Target atLeast(double bound) {
      return new Target(true, bound);
    }

    static Target atMost(double bound) {
      return new Target(false, bound);
    }

    /** Whether a figure is as it should be. */
    public boolean isMetBy(double figure) {
      return atLeast ? figure >= bound : figure <= bound;
    }
  }

  /** A figure that was measured once, or follows from others. */
  static Figure of(String what, String unit, double value, Target target) {
    return new Figure(what, unit, value, value, value, Optional.of(target));
  }
}
