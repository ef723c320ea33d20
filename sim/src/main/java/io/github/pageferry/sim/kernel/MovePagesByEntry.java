package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Cred;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Task;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import io.github.pageferry.sim.mm.Vma;
import org.jspecify.annotations.Nullable;

/**
 * {@code move_pages(2)} since a49bd4d71637 (4.17): the array is taken entry by entry, and runs of entries with the same target
 * are moved together. Where some pages of a run do not move, the call ends and returns how many did not, and those that it did
 * not try (5984fabb6e82, 5.6); the run's statuses stay unwritten.
 *
 * <p>An address that no mapping has is EFAULT wherever it lies ("mm: fix error reporting in move_pages() syscall", 2.6.37), and so are,
 * by {@code FOLL_DUMP}, the zero page and anonymous memory that was never touched (d899844e9c98, 4.3).
 */
class MovePagesByEntry extends MovePages {

  private static final int NUMA_NO_NODE = -1;

  MovePagesByEntry(Kernel k) {
    super(k);
  }

  /** {@code ptrace_may_access(PTRACE_MODE_READ_REALCREDS)}, asked since 197e7e521384 (4.13). */
  @Override
  protected boolean mayMove(Task task) {
    Cred caller = k.current.cred;
    Cred target = task.cred;
    return task.pid() == k.current.pid()
        || caller.uid() == target.euid() && caller.uid() == target.suid() && caller.uid() == target.uid()
        || caller.sysPtrace();
  }

  /** Rights come before the mm since 3268c63eded4 (3.4). */
  @Override
  protected int checkTask(Task task) {
    if (!mayMove(task)) {
      return -Err.EPERM;
    }
    return task.mm == null ? -Err.EINVAL : 0;
  }

  /** {@code vma_lookup()}. */
  static @Nullable Vma vmaLookup(Mm mm, long address) {
    Vma vma = mm.findVma(address);
    return vma == null || Long.compareUnsigned(vma.start, address) > 0 ? null : vma;
  }

  /**
   * {@code add_page_for_migration()}: isolates the page of an address.
   *
   * @return 1 where it is on the list now, 0 where it is on its node already, or an errno negated
   */
  private int addPageForMigration(Mm mm, long address, int node, PageList pagelist, boolean migrateAll) {
    k.locks.downRead(mm);
    int err = addMapped(mm, address, node, pagelist, migrateAll);
    k.locks.upRead(mm);
    return err;
  }

  /** {@link #addPageForMigration} with {@code mmap_sem}. */
  protected int addMapped(Mm mm, long address, int node, PageList pagelist, boolean migrateAll) {
    Vma vma = vmaLookup(mm, address);
    if (vma == null || !k.mempolicy.vmaMigratable(vma)) {
      return -Err.EFAULT;
    }
    int page = k.memory.followPage(vma, address, Memory.FOLL_GET | Memory.FOLL_DUMP);
    if (page <= 0) {
      return page < 0 ? page : -Err.ENOENT;
    }
    int err = isolateForNode(page, node, pagelist, migrateAll);
    k.swap.putPage(page);
    return err;
  }

  /** From {@code page_to_nid(page) == node} on in {@code add_page_for_migration()}. */
  protected int isolateForNode(int page, int node, PageList pagelist, boolean migrateAll) {
    if (frames.pageToNid(page) == node) {
      return 0;
    }
    int head = frames.compoundHead(page);
    if (k.migrate.isShared(page) && !migrateAll) {
      return -Err.EACCES;
    }
    if (head != page && frames.has(head, PageFlag.HUGETLB) && k.profile.hugetlbByHead()) {
      return -Err.EACCES;
    }
    int err = k.migrate.isolatePage(head, pagelist);
    return err != 0 ? err : 1;
  }

