package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code migrate_pages_batch()}: transparent huge pages that cannot or should not move as a whole. */
class MigrateInBatchesTest {

  private static final long PAGE = TestKernel.PAGE;
  private static final int ALL = Mbind.MPOL_MF_MOVE_ALL;

  @ParameterizedTest
  @CsvSource({"5.10, false", "6.1, false", "6.12, true", "6.18, true", "7.3, true"})
  void aPageThatLostAPartMovesInParts(String release, boolean inParts) {
    HugePages h = new HugePages(release);
    long address = h.written(0);
    assertThat(h.t.self.dontneed(address + 9 * PAGE, PAGE)).isZero();
    assertThat(h.move(address, 2, ALL)).isEqualTo(2);
    assertThat(h.t.frames.nrPages(h.t.frames.compoundHead(h.t.pageAt(address)))).isEqualTo(inParts ? 1 : 512);
    assertThat(h.t.nodeAt(address + 511 * PAGE)).isEqualTo(2);
    assertThat(h.t.self.peek(address + 511 * PAGE)).isEqualTo(512);
  }

  /** Its parts are unmapped one by one, so that it counts as partly mapped when it has moved. */
  @ParameterizedTest
  @CsvSource({"6.1, false", "6.12, true", "6.18, false", "7.3, true"})
  void aPageMappedInPartsIsSplitBySecondMove(String release, boolean split) {
    HugePages h = new HugePages(release);
    long address = h.written(0);
    h.t.k.hugeMemory.splitHugePmd(h.t.vma(address), address);
    assertThat(h.move(address, 2, ALL)).isEqualTo(2);
    int head = h.t.pageAt(address);
    assertThat(h.t.frames.nrPages(head)).isEqualTo(512);
    assertThat(h.t.frames.has(head, PageFlag.PARTIALLY_MAPPED)).isEqualTo(split);
    assertThat(h.move(address, 1, ALL)).isEqualTo(1);
    assertThat(h.t.frames.nrPages(h.t.pageAt(address))).isEqualTo(split ? 1 : 512);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.12", "7.3"})
  void aPinnedPageThatLostAPartStaysWhole(String release) {
    HugePages h = new HugePages(release);
    long address = h.written(0);
    int head = h.head(address);
    assertThat(h.t.self.dontneed(address + 9 * PAGE, PAGE)).isZero();
    assertThat(h.t.self.pin(address)).isZero();
    assertThat(h.move(address, 2, ALL)).as("one page that did not move").isEqualTo(1);
    assertThat(h.t.pageAt(address)).isEqualTo(head);
    assertThat(h.t.frames.nrPages(head)).isEqualTo(512);
    assertThat(h.t.self.unpin(address)).isZero();
  }

  /** Room for single pages, none for 512 together. */
  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.1", "6.12", "7.3"})
  void whereOnlySmallPagesAreFreeThePartsMove(String release) {
    HugePages h = new HugePages(release);
    long address = h.written(0);
    List<Integer> taken = leaveSmallPages(h, 2, Integer.MAX_VALUE);
    assertThat(h.moveUnchecked(address, 2, ALL)).isEqualTo(2);
    assertThat(h.t.nodeAt(address)).isEqualTo(2);
    assertThat(h.t.nodeAt(address + 511 * PAGE)).isEqualTo(2);
    assertThat(h.t.self.peek(address + 511 * PAGE)).isEqualTo(512);
    h.t.refill(taken);
    h.check();
  }

  /** Since 6.3 a huge page without any memory is one that did not move, no error of the call. */
  @ParameterizedTest
  @CsvSource({"5.10, -12", "6.1, -12", "6.12, 1", "6.18, 1", "7.3, 1"})
  void withoutMemoryItFallsIntoParts(String release, long returned) {
    HugePages h = new HugePages(release);
    long address = h.written(0);
    List<Integer> taken = h.t.exhaust(2);
    assertThat(h.t.k.migrate.migratePages(
        h.t.isolate(h.head(address)), page -> h.t.k.migrate.allocMigrationTarget(page, 2), false)).isEqualTo((int) returned);
    assertThat(h.isHuge(address)).isFalse();
    assertThat(h.t.frames.nrPages(h.t.pageAt(address))).isEqualTo(1);
    assertThat(h.t.nodeAt(address)).isZero();
    assertThat(h.t.self.peek(address + 511 * PAGE)).isEqualTo(512);
    h.t.refill(taken);
    h.check();
  }

  /** Takes all of a node's pages but some, no two of which are neighbours; they are handed back by {@link TestKernel#refill}. */
  private static List<Integer> leaveSmallPages(HugePages h, int node, int most) {
    List<Integer> taken = h.t.exhaust(node);
    int left = most;
    for (int i = taken.size() - 1; i >= 0 && left > 0; i--) {
      if (taken.get(i) % 2 == 0) {
        h.t.free(taken.remove(i));
        left--;
      }
    }
    return taken;
  }

  private static int migrate(HugePages h, int... pages) {
    return h.t.k.migrate.migratePages(h.t.isolate(pages), page -> h.t.k.migrate.allocMigrationTarget(page, 2), false);
  }

  /** Its parts take the last pages that are free, ahead of what comes after it. */
  @ParameterizedTest
  @CsvSource({"5.10, 2, 0", "6.1, 0, 2", "6.12, 0, 2", "7.3, 0, 2"})
  void partsMoveAtTheEndOfTheBatchThatTheHugePageEnds(String release, int small, int lastPart) {
    HugePages h = new HugePages(release);
    long address = h.written(0);
    int single = h.t.anonPage(0);
    long where = Integer.toUnsignedLong(h.t.frames.index(single)) * PAGE;
    List<Integer> taken = leaveSmallPages(h, 2, 512);
    assertThat(migrate(h, h.head(address), single)).isEqualTo(-Err.ENOMEM);
    assertThat(h.t.nodeAt(where)).isEqualTo(small);
    assertThat(h.t.nodeAt(address)).isEqualTo(2);
    // They stand in the list from the highest address down.
    assertThat(h.t.nodeAt(address + PAGE)).isEqualTo(lastPart);
    h.t.refill(taken);
    h.check();
  }

  /** Without memory for it nothing else is tried. */
  @ParameterizedTest
  @CsvSource({"5.10, 2", "6.1, 0", "6.12, 0", "7.3, 0"})
  void hugePagesOfThePoolComeFirst(String release, int small) {
    HugePages h = new HugePages(release);
    assertThat(h.t.k.hugetlb.setPoolSize(0, 1)).isEqualTo(1);
    long address = h.t.place();
    assertThat(h.t.self.mapHuge(address, 512, TestKernel.RW, false)).isZero();
    assertThat(h.t.self.write(address, 1)).isZero();
    int head = h.t.pageAt(address);
    long where = h.t.written(1, 0);
    List<Integer> taken = leaveSmallPages(h, 2, 8);
    PageList list = h.t.isolate(h.t.pageAt(where));
    assertThat(h.t.k.migrate.isolatePage(head, list)).isZero();
    assertThat(h.t.k.migrate.migratePages(list, page -> h.t.k.migrate.allocMigrationTarget(page, 2), false)).isEqualTo(-Err.ENOMEM);
    assertThat(h.t.nodeAt(where)).isEqualTo(small);
    assertThat(h.t.nodeAt(address)).isZero();
    h.t.refill(taken);
  }

  @Test
  void pagesThatFailedForGoodAreCountedAlsoWhereAHugePageIsSplitAfterThem() {
    HugePages h = new HugePages("5.10");
    long address = h.written(0);
    long file = h.t.file(FileSystem.RAMFS, 1);
    assertThat(h.t.self.write(file, 1)).isZero();
    h.t.k.swap.lruAddDrainAll();
    List<Integer> taken = leaveSmallPages(h, 2, Integer.MAX_VALUE);
    assertThat(migrate(h, h.t.pageAt(file), h.head(address))).isEqualTo(1);
    assertThat(h.t.nodeAt(address + 511 * PAGE)).isEqualTo(2);
    assertThat(h.t.nodeAt(file)).isZero();
    h.t.refill(taken);
    h.check();
  }

  /** Another task migrates a page of its own while the parts of this one's move. */
  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12", "7.3"})
  void callsAtTheSameTimeCountForThemselves(String release) {
    HugePages h = new HugePages(release);
    long address = h.written(0);
    int other = h.t.anonPage(0);
    List<Integer> taken = leaveSmallPages(h, 2, Integer.MAX_VALUE);
    int[] asked = {0};
    assertThat(h.t.k.migrate.migratePages(h.t.isolate(h.head(address)), page -> {
      if (++asked[0] == 9) {
        assertThat(migrate(h, other)).isZero();
      }
      return h.t.k.migrate.allocMigrationTarget(page, 2);
    }, false)).as("all of it has moved").isZero();
    assertThat(asked[0]).isEqualTo(513);
    h.t.refill(taken);
    h.check();
  }
}
