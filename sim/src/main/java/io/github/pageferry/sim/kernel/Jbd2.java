package io.github.pageferry.sim.kernel;

import static io.github.pageferry.sim.mm.BufferHeads.BJ_FORGET;
import static io.github.pageferry.sim.mm.BufferHeads.BJ_METADATA;
import static io.github.pageferry.sim.mm.BufferHeads.BJ_NONE;
import static io.github.pageferry.sim.mm.BufferHeads.BJ_RESERVED;
import static io.github.pageferry.sim.mm.BufferHeads.CHECKPOINT;
import static io.github.pageferry.sim.mm.BufferHeads.DELAY;
import static io.github.pageferry.sim.mm.BufferHeads.DIRTY;
import static io.github.pageferry.sim.mm.BufferHeads.JBD;
import static io.github.pageferry.sim.mm.BufferHeads.JBD_DIRTY;
import static io.github.pageferry.sim.mm.BufferHeads.LOCK;
import static io.github.pageferry.sim.mm.BufferHeads.MAPPED;
import static io.github.pageferry.sim.mm.BufferHeads.NEW;

import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.Journal;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Scheduler;
import java.util.List;

/**
 * {@code fs/jbd2}: the journal's hold on buffers of file data, which keeps their pages from being moved. What is written to
 * the log itself does not show.
 */
public class Jbd2 {

  protected final Kernel k;
  private final PageFrames frames;
  private final BufferHeads heads;

  protected Jbd2(Kernel k) {
    this.k = k;
    frames = k.frames;
    heads = k.bufferHeads;
  }

  /** {@code jbd2_journal_add_journal_head()}: holds a reference on its buffer. */
  private void addJournalHead(int bh) {
    if (!heads.has(bh, JBD)) {
      heads.set(bh, JBD);
      heads.get(bh);
    }
  }

  /** {@code jbd2_journal_remove_journal_head()}: unless a transaction, running or committed, still needs it. */
  private void removeJournalHead(int bh) {
    if (heads.list(bh) == BJ_NONE && !heads.has(bh, CHECKPOINT)) {
      heads.clear(bh, JBD);
      heads.put(bh);
    }
  }

  /** {@code __jbd2_journal_file_buffer()}. */
  private void fileBuffer(Journal journal, int bh, int list) {
    if (heads.list(bh) == list) {
      return;
    }
    boolean wasDirty = heads.testAndClear(bh, DIRTY) || heads.testAndClear(bh, JBD_DIRTY);
    if (heads.list(bh) != BJ_NONE) {
      unfileBuffer(journal, bh);
    }
    heads.list(bh, list);
    journal.buffers.add(bh);
    if (wasDirty) {
      heads.set(bh, JBD_DIRTY);
    }
  }

  /** {@code __jbd2_journal_unfile_buffer()}: what the journal knew to be dirty is everybody's to write from here on. */
  private void unfileBuffer(Journal journal, int bh) {
    if (heads.list(bh) == BJ_NONE) {
      return;
    }
    journal.buffers.remove((Integer) bh);
    heads.list(bh, BJ_NONE);
    if (heads.testAndClear(bh, JBD_DIRTY)) {
      k.buffer.markBufferDirty(bh);
    }
  }

  /** {@code jbd2_journal_get_write_access()}: announces a change; the buffer joins the running transaction. */
  void journalGetWriteAccess(Journal journal, int bh) {
    journal.running = true;
    addJournalHead(bh);
    if (heads.testAndClear(bh, DIRTY)) {
      heads.set(bh, JBD_DIRTY);
    }
    if (heads.list(bh) == BJ_NONE) {
      fileBuffer(journal, bh, BJ_RESERVED);
    }
  }

  /** {@code jbd2_journal_dirty_metadata()}: the change has been made. */
  void journalDirtyMetadata(Journal journal, int bh) {
    KernelBug.on(heads.list(bh) == BJ_NONE, "fs/jbd2/transaction.c: buffer {} was changed without access", bh);
    heads.set(bh, JBD_DIRTY);
    fileBuffer(journal, bh, BJ_METADATA);
  }

  /** {@code __journal_try_to_free_buffer()}: lets go of a buffer that has been written to its place. */
  private void tryToFreeBuffer(Journal journal, int bh) {
    if (!heads.has(bh, LOCK | DIRTY) && heads.has(bh, CHECKPOINT) && heads.list(bh) == BJ_NONE) {
      removeCheckpoint(journal, bh);
      removeJournalHead(bh);
    }
  }

