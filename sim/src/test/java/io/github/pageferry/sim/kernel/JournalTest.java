package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.Journal;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Ext4 with {@code data=journal}: how long the journal holds a page's buffers, and what that does to moving it. */
class JournalTest {

  private final TestKernel t = new TestKernel();
  private final TestFile file = new TestFile(t, FileSystem.EXT4_JOURNALLED, 1);
  private final Journal journal = Objects.requireNonNull(file.mapping.host().sb().journal());

  private int bh() {
    return file.buffers(0).get(0);
  }

  private void commit() {
    t.k.jbd2.journalCommitTransaction(journal);
  }

  private int move() {
    return t.k.migrate.migratePages(t.isolate(file.page(0)), t.new To(2), false);
  }

  private int nodeOfPage() {
    return t.frames.pageToNid(file.page(0));
  }

  /** All that was written has gone to the log and from there to its place. */
  private void settle() {
    t.k.inodes.fsync(file.file);
    t.k.inodes.fsync(file.file);
    assertThat(t.frames.has(file.page(0), PageFlag.DIRTY)).isFalse();
    assertThat(file.heads().has(bh(), BufferHeads.JBD)).isFalse();
  }

  @Test
  void aWriteIsTheRunningTransactions() {
    settle();
    assertThat(t.k.filemapFiles.genericPerformWrite(file.file, 0, 3)).isZero();
    assertThat(journal.running).isTrue();
    assertThat(file.heads().list(bh())).isEqualTo(BufferHeads.BJ_METADATA);
    assertThat(file.heads().has(bh(), BufferHeads.JBD)).isTrue();
    assertThat(file.heads().has(bh(), BufferHeads.JBD_DIRTY)).isTrue();
    assertThat(file.heads().has(bh(), BufferHeads.DIRTY)).isFalse();
    assertThat(file.isDirty(0)).as("the journal writes it, not the page cache").isFalse();
    assertThat(file.heads().count(bh())).isEqualTo(1);
  }

  @Test
  void itCannotMoveUntilTheTransactionIsCommitted() {
    settle();
    t.k.filemapFiles.genericPerformWrite(file.file, 0, 3);
    assertThat(move()).isEqualTo(1);
    assertThat(nodeOfPage()).isZero();
    t.k.swap.lruAddDrainAll();

    commit();
    assertThat(file.heads().list(bh())).isEqualTo(BufferHeads.BJ_NONE);
    assertThat(file.heads().has(bh(), BufferHeads.CHECKPOINT)).isTrue();
    assertThat(file.isDirty(0)).as("to be written to its place").isTrue();

    assertThat(move()).as("writeout() writes it, the next pass drops the checkpoint").isZero();
    assertThat(nodeOfPage()).isEqualTo(2);
    assertThat(file.mapping.host().disk(0)).isEqualTo(3);
    assertThat(journal.checkpointed).isEmpty();
    assertThat(t.k.bufferHeads.live()).isZero();
  }

  @Test
  void whatIsWrittenThroughAMappingJoinsTheJournalWhenItIsWrittenBack() {
    settle();
    long address = file.map(true);
    t.self.write(address, 4);
    assertThat(t.frames.has(file.page(0), PageFlag.CHECKED)).isTrue();
    assertThat(file.heads().has(bh(), BufferHeads.JBD)).isFalse();

    // Ten passes: the first one's writeout() gives the page to the journal, which keeps it.
    t.k.swap.lruAddDrainAll();
    assertThat(move()).isEqualTo(1);
    assertThat(t.frames.has(file.page(0), PageFlag.CHECKED)).isFalse();
    assertThat(file.heads().list(bh())).isEqualTo(BufferHeads.BJ_METADATA);
    assertThat(t.self.peek(address)).isEqualTo(4);
    t.k.swap.lruAddDrainAll();

    commit();
    assertThat(move()).isZero();
    assertThat(t.self.peek(address)).isEqualTo(4);
    assertThat(t.nodeAt(address)).isEqualTo(2);
  }

  @Test
  void aCommitWithoutChangeLetsGo() {
    settle();
    t.k.jbd2.journalGetWriteAccess(journal, bh());
    assertThat(file.heads().list(bh())).isEqualTo(BufferHeads.BJ_RESERVED);
    assertThat(file.heads().count(bh())).isEqualTo(1);
    commit();
    assertThat(file.heads().has(bh(), BufferHeads.JBD | BufferHeads.CHECKPOINT)).isFalse();
    assertThat(file.heads().count(bh())).isZero();
    assertThat(journal.running).isFalse();
    assertThat(journal.buffers).isEmpty();
  }

  @Test
  void anotherChangeAfterTheCommitIsTheNextTransactions() {
    settle();
    t.k.filemapFiles.genericPerformWrite(file.file, 0, 3);
    commit();
    t.k.filemapFiles.genericPerformWrite(file.file, 0, 4);
    assertThat(file.heads().list(bh())).isEqualTo(BufferHeads.BJ_METADATA);
    assertThat(file.heads().has(bh(), BufferHeads.CHECKPOINT)).isTrue();
    assertThat(file.heads().has(bh(), BufferHeads.DIRTY)).as("what was dirty is the journal's").isFalse();
    commit();
    assertThat(journal.checkpointed).containsExactly(bh());
    t.k.inodes.fsync(file.file);
    assertThat(file.mapping.host().disk(0)).isEqualTo(4);
  }

