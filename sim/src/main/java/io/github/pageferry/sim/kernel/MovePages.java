package io.github.pageferry.sim.kernel;

import io.github.pageferry.MoveFlag;
import io.github.pageferry.sim.mm.Cred;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Task;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import io.github.pageferry.sim.mm.Vma;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code mm/migrate.c}, its second half: the system call {@code move_pages(2)}. */
public class MovePages {

  /** {@code MPOL_MF_MOVE}. */
  public static final int MPOL_MF_MOVE = MoveFlag.MOVE.bit();
  /** {@code MPOL_MF_MOVE_ALL}. */
  public static final int MPOL_MF_MOVE_ALL = MoveFlag.MOVE_ALL.bit();

  /** A page of {@code struct page_to_node}, 24 bytes each, less the end marker. */
  private static final int CHUNK = 4096 / 24 - 1;
  /** Of a page's number, to tell most pages of a chunk apart. */
  private static final int LOW_BITS = 511;
  /** {@code DO_PAGES_STAT_CHUNK_NR}. */
  private static final int STAT_CHUNK = 16;

  /**
   * {@code struct page_to_node}'s table: one page, taken over as the call before left it. What a call leaves in {@code
   * page} is no page that a later call would queue in this model, so that each call begins with none.
   */
  static final class PageToNode implements Migrate.NewPage {
    private final Kernel k;
    private final long[] addr = new long[CHUNK];
    private final int[] page = new int[CHUNK];
    private final int[] node = new int[CHUNK];
    private final int[] status = new int[CHUNK];
    /** By the low bits of a page's number the first entry with such a page: no entry before it names that page. */
    private final int[] firstAlike = new int[LOW_BITS + 1];
    private int size;
    private int result;

    PageToNode(Kernel k) {
      this.k = k;
    }

    /** Fills {@link #firstAlike}, without which finding the entries of all pages takes time that grows with their square. */
    void index() {
      for (int i = size - 1; i >= 0; i--) {
        firstAlike[page[i] & LOW_BITS] = i;
      }
    }

    /** {@code new_page_node()}: the first entry with this page decides where it goes and gets the result. */
    @Override
    public int newPage(int oldPage) {
      int i = firstAlike[oldPage & LOW_BITS];
      while (i < size && page[i] != oldPage) {
        i++;
      }
      if (i == size) {
        return 0;
      }
      result = i;
      return k.pageAlloc.allocPagesExactNode(node[i], Gfp.HIGHUSER_MOVABLE | Gfp.THISNODE);
    }

    @Override
    public void result(int value) {
      status[result] = value;
    }
  }

  protected final Kernel k;
  protected final PageFrames frames;
  private final PageToNode table;
  private final int[] reusedStatus = new int[STAT_CHUNK];

  protected MovePages(Kernel k) {
    this.k = k;
    frames = k.frames;
    table = new PageToNode(k);
  }

  /**
   * {@code do_move_page_to_node_array()}: isolates what can be moved of one chunk, and moves it.
   *
   * @return how many pages did not move, or an errno negated
   */
  private int doMovePageToNodeArray(Mm mm, PageToNode table, boolean migrateAll) {
    PageList pagelist = new PageList(frames);
    k.locks.downRead(mm);
    for (int i = 0; i < table.size; i++) {
      table.status[i] = isolateForMove(mm, table, i, pagelist, migrateAll);
    }
    table.index();
    int err = pagelist.isEmpty() ? 0 : k.migrate.migratePages(pagelist, table, false);
    k.locks.upRead(mm);
    return err;
  }

  /** The loop body of {@code do_move_page_to_node_array()}: the entry's status before anything moves. */
  private int isolateForMove(Mm mm, PageToNode table, int i, PageList pagelist, boolean migrateAll) {
    Vma vma = mm.findVma(table.addr[i]);
    if (vma == null || !k.mempolicy.vmaMigratable(vma)) {
      return -Err.EFAULT;
    }
    int page = k.memory.followPage(vma, table.addr[i], Memory.FOLL_GET);
    if (page < 0) {
      return page;
    }
    if (page == 0) {
      return -Err.ENOENT;
    }
    int err = -Err.ENOENT;
    if (!frames.has(page, PageFlag.RESERVED) && !frames.ksm(page)) {
      table.page[i] = page;
      err = isolateUnlessThere(page, table.node[i], pagelist, migrateAll);
    }
    // Either isolation has a reference of its own now, or the page was not isolated.
    k.swap.putPage(page);
    return err;
  }

  /** An entry's status once it has a page: the node that it is on already, 0 where it is on the list now, or an errno negated. */
  protected final int isolateUnlessThere(int page, int node, PageList pagelist, boolean migrateAll) {
    int current = frames.pageToNid(page);
    if (current == node) {
      return current;
    }
    return k.migrate.isShared(page) && !migrateAll ? -Err.EACCES : k.vmscan.isolateLruPage(page, pagelist);
  }

