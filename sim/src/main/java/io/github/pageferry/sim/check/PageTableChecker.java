package io.github.pageferry.sim.check;

import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.kernel.PageAlloc;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import java.util.List;

/** No migration entry outlives its migration; every entry belongs to a VMA; each process's counters fit its entries. */
final class PageTableChecker implements Checker {

  @Override
  public void check(Kernel kernel, Census census, List<String> violations) {
    for (Mm mm : Census.mms(kernel)) {
      check(kernel.frames, mm, violations);
    }
  }

  private static void check(PageFrames frames, Mm mm, List<String> violations) {
    long[] rss = new long[2];
    mm.pageTable().forEach((address, pte) -> {
      if (Pte.isMigration(pte)) {
        violations.add("a migration entry was left at " + Long.toHexString(address));
      }
      Vma vma = mm.findVma(address);
      if (vma == null || vma.start > address) {
        violations.add("the entry at " + Long.toHexString(address) + " belongs to no VMA");
      }
      if (Pte.present(pte) && !Pte.special(pte) && !frames.has(Pte.pfn(pte), PageFlag.HUGETLB)) {
        rss[frames.anon(Pte.pfn(pte)) ? 0 : 1] += Pte.huge(pte) ? PageFrames.HUGE_FRAMES : 1;
        if (frames.content(Pte.pfn(pte)) == PageAlloc.POISON) {
          violations.add("the page at " + Long.toHexString(address) + " was never filled");
        }
      }
    });
    if (rss[0] != mm.anonPages || rss[1] != mm.filePages) {
      violations.add("MM_ANONPAGES " + mm.anonPages + " and MM_FILEPAGES " + mm.filePages + ", but " + rss[0] + " and "
          + rss[1] + " entries");
    }
  }
}
