package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.Task;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import org.jspecify.annotations.Nullable;

/** {@code kernel/fork.c} and {@code kernel/exit.c}: processes come and go. */
public class Fork {

  protected final Kernel k;

  protected Fork(Kernel k) {
    this.k = k;
  }

  /** {@code dup_mmap()}: the child's address space, sharing every page that the parent has. */
  private Mm dupMmap(Mm oldMm) {
    k.locks.downWrite(oldMm);
    Mm mm = k.newMm();
    // Nobody but ksmd knows of the child yet, once it has been told.
    k.locks.downWrite(mm);
    mm.memcg = oldMm.memcg;
    k.ksm.fork(mm, oldMm);
    for (Vma parent = oldMm.first(); parent != null; parent = parent.next) {
      if (parent.has(VmFlag.DONTCOPY)) {
        continue;
      }
      Vma child = parent.copy();
      child.mm = mm;
      child.policy = parent.policy == null ? null : parent.policy.copy();
      child.anonVma = null;
      child.hugeReservation = null;
      k.rmap.anonVmaFork(child, parent);
      child.flags &= ~VmFlag.LOCKED;
      AddressSpace mapping = child.mapping();
      if (child.file != null && mapping != null) {
        child.file.inode().references++;
        k.locks.pass(null, mapping);
        mapping.mmap().add(mapping.mmap().indexOf(parent) + 1, child);
      }
      mm.link(child);
      k.memory.copyPageRange(mm, oldMm, parent);
    }
    k.locks.upWrite(mm);
    k.locks.upWrite(oldMm);
    return mm;
  }

  /** {@code fork(2)}: a child of the current task, on its CPU. */
  public Task doFork() {
    Task parent = k.current;
    Task child = k.newTask(dupMmap(parent.mm()), parent.cred, parent.cpu, parent.cpuset);
    child.mempolicy = parent.mempolicy == null ? null : parent.mempolicy.copy();
    child.ilNext = parent.ilNext;
    child.ilPrev = parent.ilPrev;
    return child;
  }

  /** {@code do_exit()}: the task and, with its last user, its address space are gone. */
  public void doExit(Task task) {
    Task caller = k.current;
    k.current = task;
    Mm mm = task.mm();
    task.mm = null;
    mmput(mm);
    k.releaseTask(task);
    k.current = caller;
  }

  /** {@code get_task_mm()}: the address space of a task, which stays until {@link #mmput}; null where it has none. */
  public @Nullable Mm getTaskMm(Task task) {
    Mm mm = task.mm;
    if (mm != null) {
      mm.users++;
    }
    return mm;
  }

  /** {@code mmput()}: the last user takes everything down. */
  public void mmput(Mm mm) {
    if (--mm.users == 0) {
      k.ksm.exit(mm);
      k.mmap.exitMmap(mm);
      k.freeMm(mm);
    }
  }
}
