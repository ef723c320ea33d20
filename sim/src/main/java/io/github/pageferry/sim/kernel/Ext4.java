package io.github.pageferry.sim.kernel;

import static io.github.pageferry.sim.mm.BufferHeads.DELAY;
import static io.github.pageferry.sim.mm.BufferHeads.MAPPED;
import static io.github.pageferry.sim.mm.BufferHeads.NEW;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AddressSpaceOperations;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.FileOperations;
import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.Journal;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.SuperBlock;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.VmOperations;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;

/**
 * {@code fs/ext4}: mounted with {@code data=ordered}, where blocks are allocated late and {@code buffer_migrate_page()} moves
 * pages, dirty or not; and with {@code data=journal}, which has no {@code migratepage}.
 */
public class Ext4 implements FileOperations {

  /** Blocks of 4096 bytes. */
  private static final int BLOCKS_PER_PAGE = 1;

  protected final Kernel k;
  private final PageFrames frames;
  private final BufferHeads heads;
  private final SuperBlock ordered = new SuperBlock(BLOCKS_PER_PAGE, new Journal(), false);
  private final SuperBlock journalled = new SuperBlock(BLOCKS_PER_PAGE, new Journal(), true);
  private final AddressSpaceOperations orderedAops;
  private final AddressSpaceOperations journalledAops;
  private final VmOperations vmOps = new Ext4VmOps();

  protected Ext4(Kernel k) {
    this.k = k;
    frames = k.frames;
    heads = k.bufferHeads;
    orderedAops = new DelayedAllocationAops(k);
    journalledAops = new JournalledAops(k);
  }

  /** What {@code ext4_da_aops} and {@code ext4_journalled_aops} share. */
  private abstract class Ext4Aops extends BlockAops {

    Ext4Aops(Kernel k) {
      super(k);
    }

    @Override
    public int writepage(int page) {
      return ext4Writepage(page);
    }

    /** {@code ext4_invalidatepage()}. */
    @Override
    public void invalidatepage(int page) {
      frames.clear(page, PageFlag.CHECKED);
      k.jbd2.journalInvalidatepage(journalOf(page), page);
    }

    @Override
    public boolean hasReleasepage() {
      return true;
    }

    /** {@code ext4_releasepage()}. */
    @Override
    public boolean releasepage(int page) {
      return k.buffer.pageHasBuffers(page) && k.jbd2.journalTryToFreeBuffers(journalOf(page), page);
    }
  }

  /** {@code ext4_da_aops}: of {@code data=ordered} with delayed allocation, as mounted by default. */
  private final class DelayedAllocationAops extends Ext4Aops {

    DelayedAllocationAops(Kernel k) {
      super(k);
    }

    /** {@code ext4_da_write_begin()}. */
    @Override
    public int writeBegin(AddressSpace mapping, long index) {
      return k.buffer.blockWriteBegin(mapping, index, Ext4.this::orderedGetBlock);
    }

    /** {@code ext4_da_write_end()}. */
    @Override
    public int writeEnd(AddressSpace mapping, int page) {
      return k.buffer.genericWriteEnd(mapping, page);
    }

    /** {@code ext4_da_writepages()}: allocates what was delayed, then writes, until nothing is dirty any longer. */
    @Override
    public int writepages(AddressSpace mapping) {
      boolean[] found = {true};
      int error = 0;
      while (found[0] && error == 0) {
        found[0] = false;
        error = k.pageWriteback.writeCachePages(mapping, page -> {
          found[0] = true;
          allocateDelayed(page);
          return ext4Writepage(page);
        });
      }
      return error;
    }

    @Override
    public boolean hasMigratepage() {
      return true;
    }

    @Override
    public int migratepage(AddressSpace mapping, int newpage, int page) {
      return k.migrate.bufferMigratePage(mapping, newpage, page);
    }
  }

  /** {@code ext4_journalled_aops}. */
  private final class JournalledAops extends Ext4Aops {

    JournalledAops(Kernel k) {
      super(k);
    }

    /**
     * {@code ext4_journalled_set_page_dirty()}: the buffers are the journal's, so that the page is only marked; the next
     * {@code writepage} passes it on.
     */
    @Override
    public boolean setPageDirty(int page) {
      frames.set(page, PageFlag.CHECKED);
      return k.pageWriteback.setPageDirtyNobuffers(page);
    }

