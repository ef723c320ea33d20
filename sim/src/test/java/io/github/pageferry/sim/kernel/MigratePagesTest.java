package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code migrate_pages()}: at most ten passes, force from the fourth on; what cannot be moved is put back. */
class MigratePagesTest {

  private final TestKernel t = new TestKernel();
  private final TestKernel.To to = t.new To(2);

  @Test
  void allPagesMoveInOnePassInTheListsOrder() {
    long address = t.written(5, 1);
    int[] pages = new int[5];
    for (int i = 0; i < 5; i++) {
      pages[i] = t.pageAt(address + i * TestKernel.PAGE);
    }
    PageList list = t.isolate(pages);

    assertThat(t.k.migrate.migratePages(list, to, false)).isZero();

    assertThat(to.asked).containsExactly(pages[0], pages[1], pages[2], pages[3], pages[4]);
    for (int i = 0; i < 5; i++) {
      assertThat(t.nodeAt(address + i * TestKernel.PAGE)).isEqualTo(2);
      assertThat(t.self.peek(address + i * TestKernel.PAGE)).isEqualTo(i + 1);
    }
    assertThat(t.stat(1, ZoneStat.NR_ISOLATED_ANON)).isZero();
  }

  @Test
  void anEmptyListIsNothingToDo() {
    assertThat(t.k.migrate.migratePages(new PageList(t.frames), to, false)).isZero();
    assertThat(to.asked).isEmpty();
  }

  @Test
  void aPageThatIsHeldIsTriedTenTimesAndPutBack() {
    long pinned = t.written(1, 1);
    long other = t.written(1, 1);
    int page = t.pageAt(pinned);
    t.self.pin(pinned);
    PageList list = t.isolate(page, t.pageAt(other));

    assertThat(t.k.migrate.migratePages(list, to, false)).isEqualTo(1);

    assertThat(Collections.frequency(to.asked, page)).isEqualTo(10);
    assertThat(to.asked).hasSize(11);
    assertThat(list.isEmpty()).isTrue();
    assertThat(t.pageAt(pinned)).isEqualTo(page);
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.has(page, PageFlag.LRU)).isTrue();
    assertThat(t.nodeAt(other)).isEqualTo(2);
    assertThat(t.stat(1, ZoneStat.NR_ISOLATED_ANON)).isZero();
  }

  @Test
  void aPageThatIsReleasedBetweenPassesMovesThen() {
    long address = t.written(1, 1);
    t.self.pin(address);
    to.before(6, () -> t.self.unpin(address));

    assertThat(t.k.migrate.migratePages(t.isolate(t.pageAt(address)), to, false)).isZero();

    assertThat(to.asked).hasSize(6);
    assertThat(t.nodeAt(address)).isEqualTo(2);
  }

  @Test
  void threePassesDoNotWaitForALock() {
    int page = t.anonPage(1);
    t.k.filemap.lockPage(page);
    to.before(4, () -> t.k.filemap.unlockPage(page));
    assertThat(t.k.migrate.migratePages(t.isolate(page), to, false)).isZero();
    assertThat(to.asked).hasSize(4);
  }

  @Test
  void theFourthWaits() {
    int page = t.anonPage(1);
    t.k.filemap.lockPage(page);
    PageList list = t.isolate(page);
    to.before(5, () -> t.k.filemap.unlockPage(page));
    assertThatThrownBy(() -> t.k.migrate.migratePages(list, to, false))
        .isInstanceOf(KernelBug.class).hasMessageContaining("lock_page()");
    assertThat(to.asked).hasSize(4);
    Machines.expectCrash();
  }

  @Test
  void aPermanentFailureIsNotTriedAgainAndCounted() {
    long ramfs = t.file(FileSystem.RAMFS, 2);
    t.self.write(ramfs, 1);
    t.self.write(ramfs + TestKernel.PAGE, 2);
    long held = t.written(1, 1);
    t.self.pin(held);
    PageList list = t.isolate(t.pageAt(ramfs), t.pageAt(ramfs + TestKernel.PAGE), t.pageAt(held));

    assertThat(t.k.migrate.migratePages(list, to, false)).as("two failed, one to be retried").isEqualTo(3);

    assertThat(Collections.frequency(to.asked, t.pageAt(ramfs))).isEqualTo(1);
    assertThat(Collections.frequency(to.asked, t.pageAt(held))).isEqualTo(10);
  }

  @Test
  void outOfMemoryEndsItAndThePagesAreWhereTheyWere() {
    long first = t.written(1, 1);
    long second = t.written(1, 1);
    PageList list = t.isolate(t.pageAt(first), t.pageAt(second));
    List<Integer> taken = t.exhaust(2);

    assertThat(t.k.migrate.migratePages(list, to, false)).isEqualTo(-Err.ENOMEM);

    assertThat(to.asked).hasSize(1);
    assertThat(list.isEmpty()).isTrue();
    assertThat(t.nodeAt(first)).isEqualTo(1);
    assertThat(t.nodeAt(second)).isEqualTo(1);
    t.refill(taken);
  }

  @Test
  void whatMovedBeforeTheMemoryEndedHasMoved() {
    long first = t.written(1, 1);
    long second = t.written(1, 1);
    List<Integer> taken = t.exhaust(2);
    t.k.swap.putPage(taken.remove(0));
    PageList list = t.isolate(t.pageAt(first), t.pageAt(second));

    assertThat(t.k.migrate.migratePages(list, to, false)).isEqualTo(-Err.ENOMEM);

    assertThat(t.nodeAt(first)).isEqualTo(2);
    assertThat(t.nodeAt(second)).isEqualTo(1);
    t.refill(taken);
  }

  @Test
  void mergedPagesMoveOnlyWhenMemoryGoesAway() {
    int page = t.anonPage(1);
    int mapping = t.frames.mapping(page);
    t.frames.mapping(page, mapping | PageFrames.MAPPING_KSM);
    assertThat(t.k.migrate.migratePages(t.isolate(page), to, false)).isEqualTo(1);
    assertThat(to.asked).hasSize(1);
    assertThat(to.results).containsEntry(page, -Err.EBUSY);
    t.frames.mapping(page, mapping);
  }

  @Test
  void theTaskMayWriteToSwapMeanwhileAndNotAfter() {
    int page = t.anonPage(1);
    to.before(1, () -> assertThat(t.k.current.swapwrite).isTrue());
    t.k.migrate.migratePages(t.isolate(page), to, false);
    assertThat(t.k.current.swapwrite).isFalse();
    t.k.current.swapwrite = true;
    t.k.migrate.migratePages(new PageList(t.frames), to, false);
    assertThat(t.k.current.swapwrite).isTrue();
  }

  @Test
  void aPageFreedFromUnderUsIsFreedInTheEnd() {
    long address = t.written(1, 1);
    PageList list = t.isolate(t.pageAt(address));
    to.before(1, () -> t.self.unmap(address, TestKernel.PAGE));
    int free = t.k.nodes.zone(1).freePages();

    assertThat(t.k.migrate.migratePages(list, to, false)).isZero();

    t.k.swap.lruAddDrainAll();
    assertThat(t.k.nodes.zone(1).freePages()).isEqualTo(free + 1);
    assertThat(to.asked).hasSize(1);
  }
}
