package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AnonVma;
import io.github.pageferry.sim.mm.AnonVmaChain;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code mm/rmap.c}: from a page to the page table entries that map it. */
public class Rmap {

  /** {@code SWAP_SUCCESS} to {@code SWAP_MLOCK}. */
  static final int SWAP_SUCCESS = 0;
  static final int SWAP_AGAIN = 1;
  static final int SWAP_FAIL = 2;
  static final int SWAP_MLOCK = 3;

  /** {@code enum ttu_flags}. */
  static final int TTU_UNMAP = 0;
  static final int TTU_MIGRATION = 1;
  static final int TTU_MUNLOCK = 2;
  static final int TTU_ACTION_MASK = 0xff;
  static final int TTU_IGNORE_MLOCK = 1 << 8;
  static final int TTU_IGNORE_ACCESS = 1 << 9;
  /** {@code TTU_SPLIT_HUGE_PMD}. */
  static final int TTU_SPLIT_HUGE_PMD = 1 << 10;

  /** {@code -EFAULT} of {@code vma_address()}, which no address is. */
  static final long NO_ADDRESS = -1;

  /** What {@code rmap_walk()} does with each place where the page may be mapped; returns a {@code SWAP_*}. */
  @FunctionalInterface
  interface RmapOne {
    int visit(int page, Vma vma, long address, int argument);
  }

  protected final Kernel k;
  private final PageFrames frames;

  protected Rmap(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code anon_vma_prepare()}: gives the VMA an anon_vma, a neighbour's where that will do. */
  public void anonVmaPrepare(Vma vma) {
    if (vma.anonVma == null) {
      AnonVma anonVma = k.mmap.findMergeableAnonVma(vma);
      if (anonVma == null) {
        anonVma = k.mappings.allocAnonVma();
      }
      linkFirst(vma, anonVma);
    }
  }

  /** The end of {@code anon_vma_prepare()}: unless another fault of the same process was faster. */
  private void linkFirst(Vma vma, AnonVma anonVma) {
    k.locks.pass(anonVma, null);
    if (vma.anonVma == null) {
      vma.anonVma = anonVma;
      AnonVmaChain.link(vma, anonVma);
    } else if (anonVma.isEmpty()) {
      k.mappings.freeAnonVma(anonVma);
    }
  }

  /** {@code anon_vma_clone()}: links {@code to} to every anon_vma of {@code from}. */
  public void anonVmaClone(Vma to, Vma from) {
    for (AnonVmaChain link : from.anonVmaChain) {
      k.locks.pass(link.anonVma(), null);
      AnonVmaChain.link(to, link.anonVma());
    }
  }

  /** {@code anon_vma_fork()}: the child's VMA shares its parent's anon_vmas and gets one for its own pages. */
  public void anonVmaFork(Vma vma, Vma parent) {
    if (parent.anonVma == null) {
      return;
    }
    anonVmaClone(vma, parent);
    AnonVma anonVma = k.mappings.allocAnonVma();
    anonVma.root = parent.anonVma.root;
    anonVma.root.externalRefcount++;
    vma.anonVma = anonVma;
    k.locks.pass(anonVma, null);
    AnonVmaChain.link(vma, anonVma);
  }

  private void anonVmaUnlink(AnonVmaChain link) {
    AnonVma anonVma = link.anonVma();
    k.locks.pass(anonVma, null);
    link.unlink();
    if (anonVma.isEmpty() && anonVma.externalRefcount == 0) {
      if (anonVma.root != anonVma) {
        dropAnonVma(anonVma.root);
      }
      k.mappings.freeAnonVma(anonVma);
    }
  }

  /** {@code unlink_anon_vmas()}: the newest first, so that the root goes last. */
  public void unlinkAnonVmas(Vma vma) {
    List<AnonVmaChain> chain = vma.anonVmaChain;
    while (!chain.isEmpty()) {
      anonVmaUnlink(chain.remove(chain.size() - 1));
    }
  }

  /** {@code page_anon_vma()}: null where the page is not anonymous. */
  public @Nullable AnonVma pageAnonVma(int page) {
    return k.mappings.anonVma(frames.mapping(page));
  }

  /** {@code page_lock_anon_vma()}: null also where nothing maps the page, since its anon_vma may be gone then. */
  private @Nullable AnonVma pageLockAnonVma(int page) {
    return frames.mapped(page) ? pageAnonVma(page) : null;
  }

