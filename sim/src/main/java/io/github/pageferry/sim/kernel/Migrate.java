package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AddressSpaceOperations;
import io.github.pageferry.sim.mm.AnonVma;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.MemCgroup;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Scheduler;
import io.github.pageferry.sim.mm.VmOperations;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.ZoneStat;
import org.jspecify.annotations.Nullable;

/**
 * {@code mm/migrate.c}, its first half: the engine that lets new pages take the place of old ones. The system call is
 * {@link MovePages}.
 */
public class Migrate {

  /** {@code new_page_t}: where the pages of one {@code migrate_pages()} go. */
  public interface NewPage {

    /** Allocates the page that takes the place of {@code page}; 0 where there is none. */
    int newPage(int page);

    /** {@code *result}: what became of the page given last, its node or an errno negated. */
    default void result(int status) {}
  }

  /** What the new page has where the old one had it, and which both may have. */
  private static final int COPIED_FLAGS =
      PageFlag.ERROR | PageFlag.REFERENCED | PageFlag.UPTODATE | PageFlag.CHECKED | PageFlag.MAPPEDTODISK;

  protected final Kernel k;
  protected final PageFrames frames;
  private final Rmap.RmapOne removeMigrationPte = this::removeMigrationPte;

  protected Migrate(Kernel k) {
    this.k = k;
    frames = k.frames;
  }

  /** {@code migrate_prep()}: empties all CPUs' pagevecs, so that their pages can be isolated. */
  public int migratePrep() {
    k.swap.lruAddDrainAll();
    return 0;
  }

  /** {@code lru_cache_enable()}, since d479960e44f2 (5.13): what {@link #migratePrep} did is over. */
  public void migrateFinish() {}

  /** {@code migrate_prep_local()}: as {@link #migratePrep}, of this CPU. */
  public int migratePrepLocal() {
    k.swap.lruAddDrain();
    return 0;
  }

  /**
   * Isolates a page for a list.
   *
   * @return 0, or -EBUSY where it is isolated already
   */
  int isolatePage(int page, PageList list) {
    return k.vmscan.isolateLruPage(page, list);
  }

  /** {@code alloc_migration_target()}: a page on this node and no other for one of the same size. */
  int allocMigrationTarget(int page, int node) {
    return k.pageAlloc.allocPagesExactNode(node, Gfp.HIGHUSER_MOVABLE | Gfp.THISNODE);
  }

  /** {@code putback_lru_pages()}: gives up on the pages of the list. */
  public void putbackLruPages(PageList list) {
    for (int page = list.first(), next; page != 0; page = next) {
      next = list.next(page);
      list.remove(page);
      k.decZonePageState(page, k.swap.isolatedStat(page));
      k.vmscan.putbackLruPage(page);
    }
  }

  /** {@code remove_migration_pte()}: puts a working entry where the migration entry of {@code old} stands. */
  int removeMigrationPte(int newpage, Vma vma, long address, int old) {
    k.locks.passPageTable();
    long[] table = vma.mm.pageTable().find(address);
    if (table == null) {
      if (vma.mm.pageTable().huge(address) != 0) {
        k.hugeMemory.removeMigrationPmd(newpage, vma, address, old);
      }
      return Rmap.SWAP_AGAIN;
    }
    int slot = PageTable.slot(address);
    long entry = table[slot];
    if (!Pte.isMigration(entry) || Pte.migrationPage(entry) != old) {
      return Rmap.SWAP_AGAIN;
    }
    frames.get(frames.compoundHead(newpage));
    long pte = Pte.of(newpage, vma.pageProt) & ~Pte.ACCESSED;
    if (Pte.isWriteMigration(entry)) {
      pte |= Pte.WRITE;
    }
    table[slot] = pte;
    if (frames.anon(newpage)) {
      k.rmap.pageAddAnonRmap(newpage, vma, address);
      restoreExclusive(newpage, entry);
    } else {
      k.rmap.pageAddFileRmap(newpage);
    }
    return Rmap.SWAP_AGAIN;
  }

  /** {@code RMAP_EXCLUSIVE}, since 6c287605fd56 (5.19): whether the page was this process's alone. */
  protected void restoreExclusive(int newpage, long entry) {}

