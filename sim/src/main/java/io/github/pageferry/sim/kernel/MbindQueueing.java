package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Task;
import io.github.pageferry.sim.mm.Vma;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code mbind(2)} and {@code migrate_pages(2)} since 5.5: {@code queue_pages_range()} sees every hole of the range
 * ("mm/mempolicy.c: fix checking unmapped holes for mbind", 5.5), a strict call that moves fails for what it cannot isolate, too
 * (a53190a4aaa3, d883544515aa, 5.3), and nothing moves where the policy cannot be set (b24f53a0bea3, 3.8).
 */
class MbindQueueing extends Mbind {

  MbindQueueing(Kernel k) {
    super(k);
  }

  /** {@code struct queue_pages}: what is wanted of a walk, and what came of it. */
  protected static final class QueuePages {
    final long start;
    final long end;
    final NodeMask nodes;
    final int flags;
    final PageList pagelist;
    /** {@code nr_failed}: misplaced pages that could not be isolated; before 1cb5d11a370f (6.7) only whether there were any. */
    int failed;
    /** {@code large}: the huge page whose part was seen last, since 1cb5d11a370f (6.7). */
    int large;

    QueuePages(long start, long end, NodeMask nodes, int flags, PageList pagelist) {
      this.start = start;
      this.end = end;
      this.nodes = nodes;
      this.flags = flags;
      this.pagelist = pagelist;
    }

    boolean has(int flag) {
      return (flags & flag) != 0;
    }

    boolean moves() {
      return has(MPOL_MF_MOVE | MPOL_MF_MOVE_ALL);
    }
  }

  /** {@code queue_pages_required()}. */
  protected boolean isRequired(int page, QueuePages qp) {
    return qp.nodes.has(frames.pageToNid(page)) != qp.has(MPOL_MF_INVERT);
  }

  /** {@code migrate_page_add()}: whether the page is on the list now, or is shared and need not be. */
  protected boolean queue(int page, QueuePages qp) {
    if (!qp.has(MPOL_MF_MOVE_ALL) && mayNotMove(page)) {
      return true;
    }
    return k.migrate.isolatePage(page, qp.pagelist) == 0;
  }

  /** Whether a page is passed over as shared: also a huge page whose first part is not mapped. */
  protected boolean mayNotMove(int page) {
    return frames.mapcount(page) != 1;
  }

  @Override
  protected int newPageFor(int page, @Nullable Vma vma, long address) {
    if (frames.has(page, PageFlag.HUGETLB)) {
      return k.hugetlb.allocForMigrationByPolicy(vma, address);
    }
    if (frames.has(page, PageFlag.HEAD)) {
      Policy policy = k.mempolicy.getVmaPolicy(k.current, vma, address);
      return k.hugeMemory.allocByPolicy(policy, vma == null ? 0 : HugeMemory.interleaveIndex(vma, address));
    }
    return super.newPageFor(page, vma, address);
  }

  /** A misplaced page that cannot be moved; only a strict call minds. */
  protected void fail(QueuePages qp) {
    if (qp.has(MPOL_MF_STRICT)) {
      qp.failed++;
    }
  }

  /** {@code queue_pages_test_walk()}: 0 to walk the VMA, 1 to pass over it, -EFAULT at a hole. */
  private int testWalk(Vma vma, boolean first, QueuePages qp) {
    if (!qp.has(MPOL_MF_DISCONTIG_OK)) {
      boolean holeBelow = first && qp.start < vma.start;
      boolean holeAbove = vma.end < qp.end && (vma.next == null || vma.end < vma.next.start);
      if (holeBelow || holeAbove) {
        return -Err.EFAULT;
      }
    }
    boolean walk = qp.has(MPOL_MF_STRICT) || qp.moves() && k.mempolicy.vmaMigratable(vma);
    return walk ? 0 : 1;
  }

  /** {@code queue_pages_pte_range()}: of one page table; 0, or -EIO where nothing moves and a page is misplaced. */
  private int queuePteRange(Vma vma, long[] table, long start, long end, QueuePages qp) {
    for (long address = start; address < end; address += PageTable.PAGE_SIZE) {
      long pte = table[PageTable.slot(address)];
      int page = Pte.present(pte) ? k.memory.vmNormalPage(vma, address, pte) : 0;
      if (page == 0 || frames.has(page, PageFlag.RESERVED) || !isRequired(page, qp)) {
        continue;
      }
      if (!qp.moves()) {
        return -Err.EIO;
      }
      if (!k.mempolicy.vmaMigratable(vma) || !queuePart(page, qp)) {
        fail(qp);
      }
    }
    return 0;
  }

  /** As {@link #queue}, of a page that may be part of a huge one: the second part of one finds it isolated. */
  protected boolean queuePart(int page, QueuePages qp) {
    return queue(frames.compoundHead(page), qp);
  }

