package io.github.pageferry.sim.check;

import io.github.pageferry.sim.kernel.Defects;
import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.kernel.PageAlloc;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import java.util.List;

/**
 * No migration entry outlives its migration; every entry belongs to a VMA; each process's counters fit its entries, but for what is
 * known to be uncounted.
 */
final class PageTableChecker implements Checker {

  @Override
  public void check(Kernel kernel, Census census, List<String> violations) {
    for (Mm mm : Census.mms(kernel)) {
      check(kernel.frames, mm, kernel.defects.uncountedMigrating(mm), violations);
    }
  }

  private static void check(PageFrames frames, Mm mm, Defects.Rss known, List<String> violations) {
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
    if (rss[0] + known.anon() != mm.anonPages || rss[1] + known.file() != mm.filePages) {
      violations.add("MM_ANONPAGES " + mm.anonPages + " and MM_FILEPAGES " + mm.filePages + ", but " + rss[0] + " and "
          + rss[1] + " entries" + (isRight(known) ? "" : ", and " + known.anon() + " and " + known.file() + " miscounted"));
    }
  }

  private static boolean isRight(Defects.Rss excess) {
    return excess.anon() == 0 && excess.file() == 0;
  }

  /** A line an address space. */
  static void findings(Kernel kernel, List<Finding> findings) {
    for (Mm mm : Census.mms(kernel)) {
      Defects.Rss excess = kernel.defects.uncountedMigrating(mm);
      if (!isRight(excess)) {
        findings.add(new Finding(KnownDefect.MIGRATING_UNCOUNTED,
            "MM_ANONPAGES " + mm.anonPages + " and MM_FILEPAGES " + mm.filePages + ", but " + (mm.anonPages - excess.anon()) + " and "
                + (mm.filePages - excess.file()) + " entries"));
      }
    }
  }
}
