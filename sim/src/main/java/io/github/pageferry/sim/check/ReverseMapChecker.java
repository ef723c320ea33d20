package io.github.pageferry.sim.check;

import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AnonVma;
import io.github.pageferry.sim.mm.AnonVmaChain;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import java.util.List;

/**
 * From each page the reverse map leads to every entry that maps it: what migration cannot find it cannot unmap. KSM's pages have a
 * reverse map of their own, and huge pages one entry for many pages; these are left out.
 */
final class ReverseMapChecker implements Checker {

  @Override
  public void check(Kernel kernel, Census census, List<String> violations) {
    for (Mm mm : Census.mms(kernel)) {
      mm.pageTable().forEach((address, pte) -> {
        if (!Pte.present(pte) || Pte.special(pte)) {
          return;
        }
        int page = Pte.pfn(pte);
        boolean special = kernel.frames.has(page, PageFlag.HUGETLB) || kernel.frames.ksm(page);
        if (!special && !leadsTo(kernel, page, mm, address)) {
          violations.add("page " + page + " does not lead to " + Long.toHexString(address) + ", where it is mapped");
        }
      });
    }
  }

  private static boolean leadsTo(Kernel kernel, int page, Mm mm, long address) {
    int index = kernel.frames.index(page);
    if (kernel.frames.anon(page)) {
      AnonVma anonVma = kernel.mappings.anonVma(kernel.frames.mapping(page));
      for (AnonVmaChain link = anonVma == null ? null : anonVma.first(); link != null; link = link.next()) {
        if (hasAt(link.vma(), index, mm, address)) {
          return true;
        }
      }
      return false;
    }
    AddressSpace mapping = kernel.pageMapping(page);
    return mapping != null && mapping.mmap().stream().anyMatch(vma -> hasAt(vma, index, mm, address));
  }

  private static boolean hasAt(Vma vma, int index, Mm mm, long address) {
    long offset = Integer.toUnsignedLong(index - (int) vma.pgoff);
    return vma.mm == mm && offset < vma.pages() && vma.start + (offset << PageTable.PAGE_SHIFT) == address;
  }
}
