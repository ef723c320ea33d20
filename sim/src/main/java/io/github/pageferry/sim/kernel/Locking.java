package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AnonVma;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.KernelLock;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.Scheduler;
import io.github.pageferry.sim.mm.Scheduler.At;
import org.jspecify.annotations.Nullable;

/**
 * {@code linux/rwsem.h}, {@code linux/spinlock.h} and {@code linux/mutex.h}. Spinlocks under which nobody can be parted from other
 * tasks (page tables', zones', radix trees') are only points where one may be; without a scheduler all locks are free.
 */
public final class Locking {

  private final Kernel k;
  private final @Nullable Scheduler sched;

  Locking(Kernel k) {
    this.k = k;
    sched = k.sched;
  }

  /** {@code down_read(&mm->mmap_sem)}. */
  public void downRead(Mm mm) {
    if (sched != null) {
      sched.waitUntil(At.MMAP_SEM, 0, mm.mmapSem::isReadable, mm.mmapSem);
      mm.mmapSem.readers++;
    }
  }

  /** {@code up_read(&mm->mmap_sem)}. */
  public void upRead(Mm mm) {
    if (sched != null) {
      mm.mmapSem.readers--;
    }
  }

  /** {@code down_read_trylock(&mm->mmap_sem)}. */
  boolean downReadTrylock(Mm mm) {
    if (sched == null) {
      return true;
    }
    boolean readable = mm.mmapSem.isReadable();
    mm.mmapSem.readers += readable ? 1 : 0;
    return readable;
  }

  /** {@code down_write(&mm->mmap_sem)}. */
  public void downWrite(Mm mm) {
    take(At.MMAP_SEM, mm.mmapSem);
  }

  /** {@code up_write(&mm->mmap_sem)}. */
  public void upWrite(Mm mm) {
    release(mm.mmapSem);
  }

  /** {@code anon_vma_lock()}: that of the root, which all of a family share. */
  void lock(AnonVma anonVma) {
    if (sched != null) {
      take(At.RMAP_LOCK, anonVma.root.lock);
    }
  }

  /** {@code anon_vma_unlock()}. */
  void unlock(AnonVma anonVma) {
    if (sched != null) {
      release(anonVma.root.lock);
    }
  }

  /** {@code spin_lock(&mapping->i_mmap_lock)}. */
  void lock(AddressSpace mapping) {
    if (sched != null) {
      take(At.RMAP_LOCK, mapping.mmapLock);
    }
  }

  /** {@code spin_unlock(&mapping->i_mmap_lock)}. */
  void unlock(AddressSpace mapping) {
    if (sched != null) {
      release(mapping.mmapLock);
    }
  }

  /** Takes a lock and gives it back before anybody else can run: waits until those have gone who hold it. */
  void pass(@Nullable AnonVma anonVma, @Nullable AddressSpace mapping) {
    if (sched != null && (anonVma != null || mapping != null)) {
      Object what = mapping != null ? mapping.mmapLock : anonVma.root.lock;
      sched.waitUntil(At.RMAP_LOCK, 0, () -> (anonVma == null || anonVma.root.lock.isFree())
          && (mapping == null || mapping.mmapLock.isFree()), what);
    }
  }

  /** {@code mutex_lock()}. */
  void take(At at, KernelLock lock) {
    if (sched != null) {
      sched.waitUntil(at, 0, lock::isFree, lock);
      lock.writer = k.current;
    }
  }

  /** {@code mutex_unlock()}. */
  void release(KernelLock lock) {
    if (sched != null) {
      KernelBug.on(lock.writer == null, "{} is given back, but not held", lock);
      lock.writer = null;
    }
  }

  /**
   * {@code pte_offset_map_lock()} and, before any other primitive, {@code pte_unmap_unlock()}: what the page table says may be
   * another thing than it was before.
   */
  void passPageTable() {
    passPageTable(At.PAGE_TABLE_LOCK);
  }

  /** As {@link #passPageTable()}, on behalf of a primitive. */
  void passPageTable(At at) {
    if (sched != null) {
      sched.point(at, 0);
    }
  }

  /** {@code pte_offset_map_lock()}, where other primitives follow before {@link #unlockPageTable}. */
  void lockPageTable() {
    if (sched != null) {
      sched.point(At.PAGE_TABLE_LOCK, 0);
      sched.preemptDisable();
    }
  }

  /** {@code pte_unmap_unlock()}. */
  void unlockPageTable() {
    if (sched != null) {
      sched.preemptEnable();
    }
  }
}
