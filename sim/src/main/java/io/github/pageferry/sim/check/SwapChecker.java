package io.github.pageferry.sim.check;

import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.SwapInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The swap map counts what page tables and files of shared memory refer to; the swap cache has those pages that say so, each under
 * its entry; a clean one holds what swap space does.
 */
final class SwapChecker implements Checker {

  @Override
  public void check(Kernel kernel, Census census, List<String> violations) {
    Map<Integer, Integer> references = references(kernel, violations);
    SwapInfo area = kernel.swapfile.info();
    if (area == null) {
      if (!references.isEmpty()) {
        violations.add("swap entries " + references.keySet() + " without swap space");
      }
      return;
    }
    AddressSpace cache = kernel.swapState.swapperSpace();
    int used = 0;
    int cached = 0;
    for (int entry = 1; entry <= area.pages(); entry++) {
      used += area.isFree(entry) ? 0 : 1;
      int expected = references.getOrDefault(entry, 0);
      if (area.count(entry) != expected) {
        violations.add("swap entry " + entry + " has count " + area.count(entry) + " but " + expected + " references");
      }
      int page = cache.pageTree().get(entry);
      if (area.hasCache(entry) != (page != 0)) {
        violations.add("swap entry " + entry + ": SWAP_HAS_CACHE does not say whether a page is cached");
      }
      if (page != 0) {
        cached++;
        checkCached(kernel, area, entry, page, census.isDirtyInPte(page), violations);
      }
    }
    if (used != area.used() || cached != cache.nrpages) {
      violations.add("swap space says that " + area.used() + " entries are used and " + cache.nrpages + " cached, but " + used
          + " and " + cached + " are");
    }
    for (int page : census.pages) {
      int entry = kernel.frames.privateOf(page);
      if (kernel.frames.has(page, PageFlag.SWAPCACHE) && cache.pageTree().get(entry) != page) {
        violations.add("page " + page + " is not in the swap cache under its entry " + entry);
      }
    }
  }

  private static Map<Integer, Integer> references(Kernel kernel, List<String> violations) {
    Map<Integer, Integer> references = new HashMap<>();
    for (Mm mm : Census.mms(kernel)) {
      long[] entries = new long[1];
      mm.pageTable().forEach((address, pte) -> {
        if (Pte.isSwap(pte) && !Pte.isMigration(pte)) {
          references.merge((int) Pte.swapOffset(pte), 1, Integer::sum);
          entries[0]++;
        }
      });
      if (entries[0] != mm.swapEntries) {
        violations.add("MM_SWAPENTS " + mm.swapEntries + ", but " + entries[0] + " entries");
      }
    }
    for (AddressSpace space : kernel.mappings.spaces()) {
      space.host().swapped().values().forEach(entry -> references.merge(entry, 1, Integer::sum));
    }
    return references;
  }

  private static void checkCached(
      Kernel kernel, SwapInfo area, int entry, int page, boolean dirtyInPte, List<String> violations) {
    if (!kernel.frames.has(page, PageFlag.SWAPCACHE) || kernel.frames.privateOf(page) != entry) {
      violations.add("page " + page + " is in the swap cache under entry " + entry + " and does not say so");
    }
    boolean clean = !dirtyInPte && !kernel.frames.has(page, PageFlag.DIRTY | PageFlag.WRITEBACK);
    if (clean && kernel.frames.content(page) != area.disk(entry)) {
      violations.add("page " + page + " is clean, but holds " + kernel.frames.content(page) + " where swap space has "
          + area.disk(entry));
    }
  }
}
