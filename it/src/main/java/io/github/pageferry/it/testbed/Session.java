package io.github.pageferry.it.testbed;

import io.github.pageferry.it.workload.Step;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run of one workload: a process under test with its regions and children. Used by one thread. */
public interface Session extends AutoCloseable {

  /** Makes one step. Never throws for what the kernel answers: that is the result. */
  Result execute(Step step);

  /**
   * For each region that still has a mapped page, in the order of mapping, what a separate query says of each of its
   * pages (a node or an errno negated), the unmapped ones among them.
   */
  Map<String, int[]> placement();

  /** Whether every page that can be looked at holds what was last written to it. */
  boolean intact();

  /**
   * What a model has got wrong so far as the kernel that it models is known to: by its cause, which names the commit that brought or
   * mended it, what is wrong. Of a kernel, nothing.
   */
  default Map<String, String> knownDefects() {
    return Map.of();
  }

  /** Ends the children and takes away everything that the run made. */
  @Override
  void close();

  /**
   * What a step answered.
   *
   * @param returned from 0 up, an errno negated, or {@link io.github.pageferry.it.trace.Outcome#SOME}
   * @param status the status array that a {@code move} or {@code query} left, null for other steps
   */
  record Result(long returned, int @Nullable [] status) {

    public static Result of(long returned) {
      return new Result(returned, null);
    }
  }
}
