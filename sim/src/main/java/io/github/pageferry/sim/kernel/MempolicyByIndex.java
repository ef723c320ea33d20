package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.Vma;

/**
 * {@code mm/mempolicy.c} since ddc1a5cbc05d (6.7): an allocation is given a policy and a number to interleave by, no VMA; in
 * mappings of shared memory the file's inode number is part of it.
 */
class MempolicyByIndex extends MempolicyOneMask {

  MempolicyByIndex(Kernel k) {
    super(k);
  }

  /** {@code interleave_nid()}: all of the number counts. Until then only its lower half did ({@code offset_il_node()}). */
  @Override
  protected int offsetIlNode(Policy policy, long offset) {
    int weight = policy.nodes.weight();
    return super.offsetIlNode(policy, weight == 0 ? 0 : Long.remainderUnsigned(offset, weight));
  }

  /** {@code policy_nodemask()}: the home node counts, whatever the page's size. */
  @Override
  protected int hugePolicyNode(Policy policy) {
    return policyNode(Gfp.HIGHUSER_MOVABLE, policy);
  }

  @Override
  protected long interleaveIndex(Vma vma, long address) {
    AddressSpace mapping = vma.mapping();
    boolean shared = vma.ops != null && vma.ops.hasPolicy() && mapping != null;
    return vma.pageIndex(address) + (shared ? mapping.host().ino : 0);
  }
}
