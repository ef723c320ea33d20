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
    long shmem = 0;
    for (int node = kernel.nodes.online().first(); node >= 0; node = kernel.nodes.online().next(node)) {
      Zone zone = kernel.nodes.findZone(node);
      if (zone == null) {
        continue;
      }
      long[] counted = count(kernel, zone);
      for (ZoneStat stat : ZoneStat.values()) {
        long difference = zone.stat(stat) - counted[stat.ordinal()];
        if (stat == ZoneStat.NR_FILE_PAGES && !kernel.profile.fileCountersFollow()) {
          filePages += difference;
        } else if (stat == ZoneStat.NR_SHMEM && movesAsShmem(kernel)) {
          shmem += difference;
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
    if (shmem != 0) {
      violations.add("NR_SHMEM of all nodes is wrong by " + shmem);
    }
  }

  /** Whether NR_SHMEM is wrong where pages of the swap cache have moved: {@link Invariants#findings} tells of it. */
  private static boolean movesAsShmem(Kernel kernel) {
    return kernel.profile.swapCacheMovesAsShmem() && kernel.swapfile.wasOn();
  }

  /** What is wrong in the real kernel, too, a line a node. */
  static void findings(Kernel kernel, List<String> findings) {
    for (int node = kernel.nodes.withMemory().first(); node >= 0; node = kernel.nodes.withMemory().next(node)) {
      long counter = kernel.nodes.zone(node).stat(ZoneStat.NR_SHMEM);
      long counted = count(kernel, kernel.nodes.zone(node))[ZoneStat.NR_SHMEM.ordinal()];
      if (counter != counted && movesAsShmem(kernel)) {
        findings.add("node " + node + ": NR_SHMEM is " + counter + " but " + counted + " counted: pages of the swap cache that move"
            + " are taken for shared memory until 99a15e21d96f (3.0)");
      }
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