  /** {@code vma_address()}: where the VMA would have the page, {@link #NO_ADDRESS} where it does not reach it. */
  long vmaAddress(int page, Vma vma) {
    long offset = Integer.toUnsignedLong(frames.index(page) - (int) vma.pgoff);
    return offset < vma.pages() ? vma.start + (offset << PageTable.PAGE_SHIFT) : NO_ADDRESS;
  }

  /**
   * {@code page_address_in_vma()}: as {@link #vmaAddress}, for a VMA that may have nothing to do with the page. Of a transparent
   * huge page that begins before the VMA and reaches into it, the VMA's start (494334e43c16, 5.13 and 5.10.y).
   */
  long pageAddressInVma(int page, Vma vma) {
    if (frames.anon(page)) {
      AnonVma anonVma = pageAnonVma(page);
      if (vma.anonVma == null || anonVma == null || vma.anonVma.root != anonVma.root) {
        return NO_ADDRESS;
      }
    } else if (frames.mapping(page) == 0 || vma.mapping() != k.pageMapping(page)) {
      return NO_ADDRESS;
    }
    long address = vmaAddress(page, vma);
    boolean reachesIn = address == NO_ADDRESS
        && Integer.toUnsignedLong((int) vma.pgoff - frames.index(page)) < frames.nrPages(page);
    return reachesIn ? vma.start : address;
  }

  /** {@code page_check_address()}: the table whose entry of this address maps the page, null where it does not. */
  private long @Nullable [] pageCheckAddress(int page, Mm mm, long address) {
    k.locks.passPageTable();
    long[] table = mm.pageTable().find(address);
    if (table == null) {
      return null;
    }
    long pte = table[PageTable.slot(address)];
    return Pte.present(pte) && Pte.pfn(pte) == page && !Pte.special(pte) ? table : null;
  }

  private boolean pageMkcleanOne(int page, Vma vma, long address) {
    long[] table = pageCheckAddress(page, vma.mm, address);
    if (table == null) {
      return false;
    }
    long pte = table[PageTable.slot(address)];
    table[PageTable.slot(address)] = pte & ~(Pte.WRITE | Pte.DIRTY);
    return (pte & (Pte.WRITE | Pte.DIRTY)) != 0;
  }

  /** {@code page_mkclean()}: write-protects and cleans every shared mapping; returns whether one was dirty or writable. */
  public boolean pageMkclean(int page) {
    AddressSpace mapping = k.pageMapping(page);
    if (!frames.mapped(page) || mapping == null) {
      return false;
    }
    boolean any = false;
    k.locks.lock(mapping);
    for (Vma vma : mapping.mmap()) {
      if (vma.has(VmFlag.SHARED)) {
        long address = vmaAddress(page, vma);
        if (address != NO_ADDRESS) {
          any |= pageMkcleanOne(page, vma, address);
        }
      }
    }
    k.locks.unlock(mapping);
    return any;
  }

  /** {@code page_move_anon_rmap()}: a page that is now this process's alone moves to its own anon_vma. */
  public void pageMoveAnonRmap(int page, Vma vma) {
    int head = frames.compoundHead(page);
    for (int i = 0; i < frames.nrPages(head); i++) {
      frames.mapping(head + i, anonVmaOf(vma).handle());
    }
  }

  private static AnonVma anonVmaOf(Vma vma) {
    if (vma.anonVma == null) {
      throw new KernelBug("VMA " + vma + " has anonymous pages but no anon_vma");
    }
    return vma.anonVma;
  }

  /** {@code __page_set_anon_rmap()}: a page that others may map, too, belongs to the oldest anon_vma. */
  private void pageSetAnonRmap(int page, Vma vma, long address, boolean exclusive) {
    if (frames.anon(page)) {
      // Also of a page that was in the swap cache meanwhile: its anon_vma is of this VMA's family.
      return;
    }
    AnonVma anonVma = anonVmaOf(vma);
    frames.mapping(page, exclusive ? anonVma.handle() : anonVma.root.handle());
    frames.index(page, (int) vma.pageIndex(address));
  }

  /** {@code page_add_anon_rmap()}: one more mapping of an anonymous page. */
  public void pageAddAnonRmap(int page, Vma vma, long address) {
    doPageAddAnonRmap(page, vma, address, false);
  }