  /**
   * {@code queue_pages_hugetlb()} and {@code queue_pages_pmd()}: a huge page that the range touches. Those of the pool move since
   * 74060e4d7879 (3.12), and a strict call minds them since dcf1763546d7 (5.7).
   */
  private int queueHuge(Vma vma, long address, QueuePages qp) {
    long entry = vma.mm.pageTable().huge(address);
    if (Pte.special(entry) && k.profile.huge().mbindSplitsZero()) {
      k.hugeMemory.splitHugePmd(vma, address);
    }
    int head = Pte.present(entry) && !Pte.special(entry) ? Pte.pfn(entry) : 0;
    if (head == 0 || !isRequired(head, qp)) {
      return 0;
    }
    if (!qp.moves()) {
      return -Err.EIO;
    }
    if (!k.mempolicy.vmaMigratable(vma) || !queue(head, qp)) {
      fail(qp);
    }
    return 0;
  }

  private int walkVma(Vma vma, long start, long end, QueuePages qp) {
    for (long address = start; address < end; ) {
      long next = Math.min((address & PageTable.PMD_MASK) + PageTable.PMD_SIZE, end);
      long[] table = vma.mm.pageTable().find(address);
      k.locks.lockPageTable();
      int error = table == null ? queueHuge(vma, address, qp) : queuePteRange(vma, table, address, next, qp);
      k.locks.unlockPageTable();
      if (error != 0) {
        return error;
      }
      if (qp.failed > 0 && k.profile.mbindWalkStops()) {
        return 1;
      }
      address = next;
    }
    return 0;
  }

  /**
   * {@code queue_pages_range()}: 0, 1 where a strict call met a page that it could not isolate, or an errno negated. Of a hole
   * above such a page nothing is heard: in 5.10 the walk does not come there, in 6.1 {@code has_unmovable} takes its place.
   */
  protected int queuePagesRange(Mm mm, QueuePages qp) {
    int error = walkPageRange(mm, qp);
    return qp.failed > 0 ? 1 : error;
  }

  /** {@code walk_page_range()}: 0, 1 where it stopped early, or an errno negated. */
  protected final int walkPageRange(Mm mm, QueuePages qp) {
    boolean first = true;
    for (Vma vma = mm.findVma(qp.start); vma != null && vma.start < qp.end; vma = vma.next) {
      int test = testWalk(vma, first, qp);
      first = false;
      int error = test != 0 ? test : walkVma(vma, Math.max(qp.start, vma.start), Math.min(qp.end, vma.end), qp);
      if (error < 0 || error > 0 && test == 0) {
        return error;
      }
    }
    return first ? -Err.EFAULT : 0;
  }

  /**
   * {@code vma_replace_policy()}: what shared memory keeps is a copy since 00442ad04a5e (3.7). Before, the mark that it gets
   * there stood on the VMA's policy, too, which then never equalled one given to its neighbour.
   */
  @Override
  protected int policyVma(Vma vma, @Nullable Policy policy) {
    boolean shared = vma.ops != null && vma.ops.hasPolicy();
    int error = shared ? Objects.requireNonNull(vma.ops).setPolicy(vma, policy == null ? null : policy.copy()) : 0;
    if (error == 0) {
      vma.policy = policy;
    }
    return error;
  }

  /** {@code mbind_range()}: of VMAs that have another policy so far; none loses a part any longer (e26a51148f3e, 3.2). */
  @Override
  protected int mbindRange(Mm mm, long start, long end, @Nullable Policy policy) {
    Vma vma = mm.findVma(start);
    Vma prev = vma == null || start > vma.start ? vma : vma.prev;
    for (; vma != null && vma.start < end; prev = vma, vma = vma.next) {
      if (k.mempolicy.mpolEqual(vma.policy, policy)) {
        continue;
      }
      long from = Math.max(start, vma.start);
      long to = Math.min(end, vma.end);
      Vma merged = k.mmap.vmaMerge(mm, prev, from, to, vma.flags, vma.anonVma, vma.file, vma.pageIndex(from), policy);
      if (merged != null) {
        vma = merged;
      } else {
        int error = k.mmap.splitToRange(vma, from, to);
        if (error != 0) {
          return error;
        }
      }
      int error = policyVma(vma, policy == null ? null : policy.copy());
      if (error != 0) {
        return error;
      }
    }
    return 0;
  }

  @Override
  public long sysSetMempolicyHomeNode(long start, long length, int node) {
    if (!k.profile.has(Feature.HOME_NODES)) {
      return -Err.ENOSYS;
    }
    long end = start + (length + PageTable.PAGE_SIZE - 1 & PageTable.PAGE_MASK);
    if ((start & ~PageTable.PAGE_MASK) != 0 || node < 0 || !k.nodes.online().has(node) || end < start) {
      return -Err.EINVAL;
    }
    if (end == start) {
      return 0;
    }
    Mm mm = k.current.mm();
    k.locks.downWrite(mm);
    int error = setHomeNode(mm, start, end, node);
    k.locks.upWrite(mm);
    return error;
  }

