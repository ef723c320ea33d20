package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmOperations;

/**
 * Faults since 8c6e50b0290c (3.15): a read fault maps the cached pages around it, too. Every file system here has {@code
 * map_pages}.
 */
class FaultsAround extends MemoryFaults {

  /** {@code fault_around_bytes}. */
  private static final long FAULT_AROUND_BYTES = 64 << 10;

  FaultsAround(Kernel k) {
    super(k);
  }

  @Override
  protected int doFault(Mm mm, Vma vma, VmOperations ops, long address, boolean write) {
    if (!write) {
      doFaultAround(mm, vma, address);
      if (mm.pageTable().get(address) != 0) {
        return VmOperations.FAULT_NOPAGE;
      }
    }
    return super.doFault(mm, vma, ops, address, write);
  }

  /** {@code do_fault_around()} with {@code filemap_map_pages()}: within the VMA and one page table. */
  private void doFaultAround(Mm mm, Vma vma, long address) {
    long start = Math.max(address & -FAULT_AROUND_BYTES, vma.start);
    long tableEnd = (address & PageTable.PMD_MASK) + PageTable.PMD_SIZE;
    long end = Math.min(start + FAULT_AROUND_BYTES, Math.min(vma.end, tableEnd));
    for (long at = start; at < end; at += PageTable.PAGE_SIZE) {
      if (mm.pageTable().get(at) == 0) {
        mapCached(mm, vma, at);
      }
    }
  }

  private void mapCached(Mm mm, Vma vma, long address) {
    int page = k.filemap.findGetPage(k.filemapFiles.mappingOf(vma), vma.pageIndex(address));
    if (page == 0) {
      return;
    }
    if (!frames.has(page, PageFlag.UPTODATE) || !k.filemap.trylockPage(page)) {
      k.swap.putPage(page);
      return;
    }
    boolean truncated = frames.mapping(page) != k.filemapFiles.mappingOf(vma).handle();
    if (truncated || isChanged(mm, address, 0)) {
      k.filemap.unlockPage(page);
      k.swap.putPage(page);
      return;
    }
    mm.filePages++;
    k.rmap.pageAddFileRmap(page);
    mm.pageTable().set(address, Pte.of(page, vma.pageProt));
    k.filemap.unlockPage(page);
  }
}
