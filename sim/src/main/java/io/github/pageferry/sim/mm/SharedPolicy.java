package io.github.pageferry.sim.mm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code struct shared_policy}: the policies of a file of shared memory, by ranges of pages. */
public final class SharedPolicy {

  private record Range(long start, long end, Policy policy) {}

  /** In order, without overlaps: the kernel's red-black tree of {@code sp_node}s. */
  private final List<Range> ranges = new ArrayList<>(0);

  /** {@code mpol_shared_policy_lookup()}: null for the default. */
  public @Nullable Policy lookup(long index) {
    for (Range range : ranges) {
      if (range.start <= index && index < range.end) {
        return range.policy;
      }
    }
    return null;
  }

  /**
   * {@code mpol_set_shared_policy()}: gives pages {@code start} to {@code end - 1} this policy, which is marked as shared
   * from now on; null takes away what they have.
   */
  public void set(long start, long end, @Nullable Policy policy) {
    List<Range> old = List.copyOf(ranges);
    ranges.clear();
    int at = 0;
    for (Range range : old) {
      if (range.start < start) {
        ranges.add(new Range(range.start, Math.min(range.end, start), range.policy));
        at = ranges.size();
      }
      if (range.end > end) {
        ranges.add(new Range(Math.max(range.start, end), range.end, range.policy));
      }
    }
    if (policy != null) {
      policy.flags |= Policy.F_SHARED;
      ranges.add(at, new Range(start, end, policy));
    }
  }

  /** Takes every policy of the file. */
  public List<Policy> policies() {
    return ranges.stream().map(Range::policy).toList();
  }
}
