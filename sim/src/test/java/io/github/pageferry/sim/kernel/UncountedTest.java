package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.check.Finding;
import io.github.pageferry.sim.check.KnownDefect;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.Journal;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Scheduler.At;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What old kernels get wrong where others come in between: a finding of just so much, and the least bit more a violation. */
class UncountedTest {

  private static final long PAGE = TestKernel.PAGE;

  private OneTask task = new OneTask();
  private TestKernel t = new TestKernel(Machines.boot(Machines.SMALL, "2.6.36", task));

  UncountedTest() {
    task.attach(t.k);
  }

  private void boot(String release) {
    task = new OneTask();
    t = new TestKernel(Machines.boot(Machines.SMALL, release, task));
    task.attach(t.k);
  }

  private Mm mm() {
    return t.k.current.mm();
  }

  private void assertFound(KnownDefect defect, String what) {
    t.machine.invariants().check();
    assertThat(t.machine.invariants().findings()).containsExactly(new Finding(defect, what));
  }

  private void assertNothingFound() {
    t.machine.invariants().check();
    assertThat(t.machine.invariants().findings()).isEmpty();
  }

  private void assertViolated(String violation) {
    assertThat(t.machine.invariants().violations()).containsExactly(violation);
    Machines.expectViolations();
  }

  // 9f9f1acd713d, 3.3.

  /** Moves the page of an address to node 1; others come in when the page has been replaced and its entry has not. */
  private void moveAndMeanwhile(long address, Runnable others) {
    boolean[] was = new boolean[1];
    int old = t.pageAt(address);
    afterEachEntry(() -> {
      if (was[0] || t.frames.mapping(old) != 0) {
        return false;
      }
      was[0] = true;
      others.run();
      return true;
    });
    t.k.migrate.migratePages(t.isolate(old), t.new To(1), false);
    assertThat(was[0]).as("the page was replaced").isTrue();
  }

