package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AddressSpaceOperations;
import io.github.pageferry.sim.mm.FileOperations;
import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code mm/swap_state.c}: the swap cache, where an anonymous page is while it has a place in swap space and memory both.
 */
public class SwapState {

  protected final Kernel k;
  private final PageFrames frames;
  private @Nullable AddressSpace swapperSpace;

  protected SwapState(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code swap_aops}: pages move as those of shared memory do, without being written. */
  private final class SwapAops implements AddressSpaceOperations {

    @Override
    public boolean setPageDirty(int page) {
      return k.pageWriteback.setPageDirtyNobuffers(page);
    }

    @Override
    public boolean hasWritepage() {
      return true;
    }

    @Override
    public int writepage(int page) {
      return k.pageIo.swapWritepage(page);
    }

    @Override
    public boolean hasMigratepage() {
      return true;
    }

    @Override
    public int migratepage(AddressSpace mapping, int newpage, int page) {
      return k.migrate.migratePage(mapping, newpage, page);
    }

    @Override
    public int readpage(AddressSpace mapping, int page) {
      throw new KernelBug("no readpage");
    }

    @Override
    public int writeBegin(AddressSpace mapping, long index) {
      throw new KernelBug("no write_begin");
    }

    @Override
    public int writeEnd(AddressSpace mapping, int page) {
      throw new KernelBug("no write_end");
    }

    @Override
    public int writepages(AddressSpace mapping) {
      return 0;
    }
  }

  /** Swap space is no file that anybody could open. */
  private static final class NoFile implements FileOperations {

    @Override
    public void mmap(VmFile file, Vma vma) {
      throw new KernelBug("swapper_space is no file");
    }

    @Override
    public int fsync(VmFile file) {
      throw new KernelBug("swapper_space is no file");
    }

    @Override
    public void evictInode(Inode inode) {
      throw new KernelBug("swapper_space is no file");
    }
  }

  /** {@code swapper_space}. */
  public AddressSpace swapperSpace() {
    if (swapperSpace == null) {
      Inode none = new Inode(new NoFile(), null, null);
      none.references = 0;
      swapperSpace = k.mappings.allocSpace(none, new SwapAops(), false);
    }
    return swapperSpace;
  }

  /** {@code __add_to_swap_cache()}: of a locked page; the cache has a reference, the entry stands in {@code private}. */
  void addToSwapCache(int page, int entry) {
    KernelBug.on(frames.has(page, PageFlag.SWAPCACHE), "mm/swap_state.c: page {} is in the swap cache", page);
    frames.get(page);
    frames.set(page, PageFlag.SWAPCACHE);
    frames.privateOf(page, entry);
    swapperSpace().pageTree().put(entry, page);
    swapperSpace().nrpages++;
    k.incZonePageState(page, ZoneStat.NR_FILE_PAGES);
  }

  /** {@code __delete_from_swap_cache()}: the caller frees the entry and drops the cache's reference. */
  void removeFromSwapCache(int page) {
    KernelBug.on(!frames.has(page, PageFlag.SWAPCACHE), "mm/swap_state.c: page {} is not in the swap cache", page);
    KernelBug.on(frames.has(page, PageFlag.WRITEBACK), "mm/swap_state.c: page {} is under writeback", page);
    swapperSpace().pageTree().put(frames.privateOf(page), 0);
    swapperSpace().nrpages--;
    frames.privateOf(page, 0);
    frames.clear(page, PageFlag.SWAPCACHE);
    k.decZonePageState(page, ZoneStat.NR_FILE_PAGES);
  }

  /** {@code add_to_swap()}: gives a locked page a place in swap space; false where there is none. */
  boolean addToSwap(int page) {
    int entry = k.swapfile.getSwapPage();
    if (entry == 0) {
      return false;
    }
    addToSwapCache(page, entry);
    frames.set(page, PageFlag.DIRTY);
    return true;
  }

  /** {@code delete_from_swap_cache()}: of a locked page on which the caller has a reference. */
  void deleteFromSwapCache(int page) {
    int entry = frames.privateOf(page);
    removeFromSwapCache(page);
    k.swapfile.swapcacheFree(entry, page);
    k.swap.putPage(page);
  }

  /** {@code free_page_and_swap_cache()}: a page table entry has let go of the page. */
  void freePageAndSwapCache(int page) {
    if (frames.has(page, PageFlag.SWAPCACHE) && !frames.mapped(page) && k.filemap.trylockPage(page)) {
      k.swapfile.tryToFreeSwap(page);
      k.filemap.unlockPage(page);
    }
    k.swap.putPage(page);
  }

  /** {@code lookup_swap_cache()}: the cached page with a reference, 0 where there is none. */
  int lookupSwapCache(int entry) {
    return k.filemap.findGetPage(swapperSpace(), entry);
  }

  /**
   * {@code read_swap_cache_async()}: the cached page of an entry, read where it is not there; with a reference. What has just been
   * read belongs to no anon_vma yet.
   *
   * @param vma by whose policy, null for the task's
   * @return 0 where there is no memory, or nobody has the entry any longer
   */
  int readSwapCacheAsync(int entry, @Nullable Vma vma, long address) {
    return readSwapCache(entry, () -> k.mempolicy.allocPageVma(Gfp.HIGHUSER_MOVABLE, vma, address));
  }

  private int readSwapCache(int entry, IntSupplier alloc) {
    int page = lookupSwapCache(entry);
    if (page != 0) {
      return page;
    }
    page = alloc.getAsInt();
    if (page == 0) {
      return 0;
    }
    int error = k.swapfile.swapcachePrepare(entry);
    KernelBug.on(error == -Err.EEXIST, "mm/swap_state.c: swap entry {} is in the cache, but no page is", entry);
    if (error != 0) {
      k.swap.putPage(page);
      return 0;
    }
    frames.set(page, PageFlag.LOCKED | PageFlag.SWAPBACKED);
    addToSwapCache(page, entry);
    k.swap.lruCacheAddLru(page, Lru.INACTIVE_ANON);
    k.pageIo.swapReadpage(page);
    return page;
  }

  /** {@code swapin_readahead()}: as {@link #readSwapCacheAsync}, with the entries in use beside it, all by the same policy. */
  int swapinReadahead(int entry, @Nullable Vma vma, long address) {
    return swapin(entry, () -> k.mempolicy.allocPageVma(Gfp.HIGHUSER_MOVABLE, vma, address));
  }

  /**
   * As {@link #swapinReadahead}, for whom a VMA does not say where pages come from.
   *
   * @param alloc gives a page, or 0
   */
  int swapin(int entry, IntSupplier alloc) {
    int[] range = k.swapfile.validSwaphandles(entry);
    for (int near = range[0]; near < range[1]; near++) {
      int page = readSwapCache(near, alloc);
      if (page == 0) {
        break;
      }
      k.swap.putPage(page);
    }
    k.swap.lruAddDrain();
    return readSwapCache(entry, alloc);
  }
}
