package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.mm.PageFlag;
import java.util.List;
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
    List<Integer> taken = h.t.exhaust(2);
    for (int i = taken.size() - 1; i >= 0; i--) {
      if (taken.get(i) % 2 == 0) {
        h.t.free(taken.remove(i));
      }
    }
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
}