    /** {@code ext4_write_begin()}. */
    @Override
    public int writeBegin(AddressSpace mapping, long index) {
      int page = k.buffer.blockWriteBegin(mapping, index, Ext4.this::ext4GetBlock);
      if (page > 0) {
        forEachBuffer(page, bh -> journalGetWriteAccess(journalOf(page), bh));
      }
      return page;
    }

    /** {@code ext4_journalled_write_end()}. */
    @Override
    public int writeEnd(AddressSpace mapping, int page) {
      forEachBuffer(page, bh -> writeEndFn(journalOf(page), bh));
      frames.set(page, PageFlag.UPTODATE);
      k.filemapFiles.iSizeWrite(mapping, page);
      k.filemap.unlockPage(page);
      k.swap.putPage(page);
      return 0;
    }
  }

  /** {@code ext4_file_vm_ops}. */
  private final class Ext4VmOps implements VmOperations {

    @Override
    public int fault(Vma vma, Fault fault) {
      return k.filemapFiles.filemapFault(vma, fault);
    }

    @Override
    public boolean hasPageMkwrite() {
      return true;
    }

    /** {@code ext4_page_mkwrite()}: the page gets places on disk, or the promise of them, where it has none. */
    @Override
    public int pageMkwrite(Vma vma, Fault fault) {
      int page = fault.page;
      AddressSpace mapping = k.filemapFiles.mappingOf(vma);
      long index = k.pageIndex(page);
      if (k.pageMapping(page) != mapping || index >= mapping.host().pages || !frames.has(page, PageFlag.UPTODATE)) {
        return FAULT_SIGBUS;
      }
      if (frames.has(page, PageFlag.MAPPEDTODISK)) {
        return 0;
      }
      k.filemap.lockPage(page);
      boolean mapped = k.buffer.pageHasBuffers(page) && !isAnyUnmapped(page);
      k.filemap.unlockPage(page);
      if (mapped) {
        return 0;
      }
      int begun = mapping.ops().writeBegin(mapping, index);
      return begun < 0 || mapping.ops().writeEnd(mapping, begun) < 0 ? FAULT_SIGBUS : 0;
    }
  }

  protected final Journal journalOf(int page) {
    AddressSpace mapping = Objects.requireNonNull(k.pageMapping(page));
    return Objects.requireNonNull(mapping.host().sb().journal());
  }

  /** {@code ext4_should_journal_data()}. */
  protected final boolean isJournalled(int page) {
    return Objects.requireNonNull(k.pageMapping(page)).host().sb().journalsData();
  }

  /** {@code walk_page_buffers()} of a whole page. */
  protected final void forEachBuffer(int page, IntConsumer action) {
    int head = k.buffer.pageBuffers(page);
    int bh = head;
    do {
      action.accept(bh);
      bh = heads.thisPage(bh);
    } while (bh != head);
  }

  /** {@code do_journal_get_write_access()}: a dirty buffer stays dirty, but as the journal's. */
  protected final void journalGetWriteAccess(Journal journal, int bh) {
    if (!heads.has(bh, MAPPED)) {
      return;
    }
    boolean dirty = heads.testAndClear(bh, BufferHeads.DIRTY);
    k.jbd2.journalGetWriteAccess(journal, bh);
    if (dirty) {
      k.jbd2.journalDirtyMetadata(journal, bh);
    }
  }

  /** {@code write_end_fn()}. */
  protected final void writeEndFn(Journal journal, int bh) {
    if (heads.has(bh, MAPPED)) {
      heads.set(bh, BufferHeads.UPTODATE);
      k.jbd2.journalDirtyMetadata(journal, bh);
    }
  }

  /** {@code ext4_get_block()}: allocates at once. */
  protected int ext4GetBlock(Inode inode, long index, int bh, boolean create) {
    if (inode.disk(index) != Inode.HOLE) {
      heads.set(bh, MAPPED);
    } else if (create) {
      heads.set(bh, MAPPED | NEW);
    }
    return 0;
  }

  /** {@code noalloc_get_block_write()}: never allocates, whatever it is asked. */
  private int noallocGetBlockWrite(Inode inode, long index, int bh, boolean create) {
    return ext4GetBlock(inode, index, bh, false);
  }

  /** {@code ext4_da_get_block_prep()}: reserves a block that will be allocated when the page is written. */
  protected int orderedGetBlock(Inode inode, long index, int bh, boolean create) {
    heads.set(bh, inode.disk(index) != Inode.HOLE ? MAPPED : MAPPED | NEW | DELAY);
    return 0;
  }

