package io.github.pageferry.sim.kernel;

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
 * {@code move_pages(2)} as it came with 742755a1d8ce (2.6.18): one table for the whole array, moved in one go (until 3140a2273009,
 * 2.6.29); the call returns what {@code migrate_pages()} does, and -ENOENT where there was nothing to move (until e78bbfa82624,
 * 2.6.28). A query reads its addresses into that table, too (until 2f007e74bb85, 2.6.28), with 2.6.19's 8ce08464d2c7.
 */
class MovePagesInOneTable extends MovePages {

  /** {@code sizeof(struct page_to_node)}, in bytes. */
  private static final long ENTRY = 24;

  /** {@code struct page_to_node}'s table. */
  private final class Table implements Migrate.NewPage {
    final long[] addr;
    final int[] page;
    final int[] node;
    final int[] status;
    private int result;

    Table(int size) {
      addr = new long[size];
      page = new int[size];
      node = new int[size];
      status = new int[size];
    }

    /** {@code new_page_node()}: near the node wanted, where that has no room or may not be used (until 3d99cfb5f461, 2.6.19). */
    @Override
    public int newPage(int oldPage) {
      int i = 0;
      while (i < page.length && page[i] != oldPage) {
        i++;
      }
      if (i == page.length) {
        return 0;
      }
      result = i;
      // alloc_pages_node() takes a negative node for the one that the caller runs on.
      return k.pageAlloc.allocPagesNodemask(Gfp.HIGHUSER_MOVABLE, node[i] < 0 ? k.current.cpu : node[i], null);
    }

    @Override
    public void result(int value) {
      status[result] = value;
    }
  }

  MovePagesInOneTable(Kernel k) {
    super(k);
  }

  @Override
  protected long doPagesMove(
      Mm mm, Task task, long nrPages, UserLongs pages, UserInts nodes, UserInts status, int flags) {
    return throughTable(mm, task, nrPages, pages, nodes, status, flags);
  }

  @Override
  protected long doPagesStat(Mm mm, long nrPages, UserLongs pages, UserInts status) {
    return throughTable(mm, k.current, nrPages, pages, null, status, 0);
  }

  /** The second half of {@code sys_move_pages()}. */
  private long throughTable(
      Mm mm, Task task, long nrPages, UserLongs pages, @Nullable UserInts nodes, UserInts status, int flags) {
    NodeMask taskNodes = k.cpuset.memsAllowed(task);
    if (Long.compareUnsigned(nrPages, Long.divideUnsigned(-1L, ENTRY) - 1) >= 0) {
      return -Err.E2BIG;
    }
    if (!isTableToBeHad(nrPages)) {
      return -Err.ENOMEM;
    }
    int size = (int) nrPages;
    // A table larger than what can be read of the caller's arrays is never used.
    Table pm = new Table((int) Math.min(size, pages.accessible()));
    int error = readArrays(pm, size, pages, nodes, taskNodes);
    if (error != 0) {
      k.current.stackLeftover = error;
      return error;
    }
    long err = nodes != null ? doMovePages(mm, pm, (flags & MPOL_MF_MOVE_ALL) != 0) : statAll(mm, pm);
    if (err >= 0) {
      for (int i = 0; i < size; i++) {
        if (i < status.accessible()) {
          status.put(i, pm.status[i]);
        } else {
          err = -Err.EFAULT;
        }
      }
    }
    return err;
  }

  private int readArrays(Table pm, int size, UserLongs pages, @Nullable UserInts nodes, NodeMask taskNodes) {
    for (int i = 0; i < size; i++) {
      if (i >= pages.accessible() || nodes != null && i >= nodes.accessible()) {
        return -Err.EFAULT;
      }
      pm.addr[i] = pages.get(i);
      if (nodes != null) {
        int error = checkNode(nodes.get(i), taskNodes);
        if (error != 0) {
          return error;
        }
        pm.node[i] = nodes.get(i);
      }
    }
    return 0;
  }

  /** {@code vmalloc()}: never more than the machine has. */
  private boolean isTableToBeHad(long nrPages) {
    long present = 0;
    for (int node = k.nodes.withMemory().first(); node >= 0; node = k.nodes.withMemory().next(node)) {
      present += k.nodes.zone(node).presentPages();
    }
    return nrPages < Integer.MAX_VALUE && (nrPages + 1) * ENTRY + 4095 >>> 12 <= present;
  }

  /**
   * The range of a node is not checked (until 6f5a55f1a6c5, 2.6.33), so that a negative one tests bits of what stands before the
   * masks. Before that of the nodes online all bits are set, it being the mask of possible nodes. Before the task's mask, on
   * the stack, the traces show what the last call that failed here left: its error. What a real kernel reads beyond those
   * two words is not modelled: it is -ENODEV.
   */
  private int checkNode(int node, NodeMask taskNodes) {
    if (node < 0 && node >= -Integer.SIZE) {
      return (k.current.stackLeftover >>> Integer.SIZE + node & 1) != 0 ? 0 : -Err.EACCES;
    }
    if (node < 0 || node >= k.profile.maxNumnodes() || !k.nodes.online().has(node)) {
      return -Err.ENODEV;
    }
    return taskNodes.has(node) ? 0 : -Err.EACCES;
  }

  /** {@code do_move_pages()}: how many pages did not move, or an errno negated. */
  private int doMovePages(Mm mm, Table pm, boolean migrateAll) {
    PageList pagelist = new PageList(frames);
    k.migrate.migratePrep();
    for (int i = 0; i < pm.addr.length; i++) {
      pm.status[i] = isolateForMove(mm, pm, i, pagelist, migrateAll);
    }
    return pagelist.isEmpty() ? -Err.ENOENT : k.migrate.migratePages(pagelist, pm, false);
  }

  private int isolateForMove(Mm mm, Table pm, int i, PageList pagelist, boolean migrateAll) {
    Vma vma = mm.findVma(pm.addr[i]);
    if (vma == null) {
      return -Err.EFAULT;
    }
    int page = k.memory.followPage(vma, pm.addr[i], Memory.FOLL_GET);
    if (page == 0) {
      return -Err.ENOENT;
    }
    int err = -Err.ENOENT;
    if (!frames.has(page, PageFlag.RESERVED)) {
      pm.page[i] = page;
      err = isolateUnlessThere(page, pm.node[i], pagelist, migrateAll);
    }
    k.swap.putPage(page);
    return err;
  }

  /** {@code do_pages_stat()}. */
  private int statAll(Mm mm, Table pm) {
    for (int i = 0; i < pm.addr.length; i++) {
      pm.status[i] = pageStatus(mm, pm.addr[i]);
    }
    return 0;
  }

  @Override
  protected int pageStatus(Mm mm, long address) {
    Vma vma = mm.findVma(address);
    if (vma == null) {
      return -Err.EFAULT;
    }
    int page = k.memory.followPage(vma, address, 0);
    return page == 0 || frames.has(page, PageFlag.RESERVED) ? -Err.ENOENT : frames.pageToNid(page);
  }
}
