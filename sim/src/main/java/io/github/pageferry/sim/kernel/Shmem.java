package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AddressSpaceOperations;
import io.github.pageferry.sim.mm.FileOperations;
import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.SharedPolicy;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.VmOperations;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code mm/shmem.c}: tmpfs and shared anonymous memory. */
public class Shmem implements FileOperations {

  protected final Kernel k;
  private final PageFrames frames;
  private final AddressSpaceOperations aops = new ShmemAops();
  private final VmOperations vmOps = new ShmemVmOps();
  /** Real kernels hand out numbers of shared memory's files by CPU and mount: which one a file gets is not defined. */
  private long nextIno = 2;

  protected Shmem(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code shmem_aops}. */
  private final class ShmemAops implements AddressSpaceOperations {

    @Override
    public boolean setPageDirty(int page) {
      return k.pageWriteback.setPageDirtyNoWriteback(page);
    }

    /** {@code shmem_readpage()}. */
    @Override
    public int readpage(AddressSpace mapping, int page) {
      frames.content(page, 0);
      frames.set(page, PageFlag.UPTODATE);
      k.filemap.unlockPage(page);
      return 0;
    }

    /** {@code shmem_write_begin()}. */
    @Override
    public int writeBegin(AddressSpace mapping, long index) {
      int page = shmemGetpage(mapping, index);
      return page == 0 ? -Err.ENOMEM : page;
    }

    /** {@code shmem_write_end()}. */
    @Override
    public int writeEnd(AddressSpace mapping, int page) {
      k.filemapFiles.iSizeWrite(mapping, page);
      k.filemap.unlockPage(page);
      k.pageWriteback.setPageDirty(page);
      k.swap.putPage(page);
      return 0;
    }

    @Override
    public int writepages(AddressSpace mapping) {
      return 0;
    }

    @Override
    public boolean hasWritepage() {
      return true;
    }

    @Override
    public int writepage(int page) {
      return shmemWritepage(page);
    }

    @Override
    public boolean hasMigratepage() {
      return true;
    }

    @Override
    public int migratepage(AddressSpace mapping, int newpage, int page) {
      return k.migrate.migratePage(mapping, newpage, page);
    }
  }

  /** {@code shmem_vm_ops}. */
  private final class ShmemVmOps implements VmOperations {

    /** {@code shmem_fault()}. */
    @Override
    public int fault(Vma vma, Fault fault) {
      AddressSpace mapping = mappingOf(vma);
      if (fault.pgoff >= mapping.host().pages) {
        return FAULT_SIGBUS;
      }
      fault.page = shmemGetpage(mapping, fault.pgoff);
      if (fault.page != 0 && fault.pgoff >= mapping.host().pages) {
        // Truncated meanwhile.
        k.filemap.unlockPage(fault.page);
        k.swap.putPage(fault.page);
        return FAULT_SIGBUS;
      }
      return fault.page == 0 ? FAULT_OOM : FAULT_LOCKED;
    }

    @Override
    public boolean hasPolicy() {
      return true;
    }

    /** {@code shmem_set_policy()}: the file keeps it, for everyone who maps these pages. */
    @Override
    public int setPolicy(Vma vma, @Nullable Policy policy) {
      policyOf(mappingOf(vma)).set(vma.pgoff, vma.pgoff + vma.pages(), policy);
      return 0;
    }

    /** {@code shmem_get_policy()}. */
    @Override
    public @Nullable Policy getPolicy(Vma vma, long address) {
      return policyOf(mappingOf(vma)).lookup(vma.pageIndex(address));
    }
  }

  private static AddressSpace mappingOf(Vma vma) {
    AddressSpace mapping = vma.mapping();
    if (mapping == null) {
      throw new IllegalStateException("VMA " + vma + " maps no file");
    }
    return mapping;
  }

  private static SharedPolicy policyOf(AddressSpace mapping) {
    SharedPolicy policy = mapping.host().sharedPolicy();
    if (policy == null) {
      throw new IllegalStateException("a file of shared memory has policies");
    }
    return policy;
  }

  /**
   * {@code shmem_writepage()}, for reclaim, which alone calls it: the page goes from its file into the swap cache. Where there is no
   * swap space it stays.
   */
  private int shmemWritepage(int page) {
    AddressSpace mapping = k.mappings.space(frames.mapping(page));
    int entry = mapping == null ? 0 : k.swapfile.getSwapPage();
    if (entry == 0) {
      k.pageWriteback.setPageDirty(page);
      return AddressSpaceOperations.AOP_WRITEPAGE_ACTIVATE;
    }
    long index = Integer.toUnsignedLong(frames.index(page));
    k.swapState.addToSwapCache(page, entry);
    k.filemap.removeFromPageCache(page);
    mapping.host().swapped().put(index, entry);
    k.swapfile.swapShmemAlloc(entry);
    KernelBug.on(frames.mapped(page), "mm/shmem.c: page {} goes to swap and is mapped", page);
    k.swap.putPage(page);
    return writeToSwap(page);
  }