  /** {@code remove_migration_ptes()}: all migration entries of {@code old} lead to {@code newpage} from now on. */
  protected void removeMigrationPtes(int old, int newpage) {
    k.rmap.rmapWalk(newpage, removeMigrationPte, old);
  }

  /** {@code migration_entry_wait()}: a fault met a migration entry; it is tried again when the migration is over. */
  public void migrationEntryWait(Mm mm, long address) {
    k.locks.passPageTable(Scheduler.At.MIGRATION_ENTRY_WAIT);
    long pte = mm.pageTable().get(address);
    if (!Pte.isMigration(pte)) {
      return;
    }
    int page = Pte.migrationPage(pte);
    // Without a reference the page is just being replaced: the fault simply comes again.
    if (frames.getUnlessZero(page)) {
      k.filemap.waitOnPageLocked(page);
      k.swap.putPage(page);
    }
  }

  /**
   * {@code migrate_page_move_mapping()}: the new page takes the old one's place in the page cache.
   *
   * <p>The references left must be 1 for an anonymous page, 2 with a mapping (the cache has one), 3 with private data too.
   *
   * @return 0, or -EAGAIN where somebody else holds the page
   */
  protected int migratePageMoveMapping(@Nullable AddressSpace mapping, int newpage, int page) {
    if (mapping == null) {
      return frames.count(page) != 1 ? -Err.EAGAIN : 0;
    }
    int expected = 2 + frames.hasPrivate(page);
    long index = k.pageIndex(page);
    if (frames.count(page) != expected || mapping.pageTree().get(index) != page) {
      return -Err.EAGAIN;
    }
    if (!frames.freezeRefs(page, expected)) {
      return -Err.EAGAIN;
    }
    frames.get(newpage);
    if (frames.has(page, PageFlag.SWAPCACHE)) {
      frames.set(newpage, PageFlag.SWAPCACHE);
      frames.privateOf(newpage, frames.privateOf(page));
    }
    mapping.pageTree().put(index, newpage);
    frames.unfreezeRefs(page, expected);
    // The cache's reference; the isolation has another.
    k.swap.putPage(page);
    if (k.profile.fileCountersFollow()) {
      k.decZonePageState(page, ZoneStat.NR_FILE_PAGES);
      k.incZonePageState(newpage, ZoneStat.NR_FILE_PAGES);
    } else {
      k.defects.miscounted(ZoneStat.NR_FILE_PAGES, frames.pageToNid(page), frames.pageToNid(newpage));
    }
    boolean cached = frames.has(page, PageFlag.SWAPCACHE);
    if (frames.has(page, PageFlag.SWAPBACKED) && (!cached || k.profile.swapCacheMovesAsShmem())) {
      if (cached) {
        k.defects.miscounted(ZoneStat.NR_SHMEM, frames.pageToNid(newpage), frames.pageToNid(page));
      }
      k.decZonePageState(page, ZoneStat.NR_SHMEM);
      k.incZonePageState(newpage, ZoneStat.NR_SHMEM);
    }
    return 0;
  }

  /** {@code migrate_page_copy()}: content and flags go over, and the old page belongs to nobody. */
  protected void migratePageCopy(int newpage, int page) {
    for (int i = 0, pages = frames.nrPages(page); i < pages; i++) {
      frames.content(newpage + i, frames.content(page + i));
    }
    int flags = frames.flags(page);
    int moved = PageFlag.ACTIVE | PageFlag.UNEVICTABLE;
    KernelBug.on((flags & moved) == moved, "mm/migrate.c: page {} is active and unevictable", page);
    frames.set(newpage, flags & (COPIED_FLAGS | moved));
    frames.clear(page, moved);
    if ((flags & PageFlag.DIRTY) != 0) {
      k.pageWriteback.clearPageDirtyForIo(page);
      setMovedPageDirty(newpage);
    }
    mlockMigratePage(newpage, page);
    if (frames.ksm(newpage)) {
      k.ksm.migratePage(newpage);
    }
    frames.clear(page, PageFlag.SWAPCACHE | PageFlag.PRIVATE);
    frames.privateOf(page, 0);
    forgetMapping(page);
    // Nobody has put it there; whoever waits for it nevertheless need not any longer.
    if (frames.has(newpage, PageFlag.WRITEBACK)) {
      k.filemap.endPageWriteback(newpage);
    }
  }