  /**
   * {@code do_page_add_anon_rmap()}: as {@link #pageAddAnonRmap}.
   *
   * @param exclusive whether the page is this process's alone
   */
  void doPageAddAnonRmap(int page, Vma vma, long address, boolean exclusive) {
    int mapcount = frames.mapcount(page);
    frames.mapcount(page, mapcount + 1);
    if (mapcount == 0) {
      k.incZonePageState(page, ZoneStat.NR_ANON_PAGES);
      if (!frames.ksm(page)) {
        pageSetAnonRmap(page, vma, address, exclusive);
      }
    }
  }

  /** {@code page_add_new_anon_rmap()}: the first mapping of a new page, which goes to a list with it. */
  public void pageAddNewAnonRmap(int page, Vma vma, long address) {
    frames.set(page, PageFlag.SWAPBACKED);
    for (int i = 0; i < frames.nrPages(page); i++) {
      frames.mapcount(page + i, 1);
      k.incZonePageState(page, ZoneStat.NR_ANON_PAGES);
      pageSetAnonRmap(page + i, vma, address + ((long) i << PageTable.PAGE_SHIFT), true);
    }
    if (k.vmscan.pageEvictable(page, vma)) {
      k.swap.lruCacheAddLru(page, Lru.ACTIVE_ANON);
    } else {
      k.swap.addPageToUnevictableList(page);
    }
  }

  /** {@code hugepage_add_new_anon_rmap()}: the first mapping of a new huge page. */
  void hugepageAddNewAnonRmap(int head, Vma vma, long address) {
    frames.mapcount(head, 1);
    pageSetAnonRmap(head, vma, address, true);
  }

  /** {@code page_add_file_rmap()}. */
  public void pageAddFileRmap(int page) {
    int mapcount = frames.mapcount(page);
    frames.mapcount(page, mapcount + 1);
    if (mapcount == 0) {
      k.incZonePageState(page, ZoneStat.NR_FILE_MAPPED);
    }
  }

  /** {@code page_dup_rmap()}: fork copies an entry. */
  public void pageDupRmap(int page) {
    frames.mapcount(page, frames.mapcount(page) + 1);
  }

  /** {@code page_remove_rmap()}: one mapping less. */
  public void pageRemoveRmap(int page) {
    int mapcount = frames.mapcount(page) - 1;
    KernelBug.on(mapcount < 0, "page_remove_rmap() of unmapped page {}", page);
    frames.mapcount(page, mapcount);
    if (mapcount == 0) {
      if (frames.anon(page)) {
        k.memcontrol.unchargePage(page);
      }
      k.decZonePageState(page, frames.anon(page) ? ZoneStat.NR_ANON_PAGES : ZoneStat.NR_FILE_MAPPED);
    }
  }

  /** {@code page_referenced()}'s answer for a page that is locked into memory. */
  static final int LOCKED_IN_MEMORY = -1;

  private final RmapOne pageReferencedOne = this::pageReferencedOne;
  private int referenced;

  /** {@code page_referenced_one()}: takes the accessed bit of one entry. */
  private int pageReferencedOne(int page, Vma vma, long address, int argument) {
    long[] table = pageCheckAddress(page, vma.mm, address);
    if (table == null) {
      return SWAP_AGAIN;
    }
    if (vma.has(VmFlag.LOCKED)) {
      referenced = LOCKED_IN_MEMORY;
      return SWAP_MLOCK;
    }
    int slot = PageTable.slot(address);
    if (Pte.young(table[slot])) {
      table[slot] &= ~Pte.ACCESSED;
      referenced++;
    }
    return SWAP_AGAIN;
  }

  /** {@code page_referenced()}: how many entries of a locked page were used since the last time, {@link #LOCKED_IN_MEMORY}. */
  int pageReferenced(int page) {
    referenced = 0;
    if (frames.mapped(page)) {
      rmapWalk(page, pageReferencedOne, 0);
    }
    return referenced;
  }

  /** {@code page_remove_rmap(head, true)}: an entry less that maps a transparent huge page as a whole. */
  void folioRemoveRmapPmd(int head) {
    for (int i = 0; i < PageFrames.HUGE_FRAMES; i++) {
      pageRemoveRmap(head + i);
    }
  }

  /** {@code PageAnonExclusive()}, since 78fbe906cc90 (5.19). */
  boolean isAnonExclusive(int page) {
    return false;
  }

  /** {@code page_try_share_anon_rmap()}, since 6c287605fd56 (5.19): the page is no process's alone any more. */
  void shareAnon(int page) {}

  /** {@code make_migration_entry()} for an entry that maps the page. */
  protected long migrationEntry(int page, long pte) {
    return Pte.migration(page, Pte.write(pte));
  }

