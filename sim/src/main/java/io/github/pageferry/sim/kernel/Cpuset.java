package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.CpusetGroup;
import io.github.pageferry.sim.mm.Mm;
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
    return task.cpuset.memsAllowed.and(k.nodes.withMemory());
  }

  /** {@code cpuset_zone_allowed_softwall()}: {@code __GFP_THISNODE} may pass every cpuset. */
  public boolean zoneAllowedSoftwall(int node, int gfp) {
    return (gfp & Gfp.THISNODE) != 0 && k.profile.thisnodePassesCpuset() || k.current.memsAllowed.has(node);
  }

  /** {@code cpuset_change_nodemask()}: the task's policies are rebound; its pages stay, unless the cpuset says else. */
  protected void changeNodemask(Task task, NodeMask mems) {
    task.memsAllowed = mems;
    k.mempolicy.rebindPolicy(task.mempolicy, mems);
    Mm mm = k.fork.getTaskMm(task);
    if (mm != null) {
      // mpol_rebind_mm()
      k.locks.downWrite(mm);
      for (Vma vma = mm.first(); vma != null; vma = vma.next) {
        k.mempolicy.rebindPolicy(vma.policy, mems);
      }
      k.locks.upWrite(mm);
      k.fork.mmput(mm);
    }
  }

  /** {@code cpuset_track_online_nodes()}: a node has lost its memory. Who is left without any has the top cpuset's. */
  void trackOnlineNodes() {
    k.topCpuset.memsAllowed = k.nodes.withMemory();
    for (Task task : k.tasks()) {
      if (!task.cpuset.memsAllowed.intersects(k.nodes.withMemory())) {
        task.cpuset = k.topCpuset;
      }
      task.cpuset.memsAllowed = memsAllowed(task);
      if (!task.memsAllowed.equals(task.cpuset.memsAllowed)) {
        changeNodemask(task, task.cpuset.memsAllowed);
      }
    }
  }

  /**
   * Writes {@code cpuset.mems} of the task's cpuset; a task of the top cpuset is moved to a new one with those nodes.
   *
   * @return 0, -ERANGE where a node fits no mask ({@code bitmap_parselist()}), -EINVAL where one has no memory, or -ENOSPC where none
   *     is named
   */
  public final long confine(Task task, NodeMask mems) {
    return mems.limit() > k.profile.maxNumnodes() ? -Err.ERANGE : confineTo(task, mems);
  }

  /** {@code update_nodemask()}, of nodes that fit a mask. */
  protected long confineTo(Task task, NodeMask mems) {
    if (!mems.isSubsetOf(k.nodes.withMemory())) {
      return -Err.EINVAL;
    }
    if (mems.isEmpty()) {
      return confineToNothing(task);
    }
    updateNodemask(task, mems);
    return 0;
  }

  /** {@code validate_change()} and {@code cpuset_can_attach()}: a cpuset with tasks in it names nodes. */
  protected long confineToNothing(Task task) {
    return -Err.ENOSPC;
  }

  /** {@code update_nodemask()}, after its checks, or {@code cpuset_attach()}. */
  protected final void updateNodemask(Task task, NodeMask mems) {
    if (task.cpuset == k.topCpuset) {
      task.cpuset = new CpusetGroup(mems);
      changeNodemask(task, mems);
      return;
    }
    task.cpuset.memsAllowed = mems;
    task.cpuset.inherits = false;
    for (Task member : k.tasks()) {
      if (member.cpuset == task.cpuset) {
        changeNodemask(member, mems);
      }
    }
  }
}
