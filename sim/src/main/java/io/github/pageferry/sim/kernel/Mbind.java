package io.github.pageferry.sim.kernel;

import io.github.pageferry.MoveFlag;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Task;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import org.jspecify.annotations.Nullable;

/** {@code mm/mempolicy.c}, its callers of the migration engine: {@code mbind(2)} and {@code migrate_pages(2)}. */
public class Mbind {

  /** {@code MPOL_MF_STRICT}. */
  public static final int MPOL_MF_STRICT = MoveFlag.STRICT.bit();
  static final int MPOL_MF_MOVE = MovePages.MPOL_MF_MOVE;
  static final int MPOL_MF_MOVE_ALL = MovePages.MPOL_MF_MOVE_ALL;
  /** {@code MPOL_MF_DISCONTIG_OK}: holes in the range are no error. */
  static final int MPOL_MF_DISCONTIG_OK = 1 << 4;
  /** {@code MPOL_MF_INVERT}: pages that are not on the nodes. */
  static final int MPOL_MF_INVERT = 1 << 5;

  protected final Kernel k;
  protected final PageFrames frames;

  protected Mbind(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code check_pgd_range()} down to {@code check_pmd_range()}: 0, or -EIO where a page breaks the policy. */
  protected int checkPgdRange(Vma vma, long start, long end, NodeMask nodes, int flags, PageList pagelist) {
    for (long address = start; address < end; ) {
      long next = Math.min((address & PageTable.PMD_MASK) + PageTable.PMD_SIZE, end);
      k.locks.lockPageTable();
      int error = checkPteRange(vma, address, next, nodes, flags, pagelist);
      k.locks.unlockPageTable();
      if (error != 0) {
        return error;
      }
      address = next;
    }
    return 0;
  }

  /** {@code check_pte_range()}. */
  private int checkPteRange(Vma vma, long start, long end, NodeMask nodes, int flags, PageList pagelist) {
    int invert = (flags & MPOL_MF_INVERT) != 0 ? 1 : 0;
    long[] table = vma.mm.pageTable().find(start);
    for (long address = start; table != null && address < end; address += PageTable.PAGE_SIZE) {
      long pte = table[PageTable.slot(address)];
      int page = Pte.present(pte) ? k.memory.vmNormalPage(vma, address, pte) : 0;
      if (page == 0 || frames.has(page, PageFlag.RESERVED) || frames.ksm(page)) {
        continue;
      }
      int isset = nodes.has(frames.pageToNid(page)) ? k.profile.nodeIssetTrue() : 0;
      if (isset == invert) {
        continue;
      }
      if ((flags & (MPOL_MF_MOVE | MPOL_MF_MOVE_ALL)) == 0) {
        return -Err.EIO;
      }
      migratePageAdd(page, pagelist, flags);
    }
    return 0;
  }

  /** What {@code check_range()} found: the first VMA of the range, or an errno negated. */
  protected record Checked(@Nullable Vma first, int error) {}

  /** {@code check_range()}: isolates the misplaced pages of a range. */
  protected Checked checkRange(Mm mm, long start, long end, NodeMask nodes, int flags, PageList pagelist) {
    Vma first = mm.findVma(start);
    if (first == null) {
      return new Checked(null, -Err.EFAULT);
    }
    long from = start;
    Vma prev = null;
    for (Vma vma = first; vma != null && vma.start < end; vma = vma.next) {
      if ((flags & MPOL_MF_DISCONTIG_OK) == 0) {
        if (vma.next == null && vma.end < end || prev != null && prev.end < vma.start) {
          return new Checked(null, -Err.EFAULT);
        }
      }
      boolean move = (flags & (MPOL_MF_MOVE | MPOL_MF_MOVE_ALL)) != 0 && k.mempolicy.vmaMigratable(vma);
      if (!vma.has(VmFlag.HUGETLB) && ((flags & MPOL_MF_STRICT) != 0 || move)) {
        from = Math.max(from, vma.start);
        int error = checkPgdRange(vma, from, Math.min(vma.end, end), nodes, flags, pagelist);
        if (error != 0) {
          return new Checked(null, error);
        }
      }
      prev = vma;
    }
    return new Checked(first, 0);
  }

  /** {@code policy_vma()}: gives a VMA its policy. */
  protected int policyVma(Vma vma, @Nullable Policy policy) {
    int error = vma.ops != null && vma.ops.hasPolicy() ? vma.ops.setPolicy(vma, policy) : 0;
    if (error == 0) {
      vma.policy = policy;
    }
    return error;
  }

