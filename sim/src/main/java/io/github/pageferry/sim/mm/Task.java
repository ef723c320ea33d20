package io.github.pageferry.sim.mm;

import org.jspecify.annotations.Nullable;

/** {@code struct task_struct}: a process of one thread, or a kernel thread. */
public final class Task {

  private final int pid;
  /** {@code mm}: null for a kernel thread. */
  public @Nullable Mm mm;
  /** {@code cred}. */
  public Cred cred;
  /** The CPU that it runs on, numbered as its node. */
  public int cpu;
  /** {@code mempolicy}: null for the default. */
  public @Nullable Policy mempolicy;
  /** {@code il_next}: where interleaving comes to next. */
  public int ilNext;
  /** {@code il_prev}, which took the place of {@code il_next} with 45816682b2cd (4.13): where interleaving came to last. */
  public int ilPrev;
  /** {@code cpuset}. */
  public CpusetGroup cpuset;
  /** {@code mems_allowed}: the nodes of its cpuset, where its policies have been rebound to them. */
  public NodeMask memsAllowed;
  /** What the kernel's stack of the task still holds of a system call that failed. */
  public int stackLeftover;
  /** {@code PF_SWAPWRITE}: may write to swap although congested; set while it migrates. */
  public boolean swapwrite;

  public Task(int pid, @Nullable Mm mm, Cred cred, int cpu, CpusetGroup cpuset) {
    this.pid = pid;
    this.mm = mm;
    this.cred = cred;
    this.cpu = cpu;
    this.cpuset = cpuset;
    memsAllowed = cpuset.memsAllowed;
  }

  public int pid() {
    return pid;
  }

  /** {@code capable(CAP_SYS_NICE)} of this task. */
  public boolean capableSysNice() {
    return cred.sysNice();
  }

  /** The mm of a task that is a process. */
  public Mm mm() {
    if (mm == null) {
      throw new KernelBug("task " + pid + " has no mm");
    }
    return mm;
  }

  @Override
  public String toString() {
    return Integer.toString(pid);
  }
}