  /** {@code __jbd2_journal_remove_checkpoint()}. */
  private void removeCheckpoint(Journal journal, int bh) {
    if (heads.testAndClear(bh, CHECKPOINT)) {
      journal.checkpointed.remove((Integer) bh);
    }
  }

  /** {@code jbd2_journal_try_to_free_buffers()}: whether the page has no buffers any longer. */
  boolean journalTryToFreeBuffers(Journal journal, int page) {
    int head = k.buffer.pageBuffers(page);
    int bh = head;
    do {
      if (heads.has(bh, JBD)) {
        tryToFreeBuffer(journal, bh);
        if (heads.has(bh, JBD)) {
          return false;
        }
      }
      bh = heads.thisPage(bh);
    } while (bh != head);
    return k.buffer.tryToFreeBuffers(page);
  }

  /** {@code __dispose_buffer()}: returns whether the journal has no interest in the buffer any longer. */
  private boolean disposeBuffer(Journal journal, int bh) {
    unfileBuffer(journal, bh);
    if (heads.has(bh, CHECKPOINT)) {
      heads.clear(bh, DIRTY);
      fileBuffer(journal, bh, BJ_FORGET);
      return false;
    }
    removeJournalHead(bh);
    return true;
  }

  /** {@code journal_unmap_buffer()}: its page is truncated. A committed buffer stays until that is committed, too. */
  private boolean unmapBuffer(Journal journal, int bh) {
    boolean mayFree = true;
    if (heads.has(bh, JBD)) {
      if (heads.list(bh) != BJ_NONE) {
        mayFree = disposeBuffer(journal, bh);
      } else if (heads.has(bh, CHECKPOINT) && heads.has(bh, DIRTY)) {
        if (journal.running) {
          return disposeBuffer(journal, bh);
        }
        heads.clear(bh, JBD_DIRTY);
      }
    }
    heads.clear(bh, DIRTY | MAPPED | NEW | DELAY);
    return mayFree;
  }

  /** {@code jbd2_journal_invalidatepage()} of a whole page: its buffers may survive it. */
  void journalInvalidatepage(Journal journal, int page) {
    if (!k.buffer.pageHasBuffers(page)) {
      return;
    }
    boolean mayFree = true;
    int head = k.buffer.pageBuffers(page);
    int bh = head;
    do {
      heads.lock(bh);
      mayFree &= unmapBuffer(journal, bh);
      heads.unlock(bh);
      bh = heads.thisPage(bh);
    } while (bh != head);
    if (mayFree) {
      k.buffer.tryToFreeBuffers(page);
    }
  }

  /**
   * {@code jbd2_journal_commit_transaction()}: what was changed is in the log, and is written to its place at leisure; what
   * was freed is let go.
   */
  public void journalCommitTransaction(Journal journal) {
    k.locks.take(Scheduler.At.JOURNAL, journal.commit);
    cleanCheckpointList(journal);
    journal.running = false;
    for (int bh : List.copyOf(journal.buffers)) {
      if (!journal.buffers.contains(bh)) {
        // Truncated while another was let go.
        continue;
      }
      removeCheckpoint(journal, bh);
      boolean dirty = heads.has(bh, JBD_DIRTY);
      if (dirty) {
        heads.set(bh, CHECKPOINT);
        journal.checkpointed.add(bh);
      }
      unfileBuffer(journal, bh);
      if (!dirty) {
        releaseBufferPage(bh);
      }
    }
    k.locks.release(journal.commit);
  }

  /** {@code __jbd2_journal_clean_checkpoint_list()}: forgets what has been written to its place. */
  private void cleanCheckpointList(Journal journal) {
    for (int bh : List.copyOf(journal.checkpointed)) {
      tryToFreeBuffer(journal, bh);
    }
  }

  /** {@code release_buffer_page()}: with its buffers a truncated page goes, too. */
  private void releaseBufferPage(int bh) {
    int page = heads.page(bh);
    removeJournalHead(bh);
    if (heads.has(bh, DIRTY) || heads.count(bh) != 0 || frames.mapping(page) != 0) {
      return;
    }
    frames.get(page);
    if (k.filemap.trylockPage(page)) {
      if (k.buffer.pageHasBuffers(page)) {
        k.buffer.tryToFreeBuffers(page);
      }
      k.filemap.unlockPage(page);
    }
    k.swap.putPage(page);
  }
}
