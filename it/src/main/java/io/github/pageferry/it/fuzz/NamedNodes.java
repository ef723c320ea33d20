package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.workload.Step;
import java.util.Collection;
import java.util.stream.IntStream;

/** The node numbers that a step names, whether such nodes are there or not. */
final class NamedNodes {

  private NamedNodes() {}

  static IntStream of(Step step) {
    if (step instanceof Step.Touch touch) {
      return touch.node().stream();
    } else if (step instanceof Step.Move move) {
      return numbers(move.to());
    } else if (step instanceof Step.Migrate migrate) {
      return IntStream.concat(numbers(migrate.from()), numbers(migrate.to()));
    } else if (step instanceof Step.Bind bind) {
      return numbers(bind.nodes());
    } else if (step instanceof Step.Cpuset cpuset) {
      return numbers(cpuset.mems());
    }
    return IntStream.empty();
  }

  private static IntStream numbers(Collection<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue);
  }
}
