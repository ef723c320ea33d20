package io.github.pageferry.sim.check;

import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import java.util.List;

/** VMAs lie one above the other, are linked both ways and known to their files; locked pages are counted. */
final class VmaChecker implements Checker {

  @Override
  public void check(Kernel kernel, Census census, List<String> violations) {
    for (Mm mm : Census.mms(kernel)) {
      check(mm, violations);
    }
    for (AddressSpace space : kernel.mappings.spaces()) {
      for (Vma vma : space.mmap()) {
        if (vma.mapping() != space || vma.mm.findVma(vma.start) != vma) {
          violations.add("a file knows of the VMA " + vma + ", which does not map it");
        }
      }
    }
  }

  private static void check(Mm mm, List<String> violations) {
    int count = 0;
    long locked = 0;
    Vma before = null;
    for (Vma vma = mm.first(); vma != null; vma = vma.next) {
      count++;
      locked += vma.has(VmFlag.LOCKED) ? vma.pages() : 0;
      if (vma.start >= vma.end || before != null && before.end > vma.start) {
        violations.add("the VMA " + vma + " is empty or begins within the one before, " + before);
      }
      if (vma.prev != before || vma.mm != mm || mm.findVma(vma.start) != vma) {
        violations.add("the VMA " + vma + " is linked wrongly");
      }
      AddressSpace mapping = vma.mapping();
      if (mapping != null && !mapping.mmap().contains(vma)) {
        violations.add("the file of the VMA " + vma + " does not know of it");
      }
      before = vma;
    }
    if (count != mm.mapCount()) {
      violations.add(mm.mapCount() + " VMAs, but " + count + " are linked");
    }
    if (locked != mm.lockedVm) {
      violations.add("locked_vm is " + mm.lockedVm + " but VMAs of " + locked + " pages are locked");
    }
  }
}