  /**
   * {@code mbind_range()}: sets the policy of a range and splits and merges VMAs for it. Of a range that begins inside a
   * VMA, {@code vma_merge()} is handed the VMA before as {@code prev} where it expects that VMA itself, and may lose the part
   * below the range (9d8cebd4bcd7, 2.6.34; mended from 3.2 on).
   */
  protected int mbindRange(Mm mm, long start, long end, @Nullable Policy policy) {
    Vma vma = mm.findVma(start);
    Vma prev = mm.findVmaPrev(start);
    if (vma == null || vma.start > start) {
      return -Err.EFAULT;
    }
    for (Vma next; vma != null && vma.start < end; prev = vma, vma = next) {
      next = vma.next;
      long from = Math.max(start, vma.start);
      long to = Math.min(end, vma.end);
      // Of the second VMA and those after it this is no offset at all, so that none of them merges.
      long pgoff = vma.pgoff + ((start - vma.start) >>> PageTable.PAGE_SHIFT);
      long below = vma.start;
      Vma merged = k.mmap.vmaMerge(mm, prev, from, to, vma.flags, vma.anonVma, vma.file, pgoff, policy);
      if (merged != null) {
        // A part that begins inside its VMA merges with what follows only.
        if (below < from) {
          k.defects.lostMapping(mm, below, from);
        }
        vma = merged;
        next = vma.next;
        continue;
      }
      int error = k.mmap.splitToRange(vma, from, to);
      if (error == 0) {
        error = policyVma(vma, policy);
      }
      if (error != 0) {
        return error;
      }
    }
    return 0;
  }

  /** {@code migrate_page_add()}: isolates a page unless it is shared with others. */
  protected void migratePageAdd(int page, PageList pagelist, int flags) {
    if ((flags & MPOL_MF_MOVE_ALL) != 0 || frames.mapcount(page) == 1) {
      k.vmscan.isolateLruPage(page, pagelist);
    }
  }

  /** {@code new_node_page()}: on the node where there is room, else near it. */
  protected int newNodePage(int node) {
    return k.pageAlloc.allocPagesExactNode(node, Gfp.HIGHUSER_MOVABLE);
  }

  /** {@code migrate_to_node()}: all of the process's pages that are on one node; returns how many stayed, or an errno. */
  protected int migrateToNode(Mm mm, int source, int dest, int flags) {
    PageList pagelist = new PageList(frames);
    Vma first = mm.first();
    if (first == null) {
      return 0;
    }
    checkRange(mm, first.start, PageTable.TASK_SIZE, NodeMask.of(source), flags | MPOL_MF_DISCONTIG_OK, pagelist);
    return pagelist.isEmpty() ? 0 : k.migrate.migratePages(pagelist, page -> newNodePage(dest), false);
  }

  /**
   * {@code do_migrate_pages()}: moves node by node, an order found in which no node is filled before it has been emptied
   * itself, as far as there is one.
   *
   * @return how many pages stayed, or an errno negated
   */
  public int doMigratePages(Mm mm, NodeMask from, NodeMask to, int flags) {
    k.migrate.migratePrep();
    k.locks.downRead(mm);
    int busy = migrateVmasAndNodes(mm, from, to, flags);
    k.locks.upRead(mm);
    return busy;
  }

  private int migrateVmasAndNodes(Mm mm, NodeMask from, NodeMask to, int flags) {
    // The kernel hands over the two masks the wrong way round, so that a driver is told to move from where it should to.
    int vmas = k.migrate.migrateVmas(mm, from, to, flags);
    return vmas != 0 ? Math.min(vmas, 0) : migrateNodeByNode(mm, from, to, flags);
  }

