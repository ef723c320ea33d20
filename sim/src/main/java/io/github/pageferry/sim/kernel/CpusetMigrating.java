package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.Task;

/** {@code kernel/cgroup/cpuset.c} of cgroup v2 since ee9707e8593d (5.15): the pages of a task follow its cpuset. */
class CpusetMigrating extends Cpuset {

  CpusetMigrating(Kernel k) {
    super(k);
  }

  /**
   * A cpuset that names no nodes has those of the group above ({@code effective_mems}). A new one does, and may be told so again, which
   * changes nothing ({@code validate_change()} is not asked then); in later releases any.
   */
  @Override
  protected long confineToNothing(Task task) {
    if (task.cpuset != k.topCpuset && !task.cpuset.inherits && !k.profile.cpusetsGiveUpNodes()) {
      return super.confineToNothing(task);
    }
    updateNodemask(task, k.nodes.withMemory());
    task.cpuset.inherits = true;
    return 0;
  }

  /** With {@code cpuset_migrate_mm()}, whose work a kernel thread does that is in no cpuset. */
  @Override
  protected void changeNodemask(Task task, NodeMask mems) {
    NodeMask old = task.memsAllowed;
    super.changeNodemask(task, mems);
    Mm mm = old.equals(mems) ? null : k.fork.getTaskMm(task);
    if (mm != null) {
      Task caller = k.current;
      k.current = k.kernelThread();
      k.mbind.doMigratePages(mm, old, mems, Mbind.MPOL_MF_MOVE_ALL);
      k.current = caller;
      k.fork.mmput(mm);
    }
  }
}
