package io.github.pageferry.sim.check;

import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.PageFlag;
import java.util.List;

/** Reference and map counts are what page tables, caches, pagevecs and pipes say; nothing is locked. */
final class ReferenceChecker implements Checker {

  @Override
  public void check(Kernel kernel, Census census, List<String> violations) {
    for (int page : census.pages) {
      int count = kernel.frames.count(page);
      if (count != census.references(page)) {
        violations.add("page " + page + " has count " + count + " but " + census.references(page) + " references");
      }
      int mapcount = kernel.frames.mapcount(page);
      if (mapcount != census.ptes(page)) {
        violations.add("page " + page + " has mapcount " + mapcount + " but " + census.ptes(page) + " entries map it");
      }
      if (kernel.frames.has(page, PageFlag.LOCKED)) {
        violations.add("page " + page + " is locked");
      }
    }
  }
}
