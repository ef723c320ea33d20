package io.github.pageferry.it.trace;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one step answered. Numbers are as the kernel has them: a node, or an errno negated; in a status array −999 is an
 * entry that the call never wrote ({@code untouched}). The arrays are never changed.
 *
 * @param step the step's word
 * @param returned from 0 up, or an errno negated; or {@link #SOME}
 * @param status the status array that a {@code move} or {@code query} left; null for other steps
 * @param placement for each region that still has a mapped page, in the order of mapping, what a query says of each page;
 *     null after {@code map}
 * @param intact whether every page held what was last written to it
 */
public record Outcome(
    String step, long returned, int @Nullable [] status, @Nullable Map<String, int[]> placement, boolean intact) {

  /** As {@code returned} of {@code migrate}: some count from 0 up, which a testbed inside a larger process cannot tell. */
  public static final long SOME = Long.MAX_VALUE;

  public Outcome {
    placement = placement == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(placement));
  }

  /** Whether it returned what the other one did; {@link #SOME} is like every count. */
  public boolean returnedLike(Outcome other) {
    return returned == other.returned || returned == SOME && other.returned >= 0 || other.returned == SOME && returned >= 0;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Outcome other
        && step.equals(other.step)
        && returned == other.returned
        && Arrays.equals(status, other.status)
        && samePlacement(placement, other.placement)
        && intact == other.intact;
  }

  private static boolean samePlacement(@Nullable Map<String, int[]> a, @Nullable Map<String, int[]> b) {
    if (a == null || b == null) {
      return a == b;
    }
    return a.keySet().equals(b.keySet()) && a.keySet().stream().allMatch(r -> Arrays.equals(a.get(r), b.get(r)));
  }

  @Override
  public int hashCode() {
    return step.hashCode() * 31 + Long.hashCode(returned);
  }
}
