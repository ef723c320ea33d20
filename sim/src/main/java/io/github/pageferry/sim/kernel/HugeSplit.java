package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AnonVma;
import io.github.pageferry.sim.mm.AnonVmaChain;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code mm/huge_memory.c}, its second half: who maps a transparent huge page, and {@code split_huge_page()}. */
class HugeSplit {

  private static final int PAGES = PageFrames.HUGE_FRAMES;

  /** The flags that {@code __split_huge_page_tail()} copies. */
  private static final int COPIED = PageFlag.REFERENCED | PageFlag.SWAPBACKED | PageFlag.MLOCKED | PageFlag.UPTODATE
      | PageFlag.ACTIVE | PageFlag.LOCKED | PageFlag.UNEVICTABLE | PageFlag.DIRTY;

  private final Kernel k;
  private final PageFrames frames;
  private final Rmap.RmapOne remapOne = this::remapOne;

  HugeSplit(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /**
   * The entries that map a huge page.
   *
   * @param pmds those that map it as a whole
   * @param ptes those that map one of its base pages
   * @param mms how many address spaces they are in
   */
  private record Entries(int pmds, int ptes, int mms) {

    /** {@code folio_mapcount()}. */
    int count() {
      return pmds + ptes;
    }
  }

  private Entries entries(int head) {
    int pmds = 0;
    int ptes = 0;
    Set<Mm> mms = Collections.newSetFromMap(new IdentityHashMap<>());
    AnonVma anonVma = k.rmap.pageAnonVma(head);
    for (AnonVmaChain link = anonVma == null ? null : anonVma.first(); link != null; link = link.next()) {
      Vma vma = link.vma();
      int seen = pmds + ptes;
      for (int i = 0; i < PAGES; i++) {
        long address = k.rmap.vmaAddress(head + i, vma);
        if (address == Rmap.NO_ADDRESS) {
          continue;
        }
        if (k.hugeMemory.isMapping(head + i, vma, address)) {
          pmds++;
          break;
        }
        long[] table = vma.mm.pageTable().find(address);
        long pte = table == null ? 0 : table[PageTable.slot(address)];
        if (Pte.present(pte) && !Pte.special(pte) && Pte.pfn(pte) == head + i) {
          ptes++;
        }
      }
      if (pmds + ptes > seen) {
        mms.add(vma.mm);
      }
    }
    return new Entries(pmds, ptes, mms.size());
  }

  /** {@code folio_likely_mapped_shared()} and what follows it. */
  boolean isShared(int head) {
    Entries entries = entries(head);
    if (entries.count() <= 1) {
      return false;
    }
    if (k.profile.huge().sharing() == HugeProfile.Sharing.OF_PROCESSES) {
      return entries.mms() > 1;
    }
    return entries.pmds() > 0 || entries.ptes() > PAGES || frames.mapcount(head) > 1;
  }

  /** {@code __wp_can_reuse_large_anon_folio()}. */
  boolean isOneProcesses(int head) {
    Entries entries = entries(head);
    return entries.count() > 1 && entries.mms() == 1 && entries.count() == frames.count(head);
  }

  /**
   * {@code split_huge_page_to_list()}.
   *
   * @param page any of the base pages; the huge page is locked, and the caller has one reference. Both are the base page's
   *     afterwards.
   * @param list where the pages go, each isolated; null to leave them on the LRU lists
   * @return 0, or -EAGAIN where somebody else holds the page
   */
  int splitHugePage(int page, @Nullable PageList list) {
    int head = frames.compoundHead(page);
    AnonVma anonVma = k.rmap.pageAnonVma(head);
    if (anonVma == null) {
      return -Err.EBUSY;
    }
    if (frames.count(head) != entries(head).count() + 1) {
      return -Err.EAGAIN;
    }
    k.rmap.getAnonVma(anonVma);
    k.rmap.tryToUnmap(head, Rmap.TTU_MIGRATION | Rmap.TTU_IGNORE_MLOCK | Rmap.TTU_IGNORE_ACCESS | Rmap.TTU_SPLIT_HUGE_PMD);
    KernelBug.on(frames.count(head) != 1, "huge page {} is still referred to", head);
    for (int i = PAGES - 1; i > 0; i--) {
      splitTail(head, head + i, list);
    }
    frames.clear(head, PageFlag.HEAD | PageFlag.PARTIALLY_MAPPED);
    for (int i = 0; i < PAGES; i++) {
      k.rmap.rmapWalk(head + i, remapOne, head + i);
    }
    k.rmap.dropAnonVma(anonVma);
    for (int i = 0; i < PAGES; i++) {
      if (head + i != page) {
        k.filemap.unlockPage(head + i);
        k.swap.putPage(head + i);
      }
    }
    return 0;
  }

  /**
   * {@code try_split_folio()}: splits an isolated huge page that cannot be moved as a whole.
   *
   * @param from the list that it is on
   * @param parts where its base pages go
   * @return whether it could be split
   */
  boolean trySplitFolio(int head, PageList from, PageList parts) {
    if (!k.filemap.trylockPage(head)) {
      return false;
    }
    boolean done = splitHugePage(head, parts) == 0;
    k.filemap.unlockPage(head);
    if (done && from != parts) {
      from.remove(head);
      parts.addLast(head);
    }
    return done;
  }

  /** {@code __split_huge_page_tail()}: a base page becomes a page like any other, locked and with a reference. */
  private void splitTail(int head, int tail, @Nullable PageList list) {
    frames.flags(tail, frames.flags(head) & COPIED);
    frames.count(tail, 1);
    if (frames.has(tail, PageFlag.MLOCKED)) {
      k.incZonePageState(tail, ZoneStat.NR_MLOCK);
    }
    if (list != null) {
      frames.get(tail);
      list.addLast(tail);
      k.incZonePageState(tail, k.swap.isolatedStat(tail));
    } else if (frames.has(head, PageFlag.LRU)) {
      frames.set(tail, PageFlag.LRU);
      k.swap.addPageToLruList(k.zone(tail), tail, k.swap.pageLru(tail));
    }
  }

  /** {@code remap_page()} of one entry; a page that a locked mapping has again is locked. */
  private int remapOne(int page, Vma vma, long address, int old) {
    if (mapUnusedToZeropage(page, vma, address)) {
      return Rmap.SWAP_AGAIN;
    }
    int before = frames.mapcount(page);
    int result = k.migrate.removeMigrationPte(page, vma, address, old);
    if (frames.mapcount(page) > before && vma.has(VmFlag.LOCKED)) {
      k.mlock.mlockVmaPage(page);
    }
    return result;
  }

  /** {@code try_to_map_unused_to_zeropage()}. */
  private boolean mapUnusedToZeropage(int page, Vma vma, long address) {
    long[] table = vma.mm.pageTable().find(address);
    long entry = table == null ? 0 : table[PageTable.slot(address)];
    if (!k.profile.huge().splitMapsZeroPage() || !Pte.isMigration(entry) || Pte.migrationPage(entry) != page
        || frames.has(page, PageFlag.MLOCKED) || vma.has(VmFlag.LOCKED) || frames.content(page) != 0) {
      return false;
    }
    table[PageTable.slot(address)] = Pte.of(PageFrames.ZERO_PAGE, vma.pageProt) | Pte.SPECIAL;
    vma.mm.anonPages--;
    return true;
  }
}
