package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTree;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.VmOperations;

/** {@code mm/filemap.c}, what files that are cached pages share: faults, {@code write(2)}, and writing back. */
public class FilemapFiles {

  protected final Kernel k;
  private final PageFrames frames;
  private final VmOperations genericFileVmOps = new GenericFileVmOps();

  protected FilemapFiles(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code generic_file_vm_ops}. */
  private final class GenericFileVmOps implements VmOperations {

    @Override
    public int fault(Vma vma, Fault fault) {
      return filemapFault(vma, fault);
    }
  }

  /** {@code generic_file_vm_ops}. */
  VmOperations genericFileVmOps() {
    return genericFileVmOps;
  }

  /** {@code vma->vm_file->f_mapping} of a VMA that has a file. */
  AddressSpace mappingOf(Vma vma) {
    AddressSpace mapping = vma.mapping();
    if (mapping == null) {
      throw new KernelBug("VMA " + vma + " maps no file");
    }
    return mapping;
  }

  /** {@code page_cache_read()}: a page that is not cached is made and read; 0 or an errno negated. */
  private int pageCacheRead(AddressSpace mapping, long index) {
    int page = k.mempolicy.allocPagesCurrent(Gfp.HIGHUSER_MOVABLE);
    if (page == 0) {
      return -Err.ENOMEM;
    }
    int error = k.filemap.addToPageCacheLru(page, mapping, index);
    if (error == 0) {
      error = mapping.ops().readpage(mapping, page);
    }
    k.swap.putPage(page);
    return error == -Err.EEXIST ? 0 : error;
  }

  /** {@code filemap_fault()}: the cached page, locked; read where it is not there. There is no read-ahead. */
  int filemapFault(Vma vma, VmOperations.Fault fault) {
    AddressSpace mapping = mappingOf(vma);
    if (fault.pgoff >= mapping.host().pages) {
      return VmOperations.FAULT_SIGBUS;
    }
    int page = k.filemap.findLockPage(mapping, fault.pgoff);
    while (page == 0) {
      int error = pageCacheRead(mapping, fault.pgoff);
      if (error != 0) {
        return error == -Err.ENOMEM ? VmOperations.FAULT_OOM : VmOperations.FAULT_SIGBUS;
      }
      page = k.filemap.findLockPage(mapping, fault.pgoff);
    }
    // The size is certain only with the page's lock.
    if (!frames.has(page, PageFlag.UPTODATE) || fault.pgoff >= mapping.host().pages) {
      k.filemap.unlockPage(page);
      k.swap.putPage(page);
      return VmOperations.FAULT_SIGBUS;
    }
    fault.page = page;
    return VmOperations.FAULT_LOCKED;
  }

  /** {@code grab_cache_page_write_begin()}: the cached page, or a new one, locked and with a reference; 0: no memory. */
  int grabCachePageWriteBegin(AddressSpace mapping, long index) {
    while (true) {
      int page = k.filemap.findLockPage(mapping, index);
      if (page != 0) {
        return page;
      }
      page = k.mempolicy.allocPagesCurrent(Gfp.HIGHUSER_MOVABLE);
      int error = page == 0 ? 0 : k.filemap.addToPageCacheLru(page, mapping, index);
      if (error == 0) {
        return page;
      }
      k.swap.putPage(page);
      if (error != -Err.EEXIST) {
        return 0;
      }
      // Somebody was faster.
    }
  }

  /** {@code i_size_write()} where a write has made the file longer. */
  void iSizeWrite(AddressSpace mapping, int page) {
    mapping.host().pages = Math.max(mapping.host().pages, k.pageIndex(page) + 1);
  }

  /** {@code generic_perform_write()} of one whole page, filled with a pattern; 0 or an errno negated. */
  public int genericPerformWrite(VmFile file, long index, long pattern) {
    AddressSpace mapping = file.mapping();
    int page = mapping.ops().writeBegin(mapping, index);
    if (page < 0) {
      return page;
    }
    frames.content(page, pattern);
    k.swap.markPageAccessed(page);
    return mapping.ops().writeEnd(mapping, page);
  }

  /** {@code filemap_fdatawait_range()} of the whole file. */
  private int filemapFdatawait(AddressSpace mapping) {
    int error = 0;
    for (long index = mapping.pageTree().nextTagged(0, PageTree.TAG_WRITEBACK);
        index >= 0;
        index = mapping.pageTree().nextTagged(index + 1, PageTree.TAG_WRITEBACK)) {
      int page = k.filemap.findGetPage(mapping, index);
      if (page == 0) {
        continue;
      }
      k.filemap.waitOnPageWriteback(page);
      error = frames.has(page, PageFlag.ERROR) ? -Err.EIO : error;
      k.swap.putPage(page);
    }
    if (mapping.error != 0) {
      error = mapping.error;
      mapping.error = 0;
    }
    return error;
  }

  /** {@code filemap_write_and_wait_range()} of the whole file; 0 or an errno negated. */
  public int filemapWriteAndWait(AddressSpace mapping) {
    if (mapping.nrpages == 0) {
      return 0;
    }
    int error = mapping.accountDirty ? mapping.ops().writepages(mapping) : 0;
    if (error == -Err.EIO) {
      return error;
    }
    int waited = filemapFdatawait(mapping);
    return error != 0 ? error : waited;
  }
}
