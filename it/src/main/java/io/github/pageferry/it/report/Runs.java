package io.github.pageferry.it.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arrays of nodes and errnos as runs of equal entries. */
final class Runs {

  private Runs() {}

  /**
   * Equal entries side by side.
   *
   * @param first index
   * @param count how many there are
   * @param code a node, or an errno negated
   * @param differs whether the other side says otherwise of them
   */
  record Run(int first, int count, int code, boolean differs) {

    int last() {
      return first + count - 1;
    }
  }

  /**
   * All runs of an array.
   *
   * @param other what the other side says of the same entries; null where it is not compared
   */
  static List<Run> of(int[] codes, int @Nullable [] other) {
    List<Run> runs = new ArrayList<>();
    for (int first = 0; first < codes.length; ) {
      boolean differs = differs(codes, other, first);
      int end = first + 1;
      while (end < codes.length && codes[end] == codes[first] && differs(codes, other, end) == differs) {
        end++;
      }
      runs.add(new Run(first, end - first, codes[first], differs));
      first = end;
    }
    return runs;
  }

  /** Each entry as a run of its own. */
  static List<Run> single(int[] codes, int @Nullable [] other) {
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < codes.length; i++) {
      runs.add(new Run(i, 1, codes[i], differs(codes, other, i)));
    }
    return runs;
  }

  private static boolean differs(int[] codes, int @Nullable [] other, int index) {
    return other != null && (index >= other.length || other[index] != codes[index]);
  }
}
