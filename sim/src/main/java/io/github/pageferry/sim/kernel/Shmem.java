package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AddressSpaceOperations;
import io.github.pageferry.sim.mm.FileOperations;
import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.SharedPolicy;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.VmOperations;
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

  /** {@code shmem_getpage()}: the page at an index, made where it is not there; locked, with a reference; 0: no memory. */
  private int shmemGetpage(AddressSpace mapping, long index) {
    int page = k.filemap.findLockPage(mapping, index);
    if (page != 0) {
      return page;
    }
    long number = k.profile.shmemInterleavesByInode() ? index + mapping.host().ino : index;
    page = k.mempolicy.allocPageAt(Gfp.HIGHUSER_MOVABLE, policyOf(mapping).lookup(index), number);
    if (page != 0) {
      frames.set(page, PageFlag.SWAPBACKED);
      k.filemap.addToPageCacheLru(page, mapping, index);
      frames.content(page, 0);
      frames.set(page, PageFlag.UPTODATE);
    }
    return page;
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

  /** {@code shmem_evict_inode()}. */
  @Override
  public void evictInode(Inode inode) {
    k.truncate.truncateInodePages(inode.mapping());
  }
}
