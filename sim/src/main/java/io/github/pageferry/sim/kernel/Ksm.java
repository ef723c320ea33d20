package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AnonVma;
import io.github.pageferry.sim.mm.AnonVmaChain;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.KernelLock;
import io.github.pageferry.sim.mm.KsmRmapItem;
import io.github.pageferry.sim.mm.KsmStableNode;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Scheduler;
import io.github.pageferry.sim.mm.Task;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code mm/ksm.c}: pages of equal content become one, read-only for all. {@code ksmd} goes over all mergeable memory again and
 * again: a page is compared with the merged ones (the stable tree) and, once it has stayed the same for a round, with
 * those seen in this round (the unstable tree). The later of two equal pages is the one that both map from then on.
 */
public class Ksm {

  /** What {@code ksm_madvise()} passes over. */
  private static final long NEVER = VmFlag.MERGEABLE | VmFlag.SHARED | VmFlag.MAYSHARE | VmFlag.PFNMAP | VmFlag.IO
      | VmFlag.DONTEXPAND | VmFlag.RESERVED | VmFlag.HUGETLB | VmFlag.INSERTPAGE | VmFlag.NONLINEAR | VmFlag.MIXEDMAP;

  protected final Kernel k;
  private final PageFrames frames;
  /** {@code ksm_mm_head}: what ksmd goes over, in this order, and what it knows of each address. */
  private final Map<Mm, TreeMap<Long, KsmRmapItem>> mmSlots = new LinkedHashMap<>();
  /** {@code root_stable_tree}: by content; several pages of one content where one may have no more sharers. */
  private final Map<Long, List<KsmStableNode>> stable = new HashMap<>();
  /** {@code root_unstable_tree}, by content; made anew in every round. */
  private final Map<Long, KsmRmapItem> unstable = new HashMap<>();
  private final List<KsmStableNode> nodes = new ArrayList<>();
  /** {@code ksm_thread_mutex}. */
  private final KernelLock mutex = new KernelLock("ksm_thread_mutex");
  private boolean merged;

  protected Ksm(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code ksm_madvise(MADV_MERGEABLE)}: the flags that the VMA gets. */
  long madviseMergeable(Vma vma) {
    if (vma.has(NEVER)) {
      return vma.flags;
    }
    mmSlots.putIfAbsent(vma.mm, new TreeMap<>());
    return vma.flags | VmFlag.MERGEABLE;
  }

  /** {@code ksm_fork()}. */
  void fork(Mm mm, Mm oldMm) {
    if (mmSlots.containsKey(oldMm)) {
      mmSlots.putIfAbsent(mm, new TreeMap<>());
    }
  }

  /** {@code ksm_exit()}: not while ksmd is at work, which a real one waits for only where it works on this very process. */
  void exit(Mm mm) {
    k.locks.take(Scheduler.At.KSM_MUTEX, mutex);
    TreeMap<Long, KsmRmapItem> items = mmSlots.remove(mm);
    if (items != null) {
      items.values().forEach(this::removeFromTree);
    }
    k.locks.release(mutex);
  }

  /** {@code ksmd}, run until a round has nothing left to merge. */
  public void settle() {
    int calm = 0;
    while (calm < 2) {
      calm = scan() ? 0 : calm + 1;
    }
  }

  /** One round of {@code ksmd}: whether there may be more to merge in the next. */
  public boolean scan() {
    Task caller = k.current;
    k.current = k.kernelThread();
    k.locks.take(Scheduler.At.KSM_MUTEX, mutex);
    merged = false;
    doScan();
    k.locks.release(mutex);
    k.current = caller;
    return merged;
  }

  /** {@code ksm_do_scan()}: one round. */
  private void doScan() {
    unstable.clear();
    k.swap.lruAddDrainAll();
    for (Mm mm : List.copyOf(mmSlots.keySet())) {
      // The first process may have gone while the one before it was looked at.
      if (mmSlots.containsKey(mm)) {
        scanMm(mm);
      }
    }
  }

  /** {@code scan_get_next_rmap_item()}: {@code mmap_sem} is held from page to page only. */
  private void scanMm(Mm mm) {
    long at = 0;
    k.locks.downRead(mm);
    for (Vma vma = mm.findVma(at); vma != null; vma = mm.findVma(at)) {
      at = Math.max(at, vma.start);
      if (!vma.has(VmFlag.MERGEABLE) || vma.anonVma == null) {
        at = vma.end;
        continue;
      }
      int page = k.memory.followPage(vma, at, Memory.FOLL_GET);
      if (page > 0) {
        k.locks.upRead(mm);
        scanPage(mm, at, page);
        k.locks.downRead(mm);
      }
      at += PageTable.PAGE_SIZE;
    }
    forgetUnmapped(mm);
    k.locks.upRead(mm);
  }

