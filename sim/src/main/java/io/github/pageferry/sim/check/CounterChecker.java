package io.github.pageferry.sim.check;

import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Zone;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.List;
import java.util.Set;

/** Each zone's counters are what counting its pages gives, but for what is known to be miscounted; nothing is isolated. */
final class CounterChecker implements Checker {

  @Override
  public void check(Kernel kernel, Census census, List<String> violations) {
    for (int node = kernel.nodes.online().first(); node >= 0; node = kernel.nodes.online().next(node)) {
      Zone zone = kernel.nodes.findZone(node);
      if (zone == null) {
        continue;
      }
      long[] counted = count(kernel, zone);
      for (ZoneStat stat : ZoneStat.values()) {
        long known = kernel.defects.miscounted(stat, node);
        if (zone.stat(stat) != counted[stat.ordinal()] + known) {
          violations.add("node " + node + ": " + stat + " is " + zone.stat(stat) + " but " + counted[stat.ordinal()] + " counted"
              + (known == 0 ? "" : ", and " + known + " miscounted"));
        }
      }
    }
  }

  /** A line a node. */
  static void findings(Kernel kernel, List<Finding> findings) {
    findings(kernel, ZoneStat.NR_FILE_PAGES, KnownDefect.FILE_PAGES_STAY_COUNTED, findings);
    findings(kernel, ZoneStat.NR_SHMEM, KnownDefect.SWAP_CACHE_AS_SHMEM, findings);
  }

  private static void findings(Kernel kernel, ZoneStat stat, KnownDefect defect, List<Finding> findings) {
    for (int node = kernel.nodes.withMemory().first(); node >= 0; node = kernel.nodes.withMemory().next(node)) {
      long known = kernel.defects.miscounted(stat, node);
      if (known != 0) {
        long counter = kernel.nodes.zone(node).stat(stat);
        findings.add(new Finding(defect, "node " + node + ": " + stat + " is " + counter + " but " + (counter - known) + " counted"));
      }
    }
  }

  private static long[] count(Kernel kernel, Zone zone) {
    long[] counted = new long[ZoneStat.values().length];
    for (int lru = 0; lru < Lru.LISTS; lru++) {
      counted[ZoneStat.ofLru(lru).ordinal()] = zone.lru(lru).size();
    }
    PageFrames frames = kernel.frames;
    Set<Integer> neverPutBack = kernel.defects.neverPutBack();
    for (int place = 0; place < zone.touchedEnd(); place++) {
      int page = zone.frame(place);
      if (frames.count(page) == 0 && frames.mapcount(page) == 0 || frames.has(page, PageFlag.HUGETLB)) {
        continue;
      }
      if (neverPutBack.contains(page)) {
        counted[kernel.swap.isolatedStat(page).ordinal()]++;
      }
      if (frames.has(page, PageFlag.MLOCKED)) {
        counted[ZoneStat.NR_MLOCK.ordinal()]++;
      }
      if (frames.mapcount(page) > 0) {
        counted[(frames.anon(page) ? ZoneStat.NR_ANON_PAGES : ZoneStat.NR_FILE_MAPPED).ordinal()]++;
      }
      AddressSpace mapping = kernel.pageMapping(page);
      if (mapping != null) {
        counted[ZoneStat.NR_FILE_PAGES.ordinal()]++;
        if (frames.has(page, PageFlag.SWAPBACKED) && !frames.has(page, PageFlag.SWAPCACHE)) {
          counted[ZoneStat.NR_SHMEM.ordinal()]++;
        }
        if (frames.has(page, PageFlag.DIRTY) && mapping.accountDirty) {
          counted[ZoneStat.NR_FILE_DIRTY.ordinal()]++;
        }
        if (frames.has(page, PageFlag.WRITEBACK)) {
          counted[ZoneStat.NR_WRITEBACK.ordinal()]++;
        }
      }
    }
    return counted;
  }
}