  /** What a migration entry that lets a process write becomes where {@code mprotect(2)} comes upon it. */
  long protectedMigrationEntry(int page) {
    return Pte.migration(page, false);
  }

  /** {@code try_to_unmap_one()}: takes the page out of one page table, a migration entry in its place. */
  protected int tryToUnmapOne(int page, Vma vma, long address, int flags) {
    if ((flags & TTU_SPLIT_HUGE_PMD) != 0) {
      k.hugeMemory.splitHugePmd(vma, address);
    }
    long[] table = pageCheckAddress(page, vma.mm, address);
    if (table == null && !k.hugeMemory.isMapping(page, vma, address)) {
      return SWAP_AGAIN;
    }
    if ((flags & TTU_IGNORE_MLOCK) == 0) {
      if (vma.has(VmFlag.LOCKED)) {
        return keepMlocked(frames.compoundHead(page), vma);
      }
      if ((flags & TTU_ACTION_MASK) == TTU_MUNLOCK) {
        return SWAP_AGAIN;
      }
    }
    if (table == null) {
      k.hugeMemory.setPmdMigrationEntry(page, vma, address);
      return SWAP_AGAIN;
    }
    return unmapPte(page, vma, table, PageTable.slot(address), flags);
  }

  /** {@code try_to_unmap_one()} once the entry has been found. */
  private int unmapPte(int page, Vma vma, long[] table, int slot, int flags) {
    long pte = table[slot];
    if ((flags & TTU_IGNORE_ACCESS) == 0 && Pte.young(pte)) {
      table[slot] = pte & ~Pte.ACCESSED;
      return SWAP_FAIL;
    }
    boolean inSwapCache = frames.anon(page) && frames.has(page, PageFlag.SWAPCACHE);
    if (inSwapCache && k.swapfile.swapDuplicate(frames.privateOf(page)) != 0) {
      return SWAP_FAIL;
    }
    table[slot] = 0;
    if (Pte.dirty(pte)) {
      k.pageWriteback.setPageDirty(frames.compoundHead(page));
    }
    boolean migration = (flags & TTU_ACTION_MASK) == TTU_MIGRATION;
    if (inSwapCache) {
      // Even in a migration: whoever needs the page finds it through the swap cache.
      vma.mm.anonPages--;
      vma.mm.swapEntries++;
      table[slot] = Pte.swap(0, frames.privateOf(page));
    } else if (migration) {
      table[slot] = migrationEntry(page, pte);
      if (k.sched != null) {
        // Only then can others come upon the entry.
        k.defects.onTheMove(page, frames.anon(page));
      }
    } else {
      KernelBug.on(frames.anon(page), "mm/rmap.c: anonymous page {} unmapped without a swap entry", page);
      vma.mm.filePages--;
    }
    pageRemoveRmap(page);
    k.swap.putPage(page);
    return SWAP_AGAIN;
  }

  /** {@code out_mlock}: whether the VMA is locked is certain only with its {@code mmap_sem}, for which nobody waits here. */
  private int keepMlocked(int page, Vma vma) {
    int result = SWAP_AGAIN;
    if (k.locks.downReadTrylock(vma.mm)) {
      if (vma.has(VmFlag.LOCKED)) {
        k.mlock.mlockVmaPage(page);
        result = SWAP_MLOCK;
      }
      k.locks.upRead(vma.mm);
    }
    return result;
  }

  private int tryToUnmapAnon(int page, int flags) {
    AnonVma anonVma = pageLockAnonVma(page);
    if (anonVma == null) {
      return SWAP_AGAIN;
    }
    k.locks.lock(anonVma);
    int result = unmapAnon(page, anonVma, flags);
    k.locks.unlock(anonVma);
    return result;
  }

  private int unmapAnon(int page, AnonVma anonVma, int flags) {
    int result = SWAP_AGAIN;
    int pages = frames.nrPages(page);
    for (AnonVmaChain link = anonVma.first(); link != null; link = link.next()) {
      for (int i = 0; i < pages && result == SWAP_AGAIN; i++) {
        long address = vmaAddress(page + i, link.vma());
        if (address != NO_ADDRESS) {
          result = tryToUnmapOne(page + i, link.vma(), address, flags);
        }
      }
      if (result != SWAP_AGAIN || !frames.mapped(page)) {
        break;
      }
    }
    return result;
  }

