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

  /** Local allocation is a mode of its own since 7858d7bca7fb (5.14), also where it was asked for as a preferred node that is none. */
  @Override
  protected int toldMode(Policy policy) {
    return policy.has(Policy.F_LOCAL) ? Policy.LOCAL : policy.mode;
  }
}