  @Test
  void aCommitForgetsWhatHasReachedItsPlace() {
    settle();
    t.k.filemapFiles.genericPerformWrite(file.file, 0, 3);
    commit();
    t.k.filemapFiles.filemapWriteAndWait(file.mapping);
    assertThat(file.heads().has(bh(), BufferHeads.CHECKPOINT)).isTrue();
    commit();
    assertThat(file.heads().has(bh(), BufferHeads.CHECKPOINT | BufferHeads.JBD)).isFalse();
  }

  @Test
  void aChangeWithoutAccessStopsTheKernel() {
    settle();
    assertThatThrownBy(() -> t.k.jbd2.journalDirtyMetadata(journal, bh())).isInstanceOf(KernelBug.class);
  }

  @Test
  void truncationTakesAPageFromTheRunningTransaction() {
    settle();
    t.k.filemapFiles.genericPerformWrite(file.file, 0, 3);
    int page = file.page(0);
    file.remove();
    assertThat(journal.buffers).isEmpty();
    assertThat(t.k.bufferHeads.live()).isZero();
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.count(page)).isZero();
  }

  @Test
  void truncationLeavesACommittedPageToTheJournalUntilThatIsCommitted() {
    settle();
    t.k.filemapFiles.genericPerformWrite(file.file, 0, 3);
    commit();
    int page = file.page(0);
    int bh = bh();
    file.remove();
    assertThat(t.frames.mapping(page)).as("an orphan").isZero();
    assertThat(t.frames.has(page, PageFlag.PRIVATE)).isTrue();
    assertThat(file.heads().list(bh)).isEqualTo(BufferHeads.BJ_FORGET);
    assertThat(file.heads().has(bh, BufferHeads.DIRTY | BufferHeads.JBD_DIRTY)).isFalse();

    commit();
    assertThat(t.k.bufferHeads.live()).isZero();
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.count(page)).isZero();
  }

  @Test
  void anOrphanThatIsLockedWaitsForSomebodyElse() {
    settle();
    t.k.filemapFiles.genericPerformWrite(file.file, 0, 3);
    commit();
    int page = file.page(0);
    file.remove();
    t.k.filemap.lockPage(page);
    commit();
    assertThat(t.k.buffer.pageHasBuffers(page)).isTrue();
    t.k.filemap.unlockPage(page);
    // Moving it frees it.
    t.k.swap.lruAddDrainAll();
    assertThat(t.k.migrate.migratePages(t.isolate(page), t.new To(2), false)).isZero();
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.count(page)).isZero();
  }

  @Test
  void truncationOfWhatIsInItsPlaceLeavesTheBufferToTheCheckpoint() {
    settle();
    t.k.filemapFiles.genericPerformWrite(file.file, 0, 3);
    commit();
    t.k.filemapFiles.filemapWriteAndWait(file.mapping);
    int page = file.page(0);
    int bh = bh();
    file.remove();
    assertThat(t.frames.has(page, PageFlag.PRIVATE)).isTrue();
    assertThat(file.heads().has(bh, BufferHeads.CHECKPOINT)).isTrue();
    commit();
    assertThat(file.heads().has(bh, BufferHeads.JBD)).isFalse();
    t.k.swap.lruAddDrainAll();
    assertThat(t.k.migrate.migratePages(t.isolate(page), t.new To(2), false)).isZero();
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.count(page)).isZero();
  }

  @Test
  void withoutATransactionACommittedPageIsTruncatedWhole() {
    settle();
    t.k.filemapFiles.genericPerformWrite(file.file, 0, 3);
    commit();
    t.k.filemap.lockPage(file.page(0));
    t.k.jbd2.journalInvalidatepage(journal, file.page(0));
    assertThat(file.heads().has(bh(), BufferHeads.DIRTY | BufferHeads.MAPPED)).isFalse();
    assertThat(file.heads().has(bh(), BufferHeads.JBD)).as("on the checkpoint list").isTrue();
    t.k.filemap.unlockPage(file.page(0));
    int page = file.page(0);
    file.remove();
    commit();
    t.k.swap.lruAddDrainAll();
    t.k.migrate.migratePages(t.isolate(page), t.new To(2), false);
  }

  @Test
  void orderedDataIsNoneOfTheJournalsBusiness() {
    TestFile ordered = new TestFile(t, FileSystem.EXT4, 1);
    ordered.dirty(0, 3);
    assertThat(ordered.anyBuffer(0, BufferHeads.JBD)).isFalse();
    t.k.swap.lruAddDrainAll();
    assertThat(t.k.migrate.migratePages(t.isolate(ordered.page(0)), t.new To(2), false)).isZero();
    assertThat(ordered.isDirty(0)).isTrue();
    t.k.ext4.syncFs();
  }
}