  /** At each lock of a page table, until it has been done. */
  private void afterEachEntry(BooleanSupplier what) {
    task.next(At.PAGE_TABLE_LOCK, () -> {
      if (!what.getAsBoolean()) {
        afterEachEntry(what);
      }
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.18", "2.6.36"})
  void aPageThatGoesWhileItMovesStaysCounted(String release) {
    boot(release);
    long address = t.written(2, 0);
    moveAndMeanwhile(address, () -> assertThat(t.self.dontneed(address, PAGE)).isZero());
    assertFound(KnownDefect.MIGRATING_UNCOUNTED, "MM_ANONPAGES 2 and MM_FILEPAGES 0, but 1 and 0 entries");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.18", "2.6.36"})
  void soDoesAFilesInItsOwnCounter(String release) {
    boot(release);
    long address = t.shared(2, 0);
    moveAndMeanwhile(address, () -> assertThat(t.self.dontneed(address, PAGE)).isZero());
    t.machine.invariants().check();
    assertThat(t.machine.invariants().findings()).contains(
        new Finding(KnownDefect.MIGRATING_UNCOUNTED, "MM_ANONPAGES 0 and MM_FILEPAGES 2, but 0 and 1 entries"));
  }

  /** Later kernels hold the lock of the anon_vma meanwhile, for which fork waits. */
  @Test
  void aPageThatIsForkedWhileItMovesIsNotCounted() {
    boot("2.6.18");
    long address = t.written(2, 0);
    SimulatedProcess[] child = new SimulatedProcess[1];
    moveAndMeanwhile(address, () -> child[0] = t.self.fork());
    assertFound(KnownDefect.MIGRATING_UNCOUNTED, "MM_ANONPAGES 1 and MM_FILEPAGES 0, but 2 and 0 entries");
    child[0].exit();
    assertNothingFound();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.18"})
  void laterAllAreCounted(String release) {
    boot(release);
    long address = t.written(2, 0);
    int page = t.pageAt(address);
    t.frames.get(page);
    t.k.filemap.lockPage(page);
    t.k.rmap.tryToUnmap(page, Rmap.TTU_MIGRATION | Rmap.TTU_IGNORE_MLOCK | Rmap.TTU_IGNORE_ACCESS);
    assertThat(t.self.dontneed(address, PAGE)).isZero();
    t.k.migrate.removeMigrationPtes(page, page);
    t.k.filemap.unlockPage(page);
    t.k.swap.putPage(page);
    assertNothingFound();
  }

  private void loseOne() {
    long address = t.written(2, 0);
    moveAndMeanwhile(address, () -> assertThat(t.self.dontneed(address, PAGE)).isZero());
  }

  @Test
  void oneMoreIsAViolation() {
    loseOne();
    mm().anonPages++;
    assertViolated("MM_ANONPAGES 3 and MM_FILEPAGES 0, but 1 and 0 entries, and 1 and 0 miscounted");
  }

  @Test
  void oneLessIsAViolation() {
    loseOne();
    mm().anonPages--;
    assertViolated("MM_ANONPAGES 1 and MM_FILEPAGES 0, but 1 and 0 entries, and 1 and 0 miscounted");
  }

  @Test
  void theOtherCounterIsAViolation() {
    loseOne();
    mm().filePages++;
    assertViolated("MM_ANONPAGES 2 and MM_FILEPAGES 1, but 1 and 0 entries, and 1 and 0 miscounted");
  }

  @Test
  void whatWasNotMovedIsAViolation() {
    t.written(2, 0);
    mm().anonPages++;
    assertViolated("MM_ANONPAGES 3 and MM_FILEPAGES 0, but 2 and 0 entries");
  }

  // bdf96838aea6, 4.2.

  /** A committed page is written through a mapping and then to the journal, and truncated when that has let go of its lock. */
  private int truncateWhileJournalled() {
    TestFile file = new TestFile(t, FileSystem.EXT4_JOURNALLED, 1);
    Journal journal = Objects.requireNonNull(file.mapping.host().sb().journal());
    t.k.filemapFiles.genericPerformWrite(file.file, 0, 3);
    t.k.jbd2.journalCommitTransaction(journal);
    int page = file.page(0);
    t.frames.set(page, PageFlag.CHECKED);
    journal.running = true;
    task.next(At.UNLOCK_PAGE, () -> t.k.truncate.truncateAndExtend(file.file.inode()));
    t.k.filemapFiles.filemapWriteAndWait(file.mapping);
    assertThat(t.frames.mapping(page)).as("truncated").isZero();
    t.self.remove(file.file);
    return page;
  }

  @Test
  void aPageThatIsTruncatedWhileItIsJournalledStays() {
    String what = "page " + truncateWhileJournalled() + ", which was truncated, stays for good";
    assertFound(KnownDefect.JOURNALLED_AFTER_TRUNCATION, what);
    t.k.ext4.syncFs();
    t.k.ext4.syncFs();
    assertFound(KnownDefect.JOURNALLED_AFTER_TRUNCATION, what);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.18"})
  void laterItIsLookedAtAgain(String release) {
    boot(release);
    int page = truncateWhileJournalled();
    assertNothingFound();
    t.k.ext4.syncFs();
    t.k.ext4.syncFs();
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.count(page)).as("freed with its buffers").isZero();
  }

  @Test
  void anotherPageThatWaitsToBeWrittenIsAViolation() {
    boot("5.10");
    int page = truncateWhileJournalled();
    t.k.bufferHeads.set(t.k.buffer.pageBuffers(page), BufferHeads.JBD_DIRTY);
    assertViolated("page " + page + " was truncated, but waits to be written");
  }

  @Test
  void oneThatDoesNotWaitAnyLongerIsAViolation() {
    int page = truncateWhileJournalled();
    t.k.bufferHeads.clear(t.k.buffer.pageBuffers(page), BufferHeads.JBD_DIRTY);
    assertViolated("page " + page + " was journalled after it was truncated, but does not wait to be written");
  }
}