  private int tryToUnmapFile(int page, int flags) {
    AddressSpace mapping = k.pageMapping(page);
    int result = SWAP_AGAIN;
    if (mapping == null) {
      return result;
    }
    k.locks.lock(mapping);
    List<Vma> vmas = mapping.mmap();
    for (int i = 0; i < vmas.size(); i++) {
      long address = vmaAddress(page, vmas.get(i));
      if (address == NO_ADDRESS) {
        continue;
      }
      result = tryToUnmapOne(page, vmas.get(i), address, flags);
      if (result != SWAP_AGAIN || !frames.mapped(page)) {
        break;
      }
    }
    k.locks.unlock(mapping);
    return result;
  }

  /**
   * {@code try_to_unmap()}: takes a locked page out of all page tables.
   *
   * @param flags bits of {@code TTU_*}
   * @return a {@code SWAP_*}
   */
  public int tryToUnmap(int page, int flags) {
    KernelBug.on(!frames.has(page, PageFlag.LOCKED), "try_to_unmap() of unlocked page {}", page);
    int result = frames.ksm(page) ? k.ksm.rmapWalkKsm(page, this::tryToUnmapOne, flags)
        : frames.anon(page) ? tryToUnmapAnon(page, flags) : tryToUnmapFile(page, flags);
    return result != SWAP_MLOCK && !frames.mapped(page) ? SWAP_SUCCESS : result;
  }

  /** {@code try_to_munlock()}: marks the page as mlocked again where another VMA still locks it. */
  public int tryToMunlock(int page) {
    if (frames.ksm(page)) {
      return k.ksm.rmapWalkKsm(page, this::tryToUnmapOne, TTU_MUNLOCK);
    }
    return frames.anon(page) ? tryToUnmapAnon(page, TTU_MUNLOCK) : tryToUnmapFile(page, TTU_MUNLOCK);
  }

  /** {@code get_anon_vma()}. */
  public void getAnonVma(AnonVma anonVma) {
    anonVma.externalRefcount++;
  }

  /** {@code drop_anon_vma()}. */
  public void dropAnonVma(AnonVma anonVma) {
    KernelBug.on(anonVma.externalRefcount <= 0, "drop_anon_vma() without a reference");
    if (--anonVma.externalRefcount == 0 && anonVma.isEmpty()) {
      if (anonVma.root != anonVma) {
        dropAnonVma(anonVma.root);
      }
      k.mappings.freeAnonVma(anonVma);
    }
  }

  private int rmapWalkAnon(int page, RmapOne one, int argument) {
    AnonVma anonVma = pageAnonVma(page);
    if (anonVma == null) {
      throw new KernelBug("mm/rmap.c: the anon_vma of page " + page + " has been freed");
    }
    int result = SWAP_AGAIN;
    k.locks.lock(anonVma);
    int pages = frames.nrPages(page);
    for (AnonVmaChain link = anonVma.first(); link != null && result == SWAP_AGAIN; link = link.next()) {
      for (int i = 0; i < pages && result == SWAP_AGAIN; i++) {
        long address = vmaAddress(page + i, link.vma());
        if (address != NO_ADDRESS) {
          result = one.visit(page + i, link.vma(), address, argument + i);
        }
      }
    }
    k.locks.unlock(anonVma);
    return result;
  }

  private int rmapWalkFile(int page, RmapOne one, int argument) {
    AddressSpace mapping = k.pageMapping(page);
    int result = SWAP_AGAIN;
    if (mapping == null) {
      return result;
    }
    k.locks.lock(mapping);
    List<Vma> vmas = mapping.mmap();
    for (int i = 0; i < vmas.size(); i++) {
      long address = vmaAddress(page, vmas.get(i));
      if (address == NO_ADDRESS) {
        continue;
      }
      result = one.visit(page, vmas.get(i), address, argument);
      if (result != SWAP_AGAIN) {
        break;
      }
    }
    k.locks.unlock(mapping);
    return result;
  }

  /**
   * {@code rmap_walk()}: visits every place where the page may be mapped, mapped there or not.
   *
   * @param argument for {@code one}; for the i-th base page of a transparent huge page, i more
   */
  int rmapWalk(int page, RmapOne one, int argument) {
    KernelBug.on(!frames.has(page, PageFlag.LOCKED), "rmap_walk() of unlocked page {}", page);
    if (frames.ksm(page)) {
      return k.ksm.rmapWalkKsm(page, one, argument);
    }
    return frames.anon(page) ? rmapWalkAnon(page, one, argument) : rmapWalkFile(page, one, argument);
  }
}