  /** The old page is no file's and no process's any more. */
  protected void forgetMapping(int page) {
    setMapping(page, 0);
  }

  /** Not {@code set_page_dirty()}, which tells the file system that all of the page is dirty, when only some of it may be. */
  protected void setMovedPageDirty(int newpage) {
    k.pageWriteback.setPageDirtyNobuffers(newpage);
  }

  /** {@code mlock_migrate_page()} of mm/internal.h. */
  private void mlockMigratePage(int newpage, int page) {
    if (frames.testAndClear(page, PageFlag.MLOCKED)) {
      k.decZonePageState(page, ZoneStat.NR_MLOCK);
      frames.set(newpage, PageFlag.MLOCKED);
      k.incZonePageState(newpage, ZoneStat.NR_MLOCK);
    }
  }

  /**
   * {@code fail_migrate_page()}: the {@code migratepage} of address spaces whose pages cannot be moved. In 2.6.36 those of XFS's
   * buffers alone have it; here, none has.
   */
  public int failMigratePage(AddressSpace mapping, int newpage, int page) {
    return -Err.EIO;
  }

  /** {@code migrate_page()}: of pages without private data. Both are locked, before and after. */
  public int migratePage(@Nullable AddressSpace mapping, int newpage, int page) {
    KernelBug.on(frames.has(page, PageFlag.WRITEBACK), "mm/migrate.c: page {} is under writeback", page);
    int rc = migratePageMoveMapping(mapping, newpage, page);
    if (rc != 0) {
      return rc;
    }
    migratePageCopy(newpage, page);
    return 0;
  }

  /** {@code buffer_migrate_page()}: of pages with buffers, which nobody else refers to; they move with the page. */
  public int bufferMigratePage(AddressSpace mapping, int newpage, int page) {
    if (!k.buffer.pageHasBuffers(page)) {
      return migratePage(mapping, newpage, page);
    }
    int head = k.buffer.pageBuffers(page);
    int rc = migratePageMoveMapping(mapping, newpage, page);
    if (rc != 0) {
      return rc;
    }
    BufferHeads heads = k.bufferHeads;
    int bh = head;
    do {
      heads.get(bh);
      heads.lock(bh);
      bh = heads.thisPage(bh);
    } while (bh != head);

    // The old page's flag and pointer go in migratePageCopy(), before anybody can see them.
    frames.privateOf(newpage, frames.privateOf(page));
    k.swap.putPage(page);
    frames.get(newpage);
    do {
      heads.page(bh, newpage);
      bh = heads.thisPage(bh);
    } while (bh != head);
    frames.set(newpage, PageFlag.PRIVATE);

    migratePageCopy(newpage, page);

    do {
      heads.unlock(bh);
      heads.put(bh);
      bh = heads.thisPage(bh);
    } while (bh != head);
    return 0;
  }

  /** {@code writeout()}: a dirty page is written, so that a later attempt finds it clean. */
  int writeout(AddressSpace mapping, int page) {
    if (!mapping.ops().hasWritepage()) {
      return -Err.EINVAL;
    }
    if (!k.pageWriteback.clearPageDirtyForIo(page)) {
      return -Err.EAGAIN;
    }
    // Writing may unlock the page; whoever waits for it must find working entries then.
    removeMigrationPtes(page, page);
    return afterWriteout(page, mapping.ops().writepage(page));
  }

  /** The end of {@code writeout()}: the page is locked again, and this attempt at moving it has failed in any case. */
  protected int afterWriteout(int page, int rc) {
    if (rc != AddressSpaceOperations.AOP_WRITEPAGE_ACTIVATE) {
      k.filemap.lockPage(page);
    }
    return rc < 0 ? -Err.EIO : -Err.EAGAIN;
  }