  private void scanPage(Mm mm, long at, int page) {
    if (frames.anon(page)) {
      KsmRmapItem item = itemsOf(mm).computeIfAbsent(at, address -> new KsmRmapItem(mm, address));
      if (!frames.ksm(page) || item.head == null || item.head.page != page) {
        cmpAndMergePage(page, item);
      }
    }
    k.swap.putPage(page);
  }

  private TreeMap<Long, KsmRmapItem> itemsOf(Mm mm) {
    TreeMap<Long, KsmRmapItem> items = mmSlots.get(mm);
    if (items == null) {
      throw new KernelBug("an mm that KSM does not know");
    }
    return items;
  }

  /** {@code remove_trailing_rmap_items()}: of addresses that are mergeable no longer. */
  private void forgetUnmapped(Mm mm) {
    itemsOf(mm).values().removeIf(item -> {
      Vma vma = mm.findVma(item.address);
      boolean gone = vma == null || vma.start > item.address || !vma.has(VmFlag.MERGEABLE);
      if (gone) {
        removeFromTree(item);
      }
      return gone;
    });
  }

  /** {@code remove_rmap_item_from_tree()}. */
  private void removeFromTree(KsmRmapItem item) {
    KsmStableNode node = item.head;
    if (node != null) {
      // Who walks the reverse map of a merged page holds its lock.
      int page = lockKsmPage(node);
      node.items.remove(item);
      item.head = null;
      unlockKsmPage(page);
    }
    if (item.anonVma != null) {
      k.rmap.dropAnonVma(item.anonVma);
      item.anonVma = null;
    }
  }

  /** {@code cmp_and_merge_page()}. */
  private void cmpAndMergePage(int page, KsmRmapItem item) {
    removeFromTree(item);
    KsmStableNode node = stableTreeSearch(page);
    if (node != null) {
      if (tryToMergeWithKsmPage(item, page, node.page)) {
        append(item, node);
      }
      return;
    }
    long checksum = frames.content(page);
    if (item.oldChecksum != checksum) {
      item.oldChecksum = checksum;
      merged = true;
      return;
    }
    KsmRmapItem other = unstable.get(checksum);
    int otherPage = other == null ? 0 : mergeablePage(other);
    if (other == null || otherPage == 0 || frames.content(otherPage) != checksum) {
      if (otherPage != 0) {
        k.swap.putPage(otherPage);
      }
      unstable.put(checksum, item);
      return;
    }
    // A page that fork has given two owners is not merged with itself.
    int head = frames.compoundHead(page);
    boolean oneHugePage = otherPage != page && head == frames.compoundHead(otherPage);
    if (otherPage != page && !oneHugePage) {
      mergeTwo(item, page, other, otherPage);
    }
    k.swap.putPage(otherPage);
    if (oneHugePage) {
      // Two parts of one huge page: it is split now, and they are merged when ksmd comes by again (77da2ba0648a, 4.17).
      k.filemap.lockPage(head);
      merged |= k.hugeSplit.splitHugePage(page, null) == 0;
      k.filemap.unlockPage(frames.compoundHead(page));
    }
  }

  /** {@code try_to_merge_two_pages()} and what follows it. */
  private void mergeTwo(KsmRmapItem item, int page, KsmRmapItem other, int otherPage) {
    if (!tryToMergeWithKsmPage(item, page, 0)) {
      return;
    }
    if (!tryToMergeWithKsmPage(other, otherPage, page)) {
      breakCow(item);
      return;
    }
    unstable.remove(frames.content(page));
    KsmStableNode node = new KsmStableNode(nodes.size() + 1, page);
    nodes.add(node);
    frames.mapping(page, node.handle());
    stable.computeIfAbsent(frames.content(page), content -> new ArrayList<>(1)).add(node);
    append(other, node);
    append(item, node);
    merged = true;
  }

  private void append(KsmRmapItem item, KsmStableNode node) {
    int page = lockKsmPage(node);
    item.head = node;
    node.items.add(0, item);
    unlockKsmPage(page);
  }

