package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AnonVma;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.SwapInfo;
import io.github.pageferry.sim.mm.Task;
import io.github.pageferry.sim.mm.Vma;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code mm/swapfile.c}: swap entries and who refers to them. There is at most one area, so that an entry is its number of a page
 * there; a count has no limit, so that none is continued elsewhere.
 */
public class Swapfile {

  protected final Kernel k;
  private final PageFrames frames;
  private @Nullable SwapInfo info;
  /** {@code page_cluster}, as {@code vm.page-cluster} sets it: what is read of swap space at a time, a power of two of pages. */
  public int pageCluster = 3;

  protected Swapfile(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code swapon(2)}: -EBUSY where there is an area already. */
  public long sysSwapon(int pages) {
    if (info != null) {
      return -Err.EBUSY;
    }
    info = new SwapInfo(pages);
    return 0;
  }

  /** {@code swapoff(2)}: 0, -EINVAL where there is no area, or -ENOMEM with what could not be read in still there. */
  public long sysSwapoff() {
    if (info == null) {
      return -Err.EINVAL;
    }
    info.writeOk = false;
    int error = tryToUnuse();
    if (error != 0) {
      info.writeOk = true;
      return error;
    }
    info = null;
    return 0;
  }

  /** The area, null before {@link #sysSwapon}. */
  public @Nullable SwapInfo info() {
    return info;
  }

  SwapInfo area() {
    if (info == null) {
      throw new KernelBug("a swap entry without swap space");
    }
    return info;
  }

  /** {@code nr_swap_pages}: entries that can be had. */
  int nrSwapPages() {
    return info == null || !info.writeOk ? 0 : info.pages() - info.used();
  }

  /** {@code total_swap_pages}. */
  int totalSwapPages() {
    return info == null || !info.writeOk ? 0 : info.pages();
  }

  /** {@code vm_swap_full()}: more than half of it is used, so that the cache should not hold on to any. */
  boolean vmSwapFull() {
    return nrSwapPages() * 2 < totalSwapPages();
  }

  // Entries come and go.

  /** {@code __try_to_reclaim_swap()}: of an entry that the cache alone has. */
  private boolean tryToReclaimSwap(int entry) {
    int page = k.filemap.findGetPage(k.swapState.swapperSpace(), entry);
    if (page == 0) {
      return false;
    }
    boolean freed = false;
    if (k.filemap.trylockPage(page)) {
      freed = tryToFreeSwap(page);
      k.filemap.unlockPage(page);
    }
    k.swap.putPage(page);
    return freed;
  }

  /**
   * {@code scan_swap_map()}: the next free entry from where the last was found, 0 where there is none. Empty clusters, which keep
   * disks from seeking, are not looked for.
   */
  private int scanSwapMap(SwapInfo area) {
    for (int i = 0; i < area.pages(); i++) {
      int entry = (area.clusterNext - 1 + i) % area.pages() + 1;
      if (!area.isFree(entry) && vmSwapFull() && area.count(entry) == 0) {
        tryToReclaimSwap(entry);
      }
      if (area.isFree(entry)) {
        area.clusterNext = entry + 1;
        return entry;
      }
    }
    return 0;
  }

  /** {@code get_swap_page()}: an entry for the swap cache, 0 where there is no space. */
  int getSwapPage() {
    if (info == null || !info.writeOk) {
      return 0;
    }
    int entry = nrSwapPages() > 0 ? scanSwapMap(info) : 0;
    if (entry != 0) {
      info.hasCache(entry, true);
    }
    return entry;
  }

  /** {@code swap_duplicate()}: one page table entry more; 0, or -ENOENT where nobody has used the entry. */
  int swapDuplicate(int entry) {
    if (area().isFree(entry)) {
      return -Err.ENOENT;
    }
    area().count(entry, 1);
    return 0;
  }

  /** {@code swap_shmem_alloc()}: a file of shared memory refers to it, and nobody else ever does. */
  void swapShmemAlloc(int entry) {
    area().count(entry, 1);
  }

  /** {@code swapcache_prepare()}: the cache wants to have it; -EEXIST where it does, -ENOENT where nobody refers to it. */
  int swapcachePrepare(int entry) {
    if (area().hasCache(entry)) {
      return -Err.EEXIST;
    }
    if (area().count(entry) == 0) {
      return -Err.ENOENT;
    }
    area().hasCache(entry, true);
    return 0;
  }