  /** {@code mpage_da_map_blocks()} and {@code mpage_put_bnr_to_bhs()}. */
  private void allocateDelayed(int page) {
    if (k.buffer.pageHasBuffers(page)) {
      forEachBuffer(page, bh -> heads.clear(bh, DELAY));
    }
  }

  /** {@code ext4_bh_unmapped()} of any buffer of the page. */
  private boolean isAnyUnmapped(int page) {
    boolean[] unmapped = {false};
    forEachBuffer(page, bh -> unmapped[0] |= !heads.has(bh, MAPPED));
    return unmapped[0];
  }

  /** {@code ext4_bh_delay_or_unwritten()} of any buffer of the page. */
  private boolean isDelayed(int page) {
    boolean[] delayed = {false};
    forEachBuffer(page, bh -> delayed[0] |= heads.has(bh, DELAY) && heads.has(bh, BufferHeads.DIRTY));
    return delayed[0];
  }

  /** {@code ext4_writepage()}: allocates nothing; a page that would need it is made dirty again. */
  protected int ext4Writepage(int page) {
    if (!k.buffer.pageHasBuffers(page)) {
      k.buffer.blockPrepareWrite(page, this::noallocGetBlockWrite);
      if (!isDelayed(page)) {
        k.buffer.blockCommitWrite(page);
      }
    }
    if (isDelayed(page)) {
      k.pageWriteback.redirtyPageForWritepage(page);
      k.filemap.unlockPage(page);
      return 0;
    }
    if (frames.has(page, PageFlag.CHECKED) && isJournalled(page)) {
      frames.clear(page, PageFlag.CHECKED);
      return journalledWritepage(page);
    }
    return k.buffer.blockWriteFullPage(page, this::noallocGetBlockWrite);
  }

  /** {@code __ext4_journalled_writepage()}: a page that was written through a mapping goes to the journal. */
  private int journalledWritepage(int page) {
    Journal journal = journalOf(page);
    AddressSpace mapping = k.pageMapping(page);
    frames.get(page);
    forEachBuffer(page, heads::get);
    k.filemap.unlockPage(page);
    boolean locks = k.profile.journalledWritepageLooksAgain();
    if (locks) {
      k.filemap.lockPage(page);
    }
    if (!locks || k.pageMapping(page) == mapping) {
      noteTruncated(page);
      forEachBuffer(page, bh -> journalGetWriteAccess(journal, bh));
      forEachBuffer(page, bh -> writeEndFn(journal, bh));
    }
    forEachBuffer(page, heads::put);
    if (locks) {
      k.filemap.unlockPage(page);
    }
    k.swap.putPage(page);
    return 0;
  }

  /** Buffers that truncation has given up (only it does that) are about to be the journal's again. */
  private void noteTruncated(int page) {
    forEachBuffer(page, bh -> {
      if (heads.has(bh, MAPPED) && heads.list(bh) == BufferHeads.BJ_FORGET) {
        k.defects.journalledAfterTruncation(page);
      }
    });
  }

  /** {@code ext4_file_mmap()}. */
  @Override
  public void mmap(VmFile file, Vma vma) {
    vma.ops = vmOps;
  }

  /** {@code ext4_sync_file()}: commits what the journal holds of the file. */
  @Override
  public int fsync(VmFile file) {
    if (file.inode().sb().journalsData()) {
      k.jbd2.journalCommitTransaction(Objects.requireNonNull(file.inode().sb().journal()));
    }
    return 0;
  }

  /** {@code ext4_evict_inode()}: the name went in a transaction that is still running. */
  @Override
  public void evictInode(Inode inode) {
    Objects.requireNonNull(inode.sb().journal()).running = true;
    k.truncate.truncateInodePages(inode.mapping());
  }

  /**
   * {@code ext4_create()}: an empty file; the reference is the caller's.
   *
   * @param journalData whether it is on the file system that is mounted with {@code data=journal}
   */
  public VmFile newFile(boolean journalData) {
    Inode inode = new Inode(this, journalData ? journalled : ordered, null);
    k.mappings.allocSpace(inode, journalData ? journalledAops : orderedAops, true);
    return new VmFile(inode);
  }

  /** {@code ext4_sync_fs()}: commits. */
  public void syncFs() {
    for (SuperBlock sb : List.of(ordered, journalled)) {
      k.jbd2.journalCommitTransaction(Objects.requireNonNull(sb.journal()));
    }
  }
}