  /** {@code get_ksm_page()} and {@code lock_page()}: the node's page, 0 where it is gone. */
  private int lockKsmPage(KsmStableNode node) {
    int page = node.page;
    if (!isAlive(node)) {
      return 0;
    }
    frames.get(page);
    k.filemap.lockPage(page);
    return page;
  }

  private void unlockKsmPage(int page) {
    if (page != 0) {
      k.filemap.unlockPage(page);
      k.swap.putPage(page);
    }
  }

  /** {@code get_mergeable_page()}: with a reference; 0 where there is none. */
  private int mergeablePage(KsmRmapItem item) {
    k.locks.downRead(item.mm);
    Vma vma = vmaOf(item);
    int page = vma == null ? 0 : Math.max(0, k.memory.followPage(vma, item.address, Memory.FOLL_GET));
    k.locks.upRead(item.mm);
    if (page != 0 && !frames.anon(page)) {
      k.swap.putPage(page);
      return 0;
    }
    return page;
  }

  private @Nullable Vma vmaOf(KsmRmapItem item) {
    Vma vma = item.mm.findVma(item.address);
    boolean mergeable = vma != null && vma.start <= item.address && vma.has(VmFlag.MERGEABLE) && vma.anonVma != null;
    return mergeable ? vma : null;
  }

  /** {@code get_ksm_page()}: whether the node's page is still what it was. */
  private boolean isAlive(KsmStableNode node) {
    return frames.count(node.page) > 0 && frames.mapping(node.page) == node.handle();
  }

  /** {@code stable_tree_search()}: a merged page of the same content that may have one sharer more. */
  private @Nullable KsmStableNode stableTreeSearch(int page) {
    if (frames.ksm(page)) {
      return nodeOf(page);
    }
    List<KsmStableNode> equal = stable.get(frames.content(page));
    if (equal == null) {
      return null;
    }
    equal.removeIf(node -> !isAlive(node));
    KsmStableNode best = null;
    for (KsmStableNode node : equal) {
      boolean room = node.items.size() < k.profile.ksmMaxPageSharing();
      if (room && (best == null || node.items.size() > best.items.size())) {
        best = node;
      }
    }
    return best;
  }

  private @Nullable KsmStableNode nodeOf(int page) {
    int id = frames.mapping(page) >>> 2;
    return id == 0 ? null : nodes.get(id - 1);
  }

  /**
   * {@code try_to_merge_with_ksm_page()}.
   *
   * @param kpage the merged page, 0 to make {@code page} one
   */
  private boolean tryToMergeWithKsmPage(KsmRmapItem item, int page, int kpage) {
    k.locks.downRead(item.mm);
    Vma vma = vmaOf(item);
    boolean done = vma != null && tryToMergeOnePage(vma, item.address, page, kpage);
    AnonVma anonVma = done ? vma.anonVma : null;
    if (anonVma != null && item.anonVma == null) {
      k.rmap.getAnonVma(anonVma);
      item.anonVma = anonVma;
    }
    k.locks.upRead(item.mm);
    return done;
  }

  /** {@code try_to_merge_one_page()}. */
  private boolean tryToMergeOnePage(Vma vma, long address, int page, int kpage) {
    if (page == kpage) {
      return true;
    }
    if (!frames.anon(page) || frames.ksm(page) || !k.filemap.trylockPage(frames.compoundHead(page))) {
      return false;
    }
    int head = frames.compoundHead(page);
    if (frames.nrPages(head) > 1 && k.hugeSplit.splitHugePage(page, null) != 0) {
      k.filemap.unlockPage(head);
      return false;
    }
    boolean done = writeProtectPage(vma, address, page);
    if (done && kpage == 0) {
      frames.mapping(page, PageFrames.MAPPING_FLAGS);
      k.swap.markPageAccessed(page);
    } else if (done) {
      done = frames.content(page) == frames.content(kpage) && replacePage(vma, address, page, kpage);
    }
    k.filemap.unlockPage(page);
    if (done && kpage != 0 && vma.has(VmFlag.LOCKED) && !frames.has(kpage, PageFlag.MLOCKED)) {
      k.filemap.lockPage(kpage);
      k.mlock.mlockVmaPage(kpage);
      k.filemap.unlockPage(kpage);
    }
    return done;
  }

