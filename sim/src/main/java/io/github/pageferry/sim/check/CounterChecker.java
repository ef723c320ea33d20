package io.github.pageferry.sim.check;

import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Zone;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.List;

/** Each zone's counters are what counting its pages gives; nothing is isolated. */
final class CounterChecker implements Checker {

  @Override
  public void check(Kernel kernel, Census census, List<String> violations) {
    long filePages = 0;
    for (int node = kernel.nodes.withMemory().first(); node >= 0; node = kernel.nodes.withMemory().next(node)) {
      Zone zone = kernel.nodes.zone(node);
      long[] counted = count(kernel, zone);
      for (ZoneStat stat : ZoneStat.values()) {
        long difference = zone.stat(stat) - counted[stat.ordinal()];
        if (stat == ZoneStat.NR_FILE_PAGES && !kernel.profile.fileCountersFollow()) {
          filePages += difference;
        } else if (difference != 0) {
          violations.add(
              "node " + node + ": " + stat + " is " + zone.stat(stat) + " but " + counted[stat.ordinal()] + " counted");
        }
      }
    }
    // A kernel whose pages stay counted where they came from still counts as many as there are.
    if (filePages != 0) {
      violations.add("NR_FILE_PAGES of all nodes is wrong by " + filePages);
    }
  }

  private static long[] count(Kernel kernel, Zone zone) {
    long[] counted = new long[ZoneStat.values().length];
    for (int lru = 0; lru < Lru.LISTS; lru++) {
      counted[ZoneStat.ofLru(lru).ordinal()] = zone.lru(lru).size();
    }
    PageFrames frames = kernel.frames;
    for (int page = zone.firstFrame(); page < zone.touchedEnd(); page++) {
      if (frames.count(page) == 0 && frames.mapcount(page) == 0 || frames.has(page, PageFlag.HUGETLB)) {
        continue;
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
        if (frames.has(page, PageFlag.SWAPBACKED)) {
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