  /** The end of {@code shmem_writepage()}: the page, locked and in the swap cache, is written. */
  protected int writeToSwap(int page) {
    k.pageIo.swapWritepage(page);
    return 0;
  }

  /** {@code shmem_unuse()}: takes a page, locked and cached under the entry, back where a file has it there; 0 or -ENOMEM. */
  int shmemUnuse(int entry, int page) {
    for (AddressSpace mapping : k.mappings.spaces()) {
      for (Map.Entry<Long, Integer> at : mapping.host().swapped().entrySet()) {
        if (at.getValue() == entry) {
          return fromSwap(mapping, at.getKey(), entry, page);
        }
      }
    }
    return 0;
  }

  /** From the swap cache back into the file: 0, or an errno negated with the page where it was. */
  private int fromSwap(AddressSpace mapping, long index, int entry, int page) {
    int error = k.filemap.addToPageCacheLocked(page, mapping, index);
    if (error == 0) {
      mapping.host().swapped().remove(index);
      k.swapState.deleteFromSwapCache(page);
      k.pageWriteback.setPageDirty(page);
      k.swapfile.swapFree(entry);
    }
    return error;
  }

  private int shmemAllocPage(AddressSpace mapping, long index) {
    long number = k.profile.shmemInterleavesByInode() ? index + mapping.host().ino : index;
    return k.mempolicy.allocPageAt(Gfp.HIGHUSER_MOVABLE, policyOf(mapping).lookup(index), number);
  }

  /** {@code shmem_swapin()} and what follows it: the page of an entry, locked, with a reference, in the file again; or 0. */
  private int getSwapped(AddressSpace mapping, long index, int entry) {
    int page = k.swapState.lookupSwapCache(entry);
    if (page == 0) {
      page = k.swapState.swapin(entry, () -> shmemAllocPage(mapping, index));
    }
    if (page == 0) {
      return 0;
    }
    k.filemap.lockPage(page);
    k.filemap.waitOnPageWriteback(page);
    if (fromSwap(mapping, index, entry, page) != 0) {
      k.filemap.unlockPage(page);
      k.swap.putPage(page);
      return 0;
    }
    return page;
  }

  /** {@code shmem_getpage()}: the page at an index, made where it is not there; locked, with a reference; 0: no memory. */
  private int shmemGetpage(AddressSpace mapping, long index) {
    while (true) {
      int page = k.filemap.findLockPage(mapping, index);
      if (page != 0) {
        return page;
      }
      Integer entry = mapping.host().swapped().get(index);
      if (entry != null) {
        return getSwapped(mapping, index, entry);
      }
      page = shmemAllocPage(mapping, index);
      if (page == 0) {
        return 0;
      }
      frames.set(page, PageFlag.SWAPBACKED);
      int error = k.filemap.addToPageCacheLru(page, mapping, index);
      if (error == 0) {
        frames.content(page, 0);
        frames.set(page, PageFlag.UPTODATE);
        return page;
      }
      k.swap.putPage(page);
      if (error != -Err.EEXIST) {
        return 0;
      }
      // Somebody was faster.
    }
  }

  /** {@code shmem_file_setup()} and {@code shmem_create()}: an empty file of so many pages; one reference is the caller's. */
  public VmFile newFile(long pages) {
    Inode inode = new Inode(this, null, new SharedPolicy());
    inode.pages = pages;
    inode.ino = nextIno++;
    k.mappings.allocSpace(inode, aops, false);
    return new VmFile(inode);
  }

  /** {@code shmem_mmap()}. */
  @Override
  public void mmap(VmFile file, Vma vma) {
    vma.ops = vmOps;
  }

  /** {@code noop_fsync()}. */
  @Override
  public int fsync(VmFile file) {
    return 0;
  }

  /** {@code shmem_evict_inode()} with {@code shmem_truncate_range()}: what is in swap space goes, too. */
  @Override
  public void evictInode(Inode inode) {
    k.truncate.truncateInodePages(inode.mapping());
    inode.swapped().values().forEach(k.swapfile::freeSwapAndCache);
    inode.swapped().clear();
  }
}
