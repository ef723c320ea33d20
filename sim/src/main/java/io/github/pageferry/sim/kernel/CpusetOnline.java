package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.Task;

/** {@code kernel/cpuset.c} of 2.6.18: nodes count that are online; others are dropped from what is asked for. */
class CpusetOnline extends Cpuset {

  CpusetOnline(Kernel k) {
    super(k);
  }

  @Override
  public NodeMask memsAllowed(Task task) {
    return task.cpuset.memsAllowed.and(k.nodes.online());
  }

  @Override
  public long confine(Task task, NodeMask mems) {
    NodeMask online = mems.and(k.nodes.online());
    if (online.isEmpty()) {
      return -Err.ENOSPC;
    }
    updateNodemask(task, online);
    return 0;
  }
}