  /** {@code write_protect_page()}: fails where somebody beside the page tables and ksmd holds the page. */
  private boolean writeProtectPage(Vma vma, long address, int page) {
    k.locks.passPageTable();
    long pte = vma.mm.pageTable().get(address);
    if (!Pte.present(pte) || Pte.pfn(pte) != page || Pte.special(pte)) {
      return false;
    }
    if (Pte.write(pte) || Pte.dirty(pte) || k.rmap.isAnonExclusive(page)) {
      int cached = frames.has(page, PageFlag.SWAPCACHE) ? 1 : 0;
      if (frames.mapcount(page) + 1 + cached != frames.count(page)) {
        return false;
      }
      if (Pte.dirty(pte)) {
        k.pageWriteback.setPageDirty(page);
      }
      k.rmap.shareAnon(page);
      vma.mm.pageTable().set(address, pte & ~(Pte.WRITE | Pte.DIRTY));
    }
    return true;
  }

  /** {@code replace_page()}: the address maps the merged page from now on. */
  private boolean replacePage(Vma vma, long address, int page, int kpage) {
    long before = vma.mm.pageTable().get(address);
    k.locks.passPageTable();
    if (vma.mm.pageTable().get(address) != before || !Pte.present(before) || Pte.pfn(before) != page || Pte.write(before)) {
      return false;
    }
    frames.get(kpage);
    k.rmap.pageAddAnonRmap(kpage, vma, address);
    vma.mm.pageTable().set(address, Pte.of(kpage, vma.pageProt));
    k.rmap.pageRemoveRmap(page);
    if (!frames.mapped(page) && frames.has(page, PageFlag.MLOCKED)) {
      k.mlock.clearPageMlock(page);
    }
    k.swap.putPage(page);
    merged = true;
    return true;
  }

  /** {@code break_cow()}: a merged page with one owner is nobody's gain; the owner gets a copy. */
  private void breakCow(KsmRmapItem item) {
    removeFromTree(item);
    k.locks.downRead(item.mm);
    Vma vma = vmaOf(item);
    if (vma != null) {
      k.memoryFaults.handleMmFault(vma.mm, vma, item.address, true);
    }
    k.locks.upRead(item.mm);
  }

  /**
   * {@code ksm_might_need_to_copy()}: whether a page from the swap cache is known under another address already, as one that was
   * merged may be.
   */
  boolean mightNeedToCopy(int page, Vma vma, long address) {
    AnonVma anonVma = k.rmap.pageAnonVma(page);
    return anonVma != null && vma.anonVma != null
        && (anonVma.root != vma.anonVma.root || frames.index(page) != (int) vma.pageIndex(address));
  }

  /** {@code ksm_does_need_to_copy()}: a locked copy on its way to a list, 0 where there is no memory. */
  int doesNeedToCopy(int page, Vma vma, long address) {
    int newPage = k.mempolicy.allocPageVma(Gfp.HIGHUSER_MOVABLE, vma, address);
    if (newPage != 0) {
      frames.content(newPage, frames.content(page));
      frames.set(newPage, PageFlag.DIRTY | PageFlag.UPTODATE | PageFlag.SWAPBACKED | PageFlag.LOCKED);
      if (k.vmscan.pageEvictable(newPage, vma)) {
        k.swap.lruCacheAddLru(newPage, Lru.ACTIVE_ANON);
      } else {
        k.swap.addPageToUnevictableList(newPage);
      }
    }
    return newPage;
  }

  /** {@code rmap_walk_ksm()}: the VMAs that ksmd knows first, then those that fork has made since. */
  int rmapWalkKsm(int page, Rmap.RmapOne one, int argument) {
    KsmStableNode node = nodeOf(page);
    for (int newForks = 0; node != null && newForks < 2; newForks++) {
      for (KsmRmapItem item : node.items) {
        AnonVma anonVma = item.anonVma;
        for (AnonVmaChain link = anonVma == null ? null : anonVma.first(); link != null; link = link.next()) {
          Vma vma = link.vma();
          boolean covers = vma.start <= item.address && item.address < vma.end;
          if (!covers || (item.mm == vma.mm) == (newForks == 1)) {
            continue;
          }
          int result = one.visit(page, vma, item.address, argument);
          if (result != Rmap.SWAP_AGAIN) {
            return result;
          }
        }
      }
    }
    return Rmap.SWAP_AGAIN;
  }

  /** {@code ksm_migrate_page()}: the new page is the merged one. */
  void migratePage(int newpage) {
    KsmStableNode node = nodeOf(newpage);
    if (node != null) {
      node.page = newpage;
    }
  }
}