  private int migrateNodeByNode(Mm mm, NodeMask from, NodeMask to, int flags) {
    int busy = 0;
    NodeMask left = from;
    while (!left.isEmpty()) {
      int source = -1;
      int dest = 0;
      for (int s = left.first(); s >= 0; s = left.next(s)) {
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
      int result = migrateToNode(mm, source, dest, flags);
      if (result < 0) {
        return result;
      }
      busy += result;
    }
    return busy;
  }

  /** {@code new_vma_page()}: by the policy of the first VMA from {@code first} on that the page can be mapped in. */
  protected int newVmaPage(int page, @Nullable Vma first) {
    Vma vma = first;
    long address = Rmap.NO_ADDRESS;
    for (; vma != null; vma = vma.next) {
      address = k.rmap.pageAddressInVma(page, vma);
      if (address != Rmap.NO_ADDRESS) {
        break;
      }
    }
    return newPageFor(page, vma, address);
  }

  /** The new page for one that is found at this address of a VMA; null for one that is found in none. */
  protected int newPageFor(int page, @Nullable Vma vma, long address) {
    return k.mempolicy.allocPageVma(Gfp.HIGHUSER_MOVABLE, vma, address);
  }

  /** {@code do_mbind()}. */
  protected long doMbind(long start, long length, int mode, int modeFlags, NodeMask nodes, int callFlags) {
    int flags = callFlags;
    if ((flags & ~(MPOL_MF_STRICT | MPOL_MF_MOVE | MPOL_MF_MOVE_ALL)) != 0) {
      return -Err.EINVAL;
    }
    if ((flags & MPOL_MF_MOVE_ALL) != 0 && !k.current.capableSysNice()) {
      return -Err.EPERM;
    }
    if ((start & ~PageTable.PAGE_MASK) != 0) {
      return -Err.EINVAL;
    }
    if (mode == Policy.DEFAULT) {
      flags &= ~MPOL_MF_STRICT;
    }
    long end = start + (length + PageTable.PAGE_SIZE - 1 & PageTable.PAGE_MASK);
    if (Long.compareUnsigned(end, start) < 0) {
      return -Err.EINVAL;
    }
    if (end == start) {
      return 0;
    }
    if (end < 0) {
      // Nothing of a process lies in the upper half, and addresses are compared with their signs here.
      end = PageTable.PAGE_MASK & Long.MAX_VALUE;
    }
    Mempolicy.Made made = k.mempolicy.mpolNew(mode, modeFlags, nodes);
    if (made.error() != 0) {
      return made.error();
    }
    Policy policy = made.policy();
    if (policy == null) {
      flags |= MPOL_MF_DISCONTIG_OK;
    }
    if ((flags & (MPOL_MF_MOVE | MPOL_MF_MOVE_ALL)) != 0) {
      k.migrate.migratePrep();
    }
    Mm mm = k.current.mm();
    k.locks.downWrite(mm);
    int error = k.mempolicy.setNodemask(policy, nodes);
    if (error == 0) {
      error = bindAndMove(start, end, policy, nodes, flags);
    }
    k.locks.upWrite(mm);
    if ((flags & (MPOL_MF_MOVE | MPOL_MF_MOVE_ALL)) != 0) {
      k.migrate.migrateFinish();
    }
    return error;
  }

  /** {@code do_mbind()} from {@code check_range()} on. */
  protected int bindAndMove(long start, long end, @Nullable Policy policy, NodeMask nodes, int flags) {
    Mm mm = k.current.mm();
    PageList pagelist = new PageList(frames);
    Checked checked = checkRange(mm, start, end, nodes, flags | MPOL_MF_INVERT, pagelist);
    if (checked.error() != 0) {
      k.migrate.putbackLruPages(pagelist);
      return checked.error();
    }
    int error = mbindRange(mm, start, end, policy);
    int failed = 0;
    if (!pagelist.isEmpty()) {
      Vma first = checked.first();
      failed = k.migrate.migratePages(pagelist, page -> newVmaPage(page, first), false);
    }
    return error == 0 && failed != 0 && (flags & MPOL_MF_STRICT) != 0 ? -Err.EIO : error;
  }

  /** {@code mbind(2)}. */
  public long sysMbind(long start, long length, int modeArgument, NodeMask nodes, int flags) {
    int modeFlags = modeArgument & Policy.MODE_FLAGS;
    int mode = modeArgument & ~Policy.MODE_FLAGS;
    int invalid = k.mempolicy.checkMode(mode, modeFlags, nodes);
    return invalid != 0 ? invalid : doMbind(start, length, mode, modeFlags, nodes, flags);
  }

  /**
   * {@code set_mempolicy_home_node(2)}: the node from which a range's policies allocate first.
   *
   * @return 0 or an errno negated: ENOENT where there is no policy, EOPNOTSUPP at the first that is neither {@code MPOL_BIND} nor
   *     {@code MPOL_PREFERRED_MANY}, those before it being changed already
   */
  public long sysSetMempolicyHomeNode(long start, long length, int node) {
    return -Err.ENOSYS;
  }

  /** {@code migrate_pages(2)}: returns how many pages stayed, or an errno negated. */
  public long sysMigratePages(int pid, NodeMask from, NodeMask to) {
    if (from.limit() > k.profile.maxNumnodes() || to.limit() > k.profile.maxNumnodes()) {
      return -Err.EINVAL;
    }
    Task task = pid == 0 ? k.current : k.findTask(pid);
    if (task == null) {
      return -Err.ESRCH;
    }
    int denied = k.movePages.checkTask(task);
    if (denied != 0) {
      return denied;
    }
    if (!to.isSubsetOf(k.cpuset.memsAllowed(task)) && !k.current.capableSysNice()) {
      return -Err.EPERM;
    }
    if (!to.isSubsetOf(k.nodes.withMemory())) {
      return -Err.EINVAL;
    }
    return migrateTask(task, from, to);
  }

  /** The end of {@code migrate_pages(2)}: the pages of a task that has an address space. */
  protected final long migrateTask(Task task, NodeMask from, NodeMask to) {
    Mm mm = task.mm();
    mm.users++;
    int stayed = doMigratePages(mm, from, to, k.current.capableSysNice() ? MPOL_MF_MOVE_ALL : MPOL_MF_MOVE);
    k.fork.mmput(mm);
    return stayed;
  }
}
