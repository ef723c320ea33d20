package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import org.jspecify.annotations.Nullable;

/** {@code mm/mprotect.c}. */
public class Mprotect {

  protected final Kernel k;

  protected Mprotect(Kernel k) {
    this.k = k;
  }

  /** {@code change_protection()} with {@code change_pte_range()}: every entry of a range gets a new protection. */
  private void changeProtection(Vma vma, long start, long end, long prot, boolean dirtyAccountable) {
    if (vma.has(VmFlag.HUGETLB)) {
      k.hugetlbFaults.changeProtection(vma, start, end, prot);
      return;
    }
    for (long address = start; address < end; ) {
      k.locks.passPageTable();
      long next = Math.min((address & PageTable.PMD_MASK) + PageTable.PMD_SIZE, end);
      k.hugeMemory.changeHugePmd(vma, address, prot);
      long[] table = vma.mm.pageTable().find(address);
      for (; table != null && address < next; address += PageTable.PAGE_SIZE) {
        int slot = PageTable.slot(address);
        long pte = table[slot];
        if (Pte.present(pte)) {
          pte = Pte.modify(pte, prot);
          // No write fault for a page that is known to be dirty.
          table[slot] = dirtyAccountable && Pte.dirty(pte) ? pte | Pte.WRITE : pte;
        } else if (Pte.isWriteMigration(pte)) {
          table[slot] = k.rmap.protectedMigrationEntry(Pte.migrationPage(pte));
        }
      }
      address = next;
    }
  }

  /** {@code mprotect_fixup()}'s result: the VMA that holds the range now, and 0 or an errno negated. */
  protected record Fixed(Vma vma, int error) {}

  /** {@code mprotect_fixup()}. */
  protected Fixed mprotectFixup(Vma of, @Nullable Vma prev, long start, long end, long newFlags) {
    Vma vma = of;
    if (newFlags == vma.flags) {
      return new Fixed(vma, 0);
    }
    long flags = newFlags;
    long counted = VmFlag.ACCOUNT | VmFlag.WRITE | VmFlag.HUGETLB | VmFlag.SHARED | VmFlag.NORESERVE;
    if ((flags & VmFlag.WRITE) != 0 && !vma.has(counted)) {
      flags |= VmFlag.ACCOUNT;
    }
    Vma merged = k.mmap.vmaMerge(
        vma.mm, prev, start, end, flags, vma.anonVma, vma.file, vma.pageIndex(start), vma.policy);
    if (merged != null) {
      vma = merged;
    } else {
      int error = k.mmap.splitToRange(vma, start, end);
      if (error != 0) {
        return new Fixed(vma, error);
      }
    }
    vma.flags = flags;
    vma.pageProt = VmFlag.pageProt(flags);
    boolean dirtyAccountable = k.mmap.vmaWantsWritenotify(vma);
    if (dirtyAccountable) {
      vma.pageProt = VmFlag.pageProt(flags & ~VmFlag.SHARED);
    }
    changeProtection(vma, start, end, vma.pageProt, dirtyAccountable);
    return new Fixed(vma, 0);
  }

  /**
   * {@code mprotect(2)}.
   *
   * @param access {@link VmFlag#READ}, {@link VmFlag#WRITE}, {@link VmFlag#EXEC}
   * @return 0 or an errno negated
   */
  public long sysMprotect(long start, long length, long access) {
    if ((start & ~PageTable.PAGE_MASK) != 0) {
      return -Err.EINVAL;
    }
    if (length == 0) {
      return 0;
    }
    long end = start + (length + PageTable.PAGE_SIZE - 1 & PageTable.PAGE_MASK);
    if (end <= start) {
      return -Err.ENOMEM;
    }
    Mm mm = k.current.mm();
    k.locks.downWrite(mm);
    long result = protectRange(mm, start, end, access);
    k.locks.upWrite(mm);
    return result;
  }

  private long protectRange(Mm mm, long start, long end, long access) {
    Vma vma = mm.findVma(start);
    if (vma == null || vma.start > start) {
      return -Err.ENOMEM;
    }
    Vma prev = start > vma.start ? vma : mm.findVmaPrev(start);
    for (long at = start; ; ) {
      long flags = access | vma.flags & ~VmFlag.ACCESS;
      // Shifted by four, VM_MAYREAD, VM_MAYWRITE and VM_MAYEXEC stand where VM_READ, VM_WRITE and VM_EXEC do.
      if ((flags & ~(flags >> 4) & VmFlag.ACCESS) != 0) {
        return -Err.EACCES;
      }
      long to = Math.min(vma.end, end);
      Fixed fixed = mprotectFixup(vma, prev, at, to, flags);
      if (fixed.error() != 0) {
        return fixed.error();
      }
      prev = fixed.vma();
      at = Math.max(to, prev.end);
      if (at >= end) {
        return 0;
      }
      vma = prev.next;
      if (vma == null || vma.start != at) {
        return -Err.ENOMEM;
      }
    }
  }
}
