package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.Task;
import io.github.pageferry.sim.mm.Vma;

/** {@code kernel/cpuset.c}: which nodes a task may allocate from. */
public class Cpuset {

  protected final Kernel k;

  protected Cpuset(Kernel k) {
    this.k = k;
  }

  /** {@code cpuset_mems_allowed()}: the nodes of the task's cpuset. */
  public NodeMask memsAllowed(Task task) {
    return task.memsAllowed.and(k.nodes.withMemory());
  }

  /** {@code cpuset_zone_allowed_softwall()}: {@code __GFP_THISNODE} passes every cpuset. */
  public boolean zoneAllowedSoftwall(int node, int gfp) {
    return (gfp & Gfp.THISNODE) != 0 || k.current.memsAllowed.has(node);
  }

  /**
   * Writes {@code cpuset.mems} of a task's cpuset, or moves the task into a cpuset with those nodes: its policies are
   * rebound, its pages stay (cgroup v1 without {@code memory_migrate}).
   *
   * @return 0, or -EINVAL where a node has no memory
   */
  public long confine(Task task, NodeMask mems) {
    if (!mems.isSubsetOf(k.nodes.withMemory())) {
      return -Err.EINVAL;
    }
    task.memsAllowed = mems;
    k.mempolicy.rebindPolicy(task, task.mempolicy, mems);
    for (Vma vma = task.mm == null ? null : task.mm.first(); vma != null; vma = vma.next) {
      k.mempolicy.rebindPolicy(task, vma.policy, mems);
    }
    return 0;
  }
}
