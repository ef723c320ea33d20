package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.Task;

/**
 * {@code kernel/cpuset.c} until 0e1e7c7a7395 (2.6.24): nodes count that are online, with memory or without; others are dropped from
 * what is asked for.
 */
class CpusetOnline extends Cpuset {

  CpusetOnline(Kernel k) {
    super(k);
  }

  @Override
  public NodeMask memsAllowed(Task task) {
    return task.cpuset.memsAllowed.and(k.nodes.online());
  }

  /** {@code bitmap_parselist()}, which knows no empty list, is not spared one (until 020958b62720, 2.6.24). */
  @Override
  protected long confineTo(Task task, NodeMask mems) {
    if (mems.isEmpty()) {
      return -Err.EINVAL;
    }
    NodeMask online = mems.and(k.nodes.online());
    if (online.isEmpty()) {
      return -Err.ENOSPC;
    }
    updateNodemask(task, online);
    return 0;
  }
}
