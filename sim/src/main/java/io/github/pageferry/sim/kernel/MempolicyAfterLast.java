package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.Policy;

/**
 * {@code mm/mempolicy.c} since 45816682b2cd (4.13): a task remembers the node that interleaving gave last, and not the next one,
 * which follows from the nodes that the policy has by then.
 */
class MempolicyAfterLast extends Mempolicy {

  MempolicyAfterLast(Kernel k) {
    super(k);
  }

  @Override
  protected void turnInterleaving(NodeMask nodes) {}

  @Override
  protected void startInterleaving(Policy policy) {
    k.current.ilPrev = k.profile.maxNumnodes() - 1;
  }

  @Override
  protected int nextInterleaved(Policy policy) {
    return policy.nodes.nextIn(k.current.ilPrev);
  }

  @Override
  protected int interleaveNodes(Policy policy) {
    int next = nextInterleaved(policy);
    if (next >= 0) {
      k.current.ilPrev = next;
    }
    return next;
  }
}
