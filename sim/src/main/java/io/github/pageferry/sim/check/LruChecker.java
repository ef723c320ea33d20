package io.github.pageferry.sim.check;

import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Pagevec;
import io.github.pageferry.sim.mm.Zone;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Every page is on exactly one list of its zone, the one that its flags name, or in a pagevec on its way there; but one that is known
 * never to be put back is on none.
 */
final class LruChecker implements Checker {

  @Override
  public void check(Kernel kernel, Census census, List<String> violations) {
    Set<Integer> listed = new HashSet<>();
    for (int node = kernel.nodes.withMemory().first(); node >= 0; node = kernel.nodes.withMemory().next(node)) {
      Zone zone = kernel.nodes.zone(node);
      for (int lru = 0; lru < Lru.LISTS; lru++) {
        PageList list = zone.lru(lru);
        for (int page = list.first(); page != 0; page = list.next(page)) {
          if (!listed.add(page)) {
            violations.add("page " + page + " is on two lists");
            return;
          }
          if (!kernel.frames.has(page, PageFlag.LRU)
              || kernel.swap.pageLru(page) != lru
              || kernel.frames.pageToNid(page) != node) {
            violations.add("page " + page + " is on list " + lru + " of node " + node + " but its flags are 0x"
                + Integer.toHexString(kernel.frames.flags(page)));
          }
        }
      }
    }
    Set<Integer> waiting = new HashSet<>();
    for (int cpu = 0; cpu < kernel.swap.cpus(); cpu++) {
      for (int lru = 0; lru < Lru.LISTS; lru++) {
        Pagevec vec = kernel.swap.lruAddPvec(cpu, lru);
        for (int i = 0; i < vec.count(); i++) {
          waiting.add(vec.page(i));
        }
      }
    }
    Set<Integer> neverPutBack = kernel.defects.neverPutBack();
    for (int page : census.pages) {
      if (kernel.frames.has(page, PageFlag.HUGETLB | PageFlag.TAIL)) {
        continue;
      }
      if (neverPutBack.contains(page)) {
        if (listed.contains(page) || waiting.contains(page)) {
          violations.add("page " + page + " was never put back, but is on a list or in a pagevec");
        }
      } else if (listed.contains(page) == waiting.contains(page)) {
        violations.add("page " + page + (listed.contains(page) ? " is on a list and in a pagevec" : " is on no list"));
      }
      if (kernel.frames.has(page, PageFlag.LRU) != listed.contains(page)) {
        violations.add("page " + page + ": PG_lru does not say whether it is on a list");
      }
    }
  }
}
