package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import org.jspecify.annotations.Nullable;

/** {@code mm/mprotect.c} since 36f881883c57 (4.2): a locked private mapping that becomes writable gets its own copies at once. */
class MprotectPopulating extends Mprotect {

  MprotectPopulating(Kernel k) {
    super(k);
  }

  @Override
  protected Fixed mprotectFixup(Vma of, @Nullable Vma prev, long start, long end, long newFlags) {
    long oldFlags = of.flags;
    Fixed fixed = super.mprotectFixup(of, prev, start, end, newFlags);
    if (fixed.error() == 0 && newFlags != oldFlags
        && (oldFlags & (VmFlag.WRITE | VmFlag.SHARED | VmFlag.LOCKED)) == VmFlag.LOCKED
        && (newFlags & VmFlag.WRITE) != 0) {
      k.mlock.populateVmaPageRange(fixed.vma(), start, end);
    }
    return fixed;
  }
}