  /** {@code swap_free()}: one reference less. */
  void swapFree(int entry) {
    area().count(entry, -1);
  }

  /**
   * {@code swapcache_free()}: the cache lets go of an entry, and of the charge for its page.
   *
   * @param page what was cached, 0 where nothing was yet
   */
  void swapcacheFree(int entry, int page) {
    area().hasCache(entry, false);
    if (page != 0) {
      k.memcontrol.uncharge(page, area().count(entry) != 0 ? Memcontrol.Uncharge.SWAPOUT : Memcontrol.Uncharge.DROP);
    }
  }

  /** {@code page_swapcount()}. */
  private int pageSwapcount(int page) {
    return area().count(frames.privateOf(page));
  }

  /**
   * {@code reuse_swap_page()}: whether a locked page is one process's alone and may be written to; if it is, it leaves the swap
   * cache.
   */
  boolean reuseSwapPage(int page) {
    KernelBug.on(!frames.has(page, PageFlag.LOCKED), "reuse_swap_page() of unlocked page {}", page);
    if (frames.ksm(page)) {
      return false;
    }
    int count = frames.mapcount(page);
    if (count <= 1 && frames.has(page, PageFlag.SWAPCACHE)) {
      count += pageSwapcount(page);
      if (count == 1 && !frames.has(page, PageFlag.WRITEBACK)) {
        k.swapState.deleteFromSwapCache(page);
        frames.set(page, PageFlag.DIRTY);
      }
    }
    return count <= 1;
  }

  /** {@code can_share_swap_page()} of 2.6.18: whether a locked page is one process's alone. */
  boolean canShareSwapPage(int page) {
    KernelBug.on(!frames.has(page, PageFlag.LOCKED), "can_share_swap_page() of unlocked page {}", page);
    int count = frames.mapcount(page);
    return count + (count <= 1 && frames.has(page, PageFlag.SWAPCACHE) ? pageSwapcount(page) : 0) == 1;
  }

  /** {@code try_to_free_swap()}: a locked page leaves the swap cache unless somebody refers to its place in swap space. */
  boolean tryToFreeSwap(int page) {
    KernelBug.on(!frames.has(page, PageFlag.LOCKED), "try_to_free_swap() of unlocked page {}", page);
    if (!frames.has(page, PageFlag.SWAPCACHE) || frames.has(page, PageFlag.WRITEBACK) || pageSwapcount(page) != 0) {
      return false;
    }
    k.swapState.deleteFromSwapCache(page);
    frames.set(page, PageFlag.DIRTY);
    return true;
  }

  /** {@code free_swap_and_cache()}: a reference is gone; with the last one the cached page may go. */
  void freeSwapAndCache(int entry) {
    area().count(entry, -1);
    if (area().count(entry) != 0 || !area().hasCache(entry)) {
      return;
    }
    int page = k.filemap.findGetPage(k.swapState.swapperSpace(), entry);
    if (page == 0) {
      return;
    }
    if (k.filemap.trylockPage(page)) {
      boolean idle = !frames.mapped(page) || vmSwapFull();
      if (frames.has(page, PageFlag.SWAPCACHE) && !frames.has(page, PageFlag.WRITEBACK) && idle) {
        k.swapState.deleteFromSwapCache(page);
        frames.set(page, PageFlag.DIRTY);
      }
      k.filemap.unlockPage(page);
    }
    k.swap.putPage(page);
  }

  /**
   * {@code valid_swaphandles()}: the entries in use next to one that is to be read, it among them, within its aligned block.
   *
   * @return the first and one more than the last; equal where nothing but the entry itself is to be read
   */
  int[] validSwaphandles(int entry) {
    if (pageCluster == 0) {
      return new int[] {entry, entry};
    }
    int base = Math.max(entry >> pageCluster << pageCluster, 1);
    int end = Math.min((entry >> pageCluster) + 1 << pageCluster, area().pages() + 1);
    int last = entry + 1;
    while (last < end && !area().isFree(last)) {
      last++;
    }
    int first = entry;
    while (first > base && !area().isFree(first - 1)) {
      first--;
    }
    return first + 1 == last ? new int[] {entry, entry} : new int[] {first, last};
  }

  // swapoff(2).