  /** What {@code do_pages_move()} keeps between two entries: the run of entries with one target that is not moved yet. */
  private final class Run {
    private final long nrPages;
    private final UserInts status;
    private final PageList pagelist = new PageList(frames);
    private int node = NUMA_NO_NODE;
    private long start;

    Run(long nrPages, UserInts status) {
      this.nrPages = nrPages;
      this.status = status;
    }

    /** {@code store_status()}. */
    private int storeStatus(long from, int value, long count) {
      for (long i = from; i < from + count; i++) {
        if (i >= status.accessible()) {
          return -Err.EFAULT;
        }
        status.put(i, value);
      }
      return 0;
    }

    /**
     * {@code move_pages_and_store_status()}: moves the run, which ends before entry {@code i}.
     *
     * @return 0, how many pages did not move, or an errno negated
     */
    private long moveAndStoreStatus(long i) {
      if (pagelist.isEmpty()) {
        return 0;
      }
      int target = node;
      int err = k.migrate.migratePages(pagelist, page -> k.migrate.allocMigrationTarget(page, target), false);
      if (err > 0) {
        return err + nrPages - i - (k.profile.untriedCountedExactly() ? 0 : 1);
      }
      return err < 0 ? err : storeStatus(start, node, i - start);
    }
  }

  @Override
  protected long doPagesMove(
      Mm mm, Task task, long nrPages, UserLongs pages, UserInts nodes, UserInts status, int flags) {
    k.migrate.migratePrep();
    long result = moveEntries(mm, k.cpuset.memsAllowed(task), nrPages, pages, nodes, status, flags);
    k.migrate.migrateFinish();
    return result;
  }

  /** The loop of {@code do_pages_move()}. */
  private long moveEntries(
      Mm mm, NodeMask taskNodes, long nrPages, UserLongs pages, UserInts nodes, UserInts status, int flags) {
    boolean migrateAll = (flags & MPOL_MF_MOVE_ALL) != 0;
    Run run = new Run(nrPages, status);
    for (long i = 0; i < nrPages; i++) {
      int error = checkEntry(i, pages, nodes, taskNodes);
      if (error != 0) {
        run.moveAndStoreStatus(i);
        return error;
      }
      int node = nodes.get(i);
      if (run.node != node && run.node != NUMA_NO_NODE) {
        long result = run.moveAndStoreStatus(i);
        if (result != 0) {
          return result;
        }
        run.node = NUMA_NO_NODE;
      }
      if (run.node == NUMA_NO_NODE) {
        run.node = node;
        run.start = i;
      }
      int added = addPageForMigration(mm, pages.get(i), node, run.pagelist, migrateAll);
      if (added > 0) {
        continue;
      }
      error = run.storeStatus(i, added == 0 ? node : added, 1);
      long result = run.moveAndStoreStatus(i);
      if (error != 0) {
        return error;
      }
      if (result != 0) {
        // This entry has its status, so that it is not among those untried.
        return result > 0 && k.profile.untriedCountedExactly() ? result - 1 : result;
      }
      run.node = NUMA_NO_NODE;
    }
    return run.moveAndStoreStatus(nrPages);
  }

  private int checkEntry(long i, UserLongs pages, UserInts nodes, NodeMask taskNodes) {
    if (i >= pages.accessible() || i >= nodes.accessible()) {
      return -Err.EFAULT;
    }
    int node = nodes.get(i);
    if (node < 0 || node >= k.profile.maxNumnodes() || !k.nodes.withMemory().has(node)) {
      return -Err.ENODEV;
    }
    return taskNodes.has(node) ? 0 : -Err.EACCES;
  }

  @Override
  protected int pageStatus(Mm mm, long address) {
    Vma vma = vmaLookup(mm, address);
    if (vma == null) {
      return -Err.EFAULT;
    }
    int page = k.memory.followPage(vma, address, Memory.FOLL_DUMP);
    if (page <= 0) {
      return page < 0 ? page : -Err.ENOENT;
    }
    return frames.pageToNid(page);
  }
}