  /** {@code fallback_migrate_page()}: of file systems without {@code migratepage}. */
  private int fallbackMigratePage(AddressSpace mapping, int newpage, int page) {
    if (frames.has(page, PageFlag.DIRTY)) {
      return writeout(mapping, page);
    }
    if (frames.hasPrivate(page) != 0 && !k.buffer.tryToReleasePage(page)) {
      return -Err.EAGAIN;
    }
    return migratePage(mapping, newpage, page);
  }

  /** Sets {@code page->mapping} of every base page. */
  private void setMapping(int page, int handle) {
    for (int i = 0, pages = frames.nrPages(page); i < pages; i++) {
      frames.mapping(page + i, handle);
    }
  }

  /**
   * {@code move_to_new_page()}: the old page is locked and unmapped.
   *
   * @param remapSwapcache whether the new page is mapped where the old one was
   * @return 0, or an errno negated with the old page still in its place
   */
  protected int moveToNewPage(int newpage, int page, boolean remapSwapcache) {
    KernelBug.on(!k.filemap.trylockPage(newpage), "mm/migrate.c: new page {} is locked", newpage);
    int handle = frames.mapping(page);
    for (int i = 0, pages = frames.nrPages(page); i < pages; i++) {
      frames.index(newpage + i, frames.index(page + i));
      frames.mapping(newpage + i, handle);
    }
    if (frames.has(page, PageFlag.SWAPBACKED)) {
      frames.set(newpage, PageFlag.SWAPBACKED);
    }
    AddressSpace mapping = k.pageMapping(page);
    int rc;
    if (mapping == null) {
      rc = migratePage(null, newpage, page);
    } else if (mapping.ops().hasMigratepage()) {
      rc = mapping.ops().migratepage(mapping, newpage, page);
    } else {
      rc = fallbackMigratePage(mapping, newpage, page);
    }
    if (rc != 0) {
      setMapping(newpage, 0);
    } else if (remapSwapcache) {
      removeMigrationPtes(page, newpage);
    }
    k.filemap.unlockPage(newpage);
    return rc;
  }

  /**
   * {@code unmap_and_move()}: one page, from the list to its new place or back.
   *
   * @param force whether to wait for locks and writeback
   * @param offlining whether the memory goes away, which moves KSM's pages, too
   * @return 0, -EAGAIN where another attempt may help, or another errno negated
   */
  protected int unmapAndMove(NewPage getNewPage, PageList from, int page, boolean force, boolean offlining) {
    int newpage = getNewPage.newPage(page);
    if (newpage == 0) {
      return -Err.ENOMEM;
    }
    boolean freed = frames.count(page) == 1;
    int rc = freed ? 0 : lockAndMove(newpage, page, force, offlining);
    if (rc != -Err.EAGAIN && !freed) {
      // A page that has moved has lost its references and is freed here; one that has not goes back to its list.
      from.remove(page);
      k.decZonePageState(page, k.swap.isolatedStat(page));
      k.vmscan.putbackLruPage(page);
    }
    // Onto its list; where the move failed, this frees it.
    k.vmscan.putbackLruPage(newpage);
    getNewPage.result(rc != 0 ? rc : frames.pageToNid(newpage));
    return rc;
  }

  /** From {@code trylock_page()} to {@code unlock_page()} in {@code unmap_and_move()}. */
  protected int lockAndMove(int newpage, int page, boolean force, boolean offlining) {
    if (!k.filemap.trylockPage(page)) {
      if (!force) {
        return -Err.EAGAIN;
      }
      k.filemap.lockPage(page);
    }
    int rc = moveLocked(newpage, page, force, offlining);
    k.filemap.unlockPage(page);
    return rc;
  }

  private int moveLocked(int newpage, int page, boolean force, boolean offlining) {
    // Others have skipped KSM's pages before; only with the page lock is it certain that it is none.
    if (frames.ksm(page) && !offlining && !k.profile.ksmMovable()) {
      return -Err.EBUSY;
    }
    MemCgroup group = k.memcontrol.groupOf(page);
    if (group == null) {
      return moveCharged(newpage, page, force);
    }
    if (k.memcontrol.prepareMigration(group, page, newpage) != 0) {
      return -Err.ENOMEM;
    }
    int rc = moveCharged(newpage, page, force);
    k.memcontrol.endMigration(group, page, newpage);
    return rc;
  }

