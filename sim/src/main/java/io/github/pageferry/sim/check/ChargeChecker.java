package io.github.pageferry.sim.check;

import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.MemCgroup;
import io.github.pageferry.sim.mm.PageCgroups;
import io.github.pageferry.sim.mm.Zone;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Charges balance: each memory cgroup's usage is the pages that are charged to it; none is free, none on the move. */
final class ChargeChecker implements Checker {

  @Override
  public void check(Kernel kernel, Census census, List<String> violations) {
    List<MemCgroup> groups = kernel.memcontrol.groups();
    if (groups.isEmpty()) {
      return;
    }
    PageCgroups charges = kernel.memcontrol.pages();
    Map<Integer, Integer> charged = new HashMap<>();
    for (int node = kernel.nodes.withMemory().first(); node >= 0; node = kernel.nodes.withMemory().next(node)) {
      Zone zone = kernel.nodes.zone(node);
      for (int place = 0; place < zone.touchedEnd(); place++) {
        int page = zone.frame(place);
        if (charges.migration(page)) {
          violations.add("page " + page + " keeps its charge for a migration that is over");
        }
        if (charges.used(page)) {
          charged.merge(charges.group(page), 1, Integer::sum);
          if (kernel.frames.count(page) == 0) {
            violations.add("page " + page + " is free and charged to group " + charges.group(page));
          }
        }
      }
    }
    for (MemCgroup group : groups) {
      int pages = charged.getOrDefault(group.id(), 0);
      if (group.usage != pages) {
        violations.add("group " + group.id() + " has usage " + group.usage + " but " + pages + " pages are charged to it");
      }
      if (group.usage > group.limit) {
        violations.add("group " + group.id() + " has usage " + group.usage + " and limit " + group.limit);
      }
    }
  }
}
