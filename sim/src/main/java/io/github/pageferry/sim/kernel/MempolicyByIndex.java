package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.Vma;

/**
 * {@code mm/mempolicy.c} since ddc1a5cbc05d (6.7): an allocation is given a policy and a number to interleave by, no VMA; in
 * mappings of shared memory the file's inode number is part of it.
 */
class MempolicyByIndex extends MempolicyOneMask {

  MempolicyByIndex(Kernel k) {
    super(k);
  }

  @Override
  protected long interleaveIndex(Vma vma, long address) {
    AddressSpace mapping = vma.mapping();
    boolean shared = vma.ops != null && vma.ops.hasPolicy() && mapping != null;
    return vma.pageIndex(address) + (shared ? mapping.host().ino : 0);
  }
}