  private int moveCharged(int newpage, int page, boolean force) {
    if (frames.has(page, PageFlag.WRITEBACK)) {
      if (!force) {
        return -Err.EAGAIN;
      }
      k.filemap.waitOnPageWriteback(page);
    }
    AnonVma anonVma = null;
    boolean remapSwapcache = true;
    if (frames.anon(page)) {
      if (frames.mapped(page)) {
        anonVma = k.rmap.pageAnonVma(page);
      } else if (frames.has(page, PageFlag.SWAPCACHE)) {
        // Nobody maps it, so its anon_vma may be gone: it moves, but is not mapped anew.
        remapSwapcache = false;
      } else {
        return -Err.EAGAIN;
      }
    }
    if (anonVma != null) {
      k.rmap.getAnonVma(anonVma);
    }
    int rc = unmapAndMoveTo(newpage, page, remapSwapcache);
    if (anonVma != null) {
      k.rmap.dropAnonVma(anonVma);
    }
    return rc;
  }

  private int unmapAndMoveTo(int newpage, int page, boolean remapSwapcache) {
    int rc = -Err.EAGAIN;
    if (frames.mapping(page) == 0) {
      // Truncated: all that is left may be buffers, and without them the page can be freed.
      if (!frames.anon(page) && frames.hasPrivate(page) != 0) {
        k.buffer.tryToFreeBuffers(page);
        return rc;
      }
    } else {
      k.rmap.tryToUnmap(page, Rmap.TTU_MIGRATION | Rmap.TTU_IGNORE_MLOCK | Rmap.TTU_IGNORE_ACCESS);
    }
    if (!frames.mapped(page)) {
      rc = moveToNewPage(newpage, page, remapSwapcache);
    }
    if (rc != 0 && remapSwapcache) {
      removeMigrationPtes(page, page);
    }
    return rc;
  }

  /** Whether processes share the page, so that only {@code MPOL_MF_MOVE_ALL} moves it. */
  boolean isShared(int page) {
    return frames.mapcount(page) > 1;
  }

  /**
   * {@code migrate_pages()}: moves the isolated pages of the list, in at most ten passes; what cannot be moved is put back.
   *
   * @return how many pages were not moved, or an errno negated
   */
  public int migratePages(PageList from, NewPage getNewPage, boolean offlining) {
    int rc = migratePages(from, getNewPage, offlining, 10);
    putbackLruPages(from);
    return rc;
  }

  /** As {@link #migratePages(PageList, NewPage, boolean)}, with what cannot be moved left on the list. */
  protected int migratePages(PageList from, NewPage getNewPage, boolean offlining, int mostPasses) {
    int retry = 1;
    int failed = 0;
    boolean swapwrite = k.current.swapwrite;
    k.current.swapwrite = true;
    int rc = 0;
    passes:
    for (int pass = 0; pass < mostPasses && retry != 0; pass++) {
      retry = 0;
      for (int page = from.first(), next; page != 0; page = next) {
        next = from.next(page);
        rc = unmapAndMove(getNewPage, from, page, pass > 2, offlining);
        if (rc == -Err.ENOMEM) {
          if (!splitInstead(page, from)) {
            break passes;
          }
          next = page;
        } else if (rc == -Err.EAGAIN) {
          retry++;
        } else if (rc != 0) {
          failed++;
        }
      }
      rc = 0;
    }
    k.current.swapwrite = swapwrite;
    return rc != 0 ? rc : failed + retry;
  }

  /** Whether a page for which there is no memory is split, its first part in its place and the others at the end of the list. */
  protected boolean splitInstead(int page, PageList from) {
    return false;
  }

  /**
   * {@code migrate_vmas()}: mappings without pages are moved by their drivers, one after the other until one fails.
   *
   * @return 0, or what the one that failed says
   */
  int migrateVmas(Mm mm, NodeMask to, NodeMask from, int flags) {
    int error = 0;
    for (Vma vma = mm.first(); vma != null && error == 0; vma = vma.next) {
      VmOperations ops = vma.ops;
      if (ops != null && ops.hasMigrate()) {
        error = ops.migrate(vma, to, from, flags);
      }
    }
    return error;
  }
}
