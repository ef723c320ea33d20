package io.github.pageferry.sim.sched;

import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Pagevec;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Zone;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.Arrays;

/**
 * What holds at every point, whatever tasks are in the midst of: nothing leads to a page that has been freed, map counts are
 * exact, whoever is being replaced is locked, and a page is on one list at most. What holds only at rest (references are exact,
 * counters fit, nothing is locked) is {@link io.github.pageferry.sim.check.Invariants}'s.
 */
final class StepChecker {

  private final Kernel k;
  private final PageFrames frames;
  private final int[] references;
  private final int[] ptes;
  private final boolean[] listed;

  StepChecker(Kernel k) {
    this.k = k;
    frames = k.frames;
    int limit = frames.segments() * PageFrames.SEGMENT_FRAMES;
    references = new int[limit];
    ptes = new int[limit];
    listed = new boolean[limit];
  }

  /**
   * Holds the machine to what always holds.
   *
   * @throws IllegalStateException where something does not
   */
  void check() {
    Arrays.fill(references, 0, frames.end(), 0);
    Arrays.fill(ptes, 0, frames.end(), 0);
    Arrays.fill(listed, 0, frames.end(), false);
    for (Mm mm : k.mmlist()) {
      mm.pageTable().forEach(this::countEntry);
    }
    k.mappings.spaces().forEach(this::countCached);
    countPagevecs();
    for (int node = k.nodes.withMemory().first(); node >= 0; node = k.nodes.withMemory().next(node)) {
      checkZone(k.nodes.zone(node));
    }
  }

  private static void violated(String what) {
    throw new IllegalStateException(what);
  }

  private void countEntry(long address, long pte) {
    if (Pte.isMigration(pte)) {
      int page = Pte.migrationPage(pte);
      if (!frames.has(page, PageFlag.LOCKED)) {
        violated("a migration entry at " + Long.toHexString(address) + " leads to page " + page + ", which is not locked");
      }
      if (frames.count(page) == 0 && !isFrozen(page)) {
        violated("a migration entry at " + Long.toHexString(address) + " leads to page " + page + ", which is free");
      }
    } else if (Pte.present(pte) && !Pte.special(pte)) {
      ptes[Pte.pfn(pte)]++;
      references[Pte.pfn(pte)]++;
    }
  }

  private void countCached(AddressSpace space) {
    for (long i = space.pageTree().nextIndex(0); i >= 0; i = space.pageTree().nextIndex(i + 1)) {
      int page = space.pageTree().get(i);
      references[page]++;
      if (frames.mapping(page) != space.handle() || k.pageIndex(page) != i) {
        violated("page " + page + " is cached at index " + i + " of a file, but does not say so");
      }
    }
  }

  private void countPagevecs() {
    for (int cpu = 0; cpu < k.swap.cpus(); cpu++) {
      for (int lru = 0; lru < Lru.LISTS; lru++) {
        Pagevec vec = k.swap.lruAddPvec(cpu, lru);
        for (int i = 0; i < vec.count(); i++) {
          references[vec.page(i)]++;
          if (frames.has(vec.page(i), PageFlag.LRU)) {
            violated("page " + vec.page(i) + " is on a list and in a pagevec");
          }
        }
      }
    }
  }

  /** Between page_freeze_refs() and page_unfreeze_refs() a page has no references, but is locked and cached. */
  private boolean isFrozen(int page) {
    return frames.has(page, PageFlag.LOCKED) && frames.mapping(page) != 0 && !frames.anon(page);
  }

  private void checkZone(Zone zone) {
    for (int lru = 0; lru < Lru.LISTS; lru++) {
      PageList list = zone.lru(lru);
      for (int page = list.first(); page != 0; page = list.next(page)) {
        if (listed[page] || !frames.has(page, PageFlag.LRU) || frames.pageToNid(page) != zone.node()) {
          violated("page " + page + " is on two lists, or on one that its flags do not name");
        }
        listed[page] = true;
      }
    }
    for (int place = 0; place < zone.touchedEnd(); place++) {
      int page = zone.frame(place);
      int count = frames.count(page);
      if (references[page] > count && !(count == 0 && isFrozen(page))) {
        violated("page " + page + " has count " + count + ", but " + references[page] + " places lead to it");
      }
      if (frames.mapcount(page) != ptes[page]) {
        violated("page " + page + " has mapcount " + frames.mapcount(page) + ", but " + ptes[page] + " entries map it");
      }
      if (count > 0 && frames.has(page, PageFlag.LRU) != listed[page] || count == 0 && listed[page] && !isFrozen(page)) {
        violated("page " + page + ": PG_lru does not say whether it is on a list");
      }
    }
    if (zone.stat(ZoneStat.NR_ISOLATED_ANON) < 0 || zone.stat(ZoneStat.NR_ISOLATED_FILE) < 0) {
      violated("node " + zone.node() + ": fewer pages than none are isolated");
    }
  }
}
