package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.workload.Need;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Step.Advice;
import io.github.pageferry.it.workload.Step.Backing;
import io.github.pageferry.it.workload.Step.BindFlag;
import io.github.pageferry.it.workload.Step.CallFlag;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What steps cannot do without, or answer otherwise without. */
final class Needs {

  private Needs() {}

  static Set<Need> of(List<Step> steps) {
    EnumSet<Need> needs = EnumSet.noneOf(Need.class);
    for (Step step : steps) {
      if (step instanceof Step.Map map) {
        if (map.of().isEmpty() && map.backing() != Backing.ANON) {
          needs.add(Need.valueOf(map.backing().name()));
        }
        if (map.huge()) {
          needs.add(Need.THP);
        }
      } else if (step instanceof Step.Advise advise && advise.advice() == Advice.MERGEABLE) {
        needs.add(Need.KSM);
      } else if (step instanceof Step.Cpuset) {
        needs.add(Need.CPUSET);
      }
      if (isPrivileged(step)) {
        needs.add(Need.ROOT);
      }
    }
    return needs;
  }

  /**
   * Pages of all processes, nodes outside of a cpuset, other users, kernel threads, more locked memory than users may have.
   */
  private static boolean isPrivileged(Step step) {
    return step instanceof Step.Migrate
        || step instanceof Step.Cpuset
        || step instanceof Step.Lock
        || step instanceof Step.Move move
            && (move.flags().contains(CallFlag.ALL) || move.uid().isPresent() || move.process().equals("kernel"))
        || step instanceof Step.Query query && (query.uid().isPresent() || query.process().equals("kernel"))
        || step instanceof Step.Bind bind && bind.flags().contains(BindFlag.ALL);
  }
}
