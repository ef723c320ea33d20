package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Pte;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code split_huge_page_to_list()} and who maps a transparent huge page. */
class HugeSplitTest {

  private static final long PAGE = TestKernel.PAGE;

  /** Splits the page of an address as a caller does who holds a reference. */
  private int split(HugePages h, long address) {
    int page = h.t.pageAt(address);
    int head = h.t.frames.compoundHead(page);
    h.t.frames.get(head);
    h.t.k.filemap.lockPage(head);
    int error = h.t.k.hugeSplit.splitHugePage(page, null);
    h.t.k.filemap.unlockPage(error == 0 ? page : head);
    h.t.k.swap.putPage(error == 0 ? page : head);
    h.check();
    return error;
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.1", "6.12", "7.3"})
  void eachPartBecomesAPageThatKeepsItsEntryAndContent(String release) {
    HugePages h = new HugePages(release);
    long address = h.written(2);
    int head = h.head(address);
    assertThat(split(h, address + 3 * PAGE)).isZero();
    for (int i : new int[] {0, 1, 3, 511}) {
      assertThat(h.t.pageAt(address + i * PAGE)).isEqualTo(head + i);
      assertThat(h.t.frames.nrPages(head + i)).isEqualTo(1);
      assertThat(h.t.frames.count(head + i)).isEqualTo(1);
      assertThat(h.t.frames.has(head + i, PageFlag.LRU)).isTrue();
      assertThat(h.t.frames.has(head + i, PageFlag.HEAD | PageFlag.TAIL | PageFlag.LOCKED)).isFalse();
      assertThat(h.t.self.peek(address + i * PAGE)).isEqualTo(i + 1);
    }
    assertThat(h.t.self.dontneed(address + PAGE, PAGE)).isZero();
    assertThat(h.t.frames.count(head + 1)).as("freed by itself").isZero();
  }

  @Test
  void aPageThatSomebodyElseHoldsIsNotSplit() {
    HugePages h = new HugePages("6.12");
    long address = h.written(0);
    int head = h.head(address);
    assertThat(h.t.self.pin(address)).isZero();
    assertThat(split(h, address)).isEqualTo(-Err.EAGAIN);
    assertThat(h.head(address)).isEqualTo(head);
    assertThat(h.t.self.unpin(address)).isZero();
    assertThat(split(h, address)).isZero();
  }

  @Test
  void aPageThatNobodyMapsIsNotSplit() {
    HugePages h = new HugePages("6.12");
    long address = h.written(0);
    int head = h.head(address);
    assertThat(h.t.self.pin(address)).isZero();
    assertThat(h.t.self.unmap(address, 512 * PAGE)).isZero();
    h.t.k.filemap.lockPage(head);
    assertThat(h.t.k.hugeSplit.splitHugePage(head, null)).isNotZero();
    h.t.k.filemap.unlockPage(head);
    assertThat(h.t.self.unpin(address)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"6.1, false", "6.12, true", "6.18, true", "7.3, true"})
  void partsFullOfZeroesBecomeTheZeroPage(String release, boolean zero) {
    HugePages h = new HugePages(release);
    long address = h.map(512);
    h.write(address + 3 * PAGE, 1);
    int head = h.head(address);
    assertThat(split(h, address + 3 * PAGE)).isZero();
    assertThat(h.t.pageAt(address + 3 * PAGE)).isEqualTo(head + 3);
    assertThat(Pte.pfn(h.t.pte(address + 4 * PAGE)) == PageFrames.ZERO_PAGE).isEqualTo(zero);
    assertThat(h.t.frames.count(head + 4)).isEqualTo(zero ? 0 : 1);
    assertThat(h.t.self.write(address + 4 * PAGE, 1)).as("may be written").isZero();
  }

  @Test
  void lockedPartsStayWhatTheyAre() {
    HugePages h = new HugePages("7.3");
    long address = h.map(512);
    h.write(address + 3 * PAGE, 1);
    int head = h.head(address);
    assertThat(h.t.self.lock(address + 10 * PAGE, 5 * PAGE)).isZero();
    SimulatedProcess child = h.t.self.fork();
    assertThat(split(h, address + 3 * PAGE)).isZero();
    assertThat(h.t.pageAt(address + 10 * PAGE)).isEqualTo(head + 10);
    assertThat(h.t.frames.mapcount(head + 10)).as("the child has it, too, which has not locked it").isEqualTo(2);
    assertThat(h.t.frames.has(head + 10, PageFlag.MLOCKED)).isTrue();
    assertThat(Pte.special(h.t.pte(address + 9 * PAGE))).isTrue();
    child.exit();
    h.check();
  }

  /** Whether a page counts as shared that a child maps as a whole, by each of its parts, and in one part. */
  @ParameterizedTest
  @CsvSource({
      "5.10, true, true, true",
      "6.1, true, true, true",
      "6.12, true, true, false",
      "6.18, true, true, true",
      "7.3, true, true, true"})
  void whoSharesIsCountedAsTheReleaseDoes(String release, boolean whole, boolean parts, boolean one) {
    HugePages h = new HugePages(release);
    long address = h.written(0);
    int head = h.head(address);
    assertThat(h.t.k.migrate.isShared(head)).isFalse();
    h.t.k.hugeMemory.splitHugePmd(h.t.vma(address), address);
    assertThat(h.t.k.migrate.isShared(head + 1)).as("mapped often, by one process").isFalse();
    assertThat(h.t.self.dontneed(address + 5 * PAGE, PAGE)).isZero();
    SimulatedProcess child = h.t.self.fork();
    assertThat(h.t.k.migrate.isShared(head + 1)).isEqualTo(parts);
    assertThat(h.t.self.dontneed(address, PAGE)).isZero();
    assertThat(h.t.self.dontneed(address + 2 * PAGE, 510 * PAGE)).isZero();
    assertThat(h.t.k.migrate.isShared(head + 1)).isEqualTo(one);
    child.exit();

    long other = h.written(0);
    h.t.self.fork();
    assertThat(h.t.k.migrate.isShared(h.head(other) + 1)).isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource({"6.1, false", "6.12, false", "6.18, true"})
  void partsOfOneProcessAreWrittenAsTheyAre(String release, boolean reused) {
    HugePages h = new HugePages(release);
    long address = h.written(0);
    int head = h.head(address);
    h.t.k.hugeMemory.splitHugePmd(h.t.vma(address), address);
    h.t.self.fork().exit();
    assertThat(h.t.frames.has(head + 3, PageFlag.ANON_EXCLUSIVE)).isFalse();
    assertThat(h.t.self.write(address + 3 * PAGE, 9)).isZero();
    assertThat(h.t.pageAt(address + 3 * PAGE) == head + 3).isEqualTo(reused);
    h.check();
  }

  @ParameterizedTest
  @CsvSource({"6.1, true", "6.12, false", "6.18, false"})
  void theLastPartIsWrittenAsItIsUntilReleasesForbidIt(String release, boolean reused) {
    HugePages h = new HugePages(release);
    long address = h.written(0);
    int head = h.head(address);
    h.t.k.hugeMemory.splitHugePmd(h.t.vma(address), address);
    h.t.self.fork().exit();
    assertThat(h.t.self.dontneed(address, 3 * PAGE)).isZero();
    assertThat(h.t.self.dontneed(address + 4 * PAGE, 508 * PAGE)).isZero();
    assertThat(h.t.self.write(address + 3 * PAGE, 9)).isZero();
    assertThat(h.t.pageAt(address + 3 * PAGE) == head + 3).isEqualTo(reused);
    h.check();
  }
}