  /** The loop of {@link #sysSetMempolicyHomeNode}; what becomes of a VMA may be larger or smaller. */
  private int setHomeNode(Mm mm, long start, long end, int node) {
    int error = -Err.ENOENT;
    for (long at = start; at < end; ) {
      Vma vma = mm.findVma(at);
      if (vma == null || vma.start >= end) {
        return error;
      }
      long to = Math.min(vma.end, end);
      Policy old = vma.policy;
      if (old != null) {
        if (old.mode != Policy.BIND && old.mode != Policy.PREFERRED_MANY) {
          return -Err.EOPNOTSUPP;
        }
        Policy home = old.copy();
        home.homeNode = node;
        error = mbindRange(mm, Math.max(at, vma.start), to, home);
        if (error != 0) {
          return error;
        }
      }
      at = to;
    }
    return error;
  }

  @Override
  protected int bindAndMove(long start, long end, @Nullable Policy policy, NodeMask nodes, int flags) {
    Mm mm = k.current.mm();
    PageList pagelist = new PageList(frames);
    QueuePages qp = new QueuePages(start, end, nodes, flags | MPOL_MF_INVERT, pagelist);
    int error = Math.min(0, queuePagesRange(mm, qp));
    if (error == 0) {
      error = mbindRange(mm, start, end, policy);
      error = error == 0 ? 0 : bindError(error, qp);
    }
    if (error != 0) {
      k.migrate.putbackLruPages(pagelist);
      return error;
    }
    int failed = moveQueued(mm, start, end, policy, pagelist);
    return (failed != 0 || qp.failed != 0) && (flags & MPOL_MF_STRICT) != 0 ? -Err.EIO : 0;
  }

  /** What {@code do_mbind()} says where {@code mbind_range()} fails. */
  protected int bindError(int error, QueuePages qp) {
    return error;
  }

  /** The call of {@code migrate_pages()} in {@code do_mbind()}. */
  protected int moveQueued(Mm mm, long start, long end, @Nullable Policy policy, PageList pagelist) {
    if (pagelist.isEmpty()) {
      return 0;
    }
    Vma first = mm.findVma(start);
    return k.migrate.migratePages(pagelist, page -> newVmaPage(page, first), false);
  }

  /** The call of {@code migrate_pages()} in {@code migrate_to_node()}. */
  protected int moveToNode(Mm mm, PageList pagelist, int dest) {
    return k.migrate.migratePages(pagelist, page -> k.migrate.allocMigrationTarget(page, dest), false);
  }

  @Override
  protected int migrateToNode(Mm mm, int source, int dest, int flags) {
    k.locks.downRead(mm);
    Vma first = mm.first();
    PageList pagelist = new PageList(frames);
    QueuePages qp = new QueuePages(
        first == null ? 0 : first.start, PageTable.TASK_SIZE, NodeMask.of(source), flags | MPOL_MF_DISCONTIG_OK, pagelist);
    queuePagesRange(mm, qp);
    int stayed = pagelist.isEmpty() ? 0 : moveToNode(mm, pagelist, dest);
    k.locks.upRead(mm);
    return stayed < 0 ? stayed : stayed + qp.failed;
  }

  /**
   * {@code do_migrate_pages()}. Between sets of different sizes the nodes that are in both keep their pages (4a5b18cc1f3b, 3.5).
   */
  @Override
  public int doMigratePages(Mm mm, NodeMask from, NodeMask to, int flags) {
    k.migrate.migratePrep();
    int busy = 0;
    int error = 0;
    NodeMask left = from;
    while (!left.isEmpty() && error >= 0) {
      int source = -1;
      int dest = 0;
      for (int s = left.first(); s >= 0; s = left.next(s)) {
        if (from.weight() != to.weight() && to.has(s)) {
          continue;
        }
        int d = NodeMask.remap(s, from, to);
        if (s == d) {
          continue;
        }
        source = s;
        dest = d;
        if (!left.has(dest)) {
          break;
        }
      }
      if (source < 0) {
        break;
      }
      left = left.without(source);
      error = migrateToNode(mm, source, dest, flags);
      busy += Math.max(0, error);
    }
    k.migrate.migrateFinish();
    return error < 0 ? error : busy;
  }

  /** {@code kernel_migrate_pages()}: the target is cut down to what the caller may use (0486a38bcc4b, 4.16). */
  @Override
  public long sysMigratePages(int pid, NodeMask from, NodeMask to) {
    if (from.limit() > k.profile.maxNumnodes() || to.limit() > k.profile.maxNumnodes()) {
      return -Err.EINVAL;
    }
    Task task = pid == 0 ? k.current : k.findTask(pid);
    if (task == null) {
      return -Err.ESRCH;
    }
    if (!k.movePages.mayMove(task)
        || !to.isSubsetOf(k.cpuset.memsAllowed(task)) && !k.current.capableSysNice()) {
      return -Err.EPERM;
    }
    NodeMask allowed = to.and(k.cpuset.memsAllowed(k.current));
    if (allowed.isEmpty() || task.mm == null) {
      return -Err.EINVAL;
    }
    return migrateTask(task, from, allowed);
  }
}