  /** {@code unuse_pte()}: the address maps the page again; 1 or -ENOMEM. */
  private int unusePte(Vma vma, long address, int entry, int page) {
    int error = k.memcontrol.tryChargeSwapin(vma.mm);
    if (error != 0) {
      return error;
    }
    vma.mm.swapEntries--;
    vma.mm.anonPages++;
    frames.get(page);
    vma.mm.pageTable().set(address, Pte.of(page, vma.pageProt) & ~Pte.ACCESSED);
    k.rmap.pageAddAnonRmap(page, vma, address);
    k.memcontrol.commitChargeSwapin(page, vma.mm);
    swapFree(entry);
    k.swap.activatePage(page);
    return 1;
  }

  /**
   * {@code unuse_vma()}: at the page's address where that is known, else where the entry stands first: elsewhere, merged pages may have
   * it too, which is for a page of its own.
   *
   * @return 1, 0 where the entry does not stand there, or -ENOMEM
   */
  private int unuseVma(Vma vma, int entry, int page) {
    AnonVma anonVma = k.rmap.pageAnonVma(page);
    long from = vma.start;
    long to = vma.end;
    if (anonVma != null) {
      from = k.rmap.pageAddressInVma(page, vma);
      to = from + PageTable.PAGE_SIZE;
      if (from == Rmap.NO_ADDRESS) {
        return 0;
      }
    }
    for (long address = from; address < to; address += PageTable.PAGE_SIZE) {
      if (vma.mm.pageTable().get(address) == Pte.swap(0, entry)) {
        return unusePte(vma, address, entry, page);
      }
    }
    return 0;
  }

  /** {@code unuse_mm()}: 0, 1 where the page has taken an entry's place, or -ENOMEM. */
  private int unuseMm(Mm mm, int entry, int page) {
    if (!k.locks.downReadTrylock(mm)) {
      // So that reclaim is unlikely to unmap it meanwhile.
      k.swap.activatePage(page);
      k.filemap.unlockPage(page);
      k.locks.downRead(mm);
      k.filemap.lockPage(page);
    }
    int done = 0;
    for (Vma vma = mm.first(); vma != null && done == 0 && area().count(entry) != 0; vma = vma.next) {
      done = vma.anonVma == null ? 0 : unuseVma(vma, entry, page);
    }
    k.locks.upRead(mm);
    return done;
  }

  /** {@link #unuseMm} of all processes, once each; 0 or -ENOMEM. */
  private int unuseMms(int entry, int page) {
    Set<Mm> mms = new LinkedHashSet<>();
    for (Task task : k.tasks()) {
      if (task.mm != null) {
        mms.add(task.mm);
      }
    }
    for (Mm mm : mms) {
      int done = unuseMm(mm, entry, page);
      if (done < 0) {
        return done;
      }
    }
    return 0;
  }

  /** {@code try_to_unuse()}: reads everything in; 0 or -ENOMEM. */
  private int tryToUnuse() {
    SwapInfo area = area();
    for (int entry = 1; entry <= area.pages(); entry++) {
      while (!area.isFree(entry)) {
        int page = k.swapState.readSwapCacheAsync(entry, null, 0);
        if (page == 0) {
          return -Err.ENOMEM;
        }
        k.filemap.lockPage(page);
        k.filemap.waitOnPageWriteback(page);
        int before = area.count(entry);
        boolean anywhere = k.rmap.pageAnonVma(page) == null;
        int error = unuse(entry, page);
        KernelBug.on(
            error == 0 && anywhere && before != 0 && area.count(entry) == before, "nobody has swap entry {}, which is in use", entry);
        k.filemap.unlockPage(page);
        k.swap.putPage(page);
        if (error != 0) {
          return error;
        }
      }
    }
    return 0;
  }

  /** One entry's part of {@code try_to_unuse()}: the page, locked and held, is read. */
  private int unuse(int entry, int page) {
    int error = k.shmem.shmemUnuse(entry, page);
    if (error == 0 && area().count(entry) != 0) {
      error = unuseMms(entry, page);
    }
    if (error != 0) {
      return error;
    }
    // References may be left that are not at this page's address: of pages that were merged. They read it anew.
    if (area().count(entry) != 0 && frames.has(page, PageFlag.DIRTY) && frames.has(page, PageFlag.SWAPCACHE)) {
      k.pageIo.swapWritepage(page);
      k.filemap.lockPage(page);
      k.filemap.waitOnPageWriteback(page);
    }
    if (frames.has(page, PageFlag.SWAPCACHE) && frames.privateOf(page) == entry) {
      k.swapState.deleteFromSwapCache(page);
    }
    frames.set(page, PageFlag.DIRTY);
    return 0;
  }
}