  /** {@code do_pages_move()}: chunk after chunk is read and checked, moved, and its statuses written. */
  protected long doPagesMove(
      Mm mm, Task task, long nrPages, UserLongs pages, UserInts nodes, UserInts status, int flags) {
    NodeMask taskNodes = k.cpuset.memsAllowed(task);
    // Calls that run at the same time have tables of their own.
    PageToNode pm = k.sched == null ? table : new PageToNode(k);
    Arrays.fill(pm.page, 0);
    k.migrate.migratePrep();
    for (long start = 0; start < nrPages; start += CHUNK) {
      pm.size = (int) Math.min(CHUNK, nrPages - start);
      int err = fillChunk(pm, start, pages, nodes, taskNodes);
      if (err != 0) {
        return err;
      }
      err = doMovePageToNodeArray(mm, pm, (flags & MPOL_MF_MOVE_ALL) != 0);
      if (err < 0) {
        return err;
      }
      for (int j = 0; j < pm.size; j++) {
        if (start + j >= status.accessible()) {
          return -Err.EFAULT;
        }
        status.put(start + j, pm.status[j]);
      }
    }
    return 0;
  }

  private int fillChunk(PageToNode pm, long start, UserLongs pages, UserInts nodes, NodeMask taskNodes) {
    for (int j = 0; j < pm.size; j++) {
      if (start + j >= pages.accessible()) {
        return -Err.EFAULT;
      }
      pm.addr[j] = pages.get(start + j);
      if (start + j >= nodes.accessible()) {
        return -Err.EFAULT;
      }
      int node = nodes.get(start + j);
      if (node < 0 || node >= k.profile.maxNumnodes() || !k.nodes.withMemory().has(node)) {
        return -Err.ENODEV;
      }
      if (!taskNodes.has(node)) {
        return -Err.EACCES;
      }
      pm.node[j] = node;
    }
    return 0;
  }

  /** What {@code do_pages_stat_array()} says of one address. */
  protected int pageStatus(Mm mm, long address) {
    Vma vma = mm.findVma(address);
    if (vma == null) {
      return -Err.EFAULT;
    }
    int page = k.memory.followPage(vma, address, 0);
    if (page < 0) {
      return page;
    }
    if (page == 0 || frames.has(page, PageFlag.RESERVED) || frames.ksm(page)) {
      return -Err.ENOENT;
    }
    return frames.pageToNid(page);
  }

  /** {@code do_pages_stat()} with {@code do_pages_stat_array()}: in chunks of 16. */
  protected long doPagesStat(Mm mm, long nrPages, UserLongs pages, UserInts status) {
    int[] chunkStatus = k.sched == null ? reusedStatus : new int[STAT_CHUNK];
    long done = 0;
    while (done < nrPages) {
      int chunk = (int) Math.min(STAT_CHUNK, nrPages - done);
      if (done + chunk > pages.accessible()) {
        break;
      }
      k.locks.downRead(mm);
      for (int i = 0; i < chunk; i++) {
        chunkStatus[i] = pageStatus(mm, pages.get(done + i));
      }
      k.locks.upRead(mm);
      boolean written = done + chunk <= status.accessible();
      for (int i = 0; i < chunk && done + i < status.accessible(); i++) {
        status.put(done + i, chunkStatus[i]);
      }
      if (!written) {
        break;
      }
      done += chunk;
    }
    return done < nrPages ? -Err.EFAULT : 0;
  }

  /**
   * The checks of {@code move_pages} and {@code migrate_pages} on the task whose pages are meant, in their order.
   *
   * @return 0, -EINVAL for a kernel thread, or -EPERM
   */
  protected int checkTask(Task task) {
    if (task.mm == null) {
      return -Err.EINVAL;
    }
    return mayMove(task) ? 0 : -Err.EPERM;
  }

  /** Whether the caller may look at and move this task's pages. */
  protected boolean mayMove(Task task) {
    Cred cred = k.current.cred;
    Cred target = task.cred;
    return cred.euid() == target.suid() || cred.euid() == target.uid()
        || cred.uid() == target.suid() || cred.uid() == target.uid() || k.current.capableSysNice();
  }

  /**
   * {@code move_pages(2)}.
   *
   * @param pid whose pages, 0 for the caller's
   * @param nodes where to, null to ask where the pages are
   * @return 0, or an errno negated
   */
  public long sysMovePages(
      int pid, long nrPages, UserLongs pages, @Nullable UserInts nodes, UserInts status, int flags) {
    if ((flags & ~(MPOL_MF_MOVE | MPOL_MF_MOVE_ALL)) != 0) {
      return -Err.EINVAL;
    }
    if ((flags & MPOL_MF_MOVE_ALL) != 0 && !k.current.capableSysNice()) {
      return -Err.EPERM;
    }
    Task task = pid == 0 ? k.current : k.findTask(pid);
    if (task == null) {
      return -Err.ESRCH;
    }
    int denied = checkTask(task);
    if (denied != 0) {
      return denied;
    }
    Mm mm = task.mm();
    mm.users++;
    long result = nodes != null
        ? doPagesMove(mm, task, nrPages, pages, nodes, status, flags) : doPagesStat(mm, nrPages, pages, status);
    k.fork.mmput(mm);
    return result;
  }
}
