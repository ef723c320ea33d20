package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.Policy;

/**
 * {@code mm/mempolicy.c} since 269fbe72cded (5.14): every mode keeps its nodes in one mask, and that of a preferred node stays as
 * it is when the cpuset changes, as do many preferred ones.
 */
class MempolicyOneMask extends MempolicyAfterLast {

  MempolicyOneMask(Kernel k) {
    super(k);
  }

  @Override
  protected void rebindPreferred(Policy policy, NodeMask nodes) {
    policy.cpusetMemsAllowed = nodes;
  }

  /** The policy's home node, where it has one (c6018b4b2549, 5.17). */
  @Override
  protected int policyNode(int gfp, Policy policy) {
    return policy.homeNode >= 0 ? policy.homeNode : super.policyNode(gfp, policy);
  }

  /** {@code vma_alloc_folio()} asks for the home node only where {@code MPOL_BIND} does not allow that of the task. */
  @Override
  protected int hugePolicyNode(Policy policy) {
    boolean here = policy.mode == Policy.BIND && policy.nodes.has(k.current.cpu);
    return here ? k.current.cpu : super.hugePolicyNode(policy);
  }

  /** Local allocation is a mode of its own since 7858d7bca7fb (5.14), also where it was asked for as a preferred node that is none. */
  @Override
  protected int toldMode(Policy policy) {
    return policy.has(Policy.F_LOCAL) ? Policy.LOCAL : policy.mode;
  }
}
