package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.Task;
import io.github.pageferry.sim.mm.Vma;
import org.jspecify.annotations.Nullable;

/**
 * {@code mbind(2)} and {@code migrate_pages(2)} of 2.6.18: VMAs are split and never merged (until 9d8cebd4bcd7, 2.6.34), and the
 * new policy's first VMA decides for all pages where they go (until 3ad33b2436b5, 2.6.24).
 */
class MbindWithoutMerging extends Mbind {

  MbindWithoutMerging(Kernel k) {
    super(k);
  }

  /**
   * {@code check_range()}, which drains the pagevecs itself: of {@code migrate_pages(2)}, what went from one node to another can go
   * on from there (until 0aedadf91a70, 2.6.28).
   */
  @Override
  protected Checked checkRange(Mm mm, long start, long end, NodeMask nodes, int flags, PageList pagelist) {
    if ((flags & (MPOL_MF_MOVE | MPOL_MF_MOVE_ALL)) != 0) {
      k.migrate.migratePrep();
    }
    return super.checkRange(mm, start, end, nodes, flags, pagelist);
  }

  /** {@code mbind_range()}, from the first VMA on that {@code check_range()} found: a hole before it is none. */
  @Override
  protected int mbindRange(Mm mm, long start, long end, @Nullable Policy policy) {
    for (Vma vma = mm.findVma(start), next; vma != null && vma.start < end; vma = next) {
      next = vma.next;
      int error = k.mmap.splitToRange(vma, start, end);
      if (error == 0) {
        error = policyVma(vma, policy);
      }
      if (error != 0) {
        return error;
      }
    }
    return 0;
  }

  /** {@code new_node_page()}: a node that is not there stops the kernel. */
  @Override
  protected int newNodePage(int node) {
    KernelBug.on(!k.nodes.online().has(node), "mm/mempolicy.c: NODE_DATA() of node {}, which is absent", node);
    return super.newNodePage(node);
  }

  /** {@code new_vma_page()}: for the first VMA of the range, at an address that may not be in it. */
  @Override
  protected int newVmaPage(int page, @Nullable Vma first) {
    long address = first == null ? Rmap.NO_ADDRESS : k.rmap.pageAddressInVma(page, first);
    return k.mempolicy.allocPageVma(Gfp.HIGHUSER_MOVABLE, first, address);
  }

  /**
   * The last part of {@code do_mbind()}. Where the range turns out to have a hole, the pages that were isolated before it are
   * never put back (until ab8a3e14e6f8, 2.6.32): they can be used, but not moved any more, and are lost when they are freed.
   */
  @Override
  protected int bindAndMove(long start, long end, @Nullable Policy policy, NodeMask nodes, int flags) {
    Mm mm = k.current.mm();
    PageList pagelist = new PageList(frames);
    Checked checked = checkRange(mm, start, end, nodes, flags | MPOL_MF_INVERT, pagelist);
    if (checked.error() != 0) {
      k.defects.neverPutBack(pagelist);
      return checked.error();
    }
    int error = mbindRange(mm, start, end, policy);
    Vma first = checked.first();
    int failed = pagelist.isEmpty() ? 0 : k.migrate.migratePages(pagelist, page -> newVmaPage(page, first), false);
    return error == 0 && failed != 0 && (flags & MPOL_MF_STRICT) != 0 ? -Err.EIO : error;
  }

  /** {@code sys_migrate_pages()}: nodes without memory are not refused (until 56bbd65df0e9, 2.6.24). */
  @Override
  public long sysMigratePages(int pid, NodeMask from, NodeMask to) {
    if (from.limit() > k.profile.maxNumnodes() || to.limit() > k.profile.maxNumnodes()) {
      return -Err.EINVAL;
    }
    Task task = pid == 0 ? k.current : k.findTask(pid);
    if (task == null) {
      return -Err.ESRCH;
    }
    if (task.mm == null) {
      return -Err.EINVAL;
    }
    if (!k.movePages.mayMove(task)) {
      return -Err.EPERM;
    }
    if (!to.isSubsetOf(k.cpuset.memsAllowed(task)) && !k.current.capableSysNice()) {
      return -Err.EPERM;
    }
    return migrateTask(task, from, to);
  }
}
