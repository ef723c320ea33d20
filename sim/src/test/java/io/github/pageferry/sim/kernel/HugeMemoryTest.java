package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.Pte;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Transparent huge pages as page tables see them, function by function of {@code mm/huge_memory.c}. */
class HugeMemoryTest {

  private static final long PAGE = TestKernel.PAGE;

  private HugePages huge(String release) {
    return new HugePages(release);
  }

  @Test
  void aWriteBringsInAWholePageWhereItFits() {
    HugePages h = huge("6.12");
    long address = h.map(600);
    h.write(address + 7 * PAGE, 2);
    int head = h.head(address);
    assertThat(h.t.pageAt(address + 511 * PAGE)).isEqualTo(head + 511);
    assertThat(h.t.nodeAt(address)).isEqualTo(2);
    assertThat(h.t.frames.count(head)).isEqualTo(1);
    assertThat(h.t.frames.mapcount(head + 511)).isEqualTo(1);
    h.write(address + 512 * PAGE, 1);
    assertThat(h.isHuge(address + 512 * PAGE)).as("no room for one").isFalse();
    assertThat(h.t.self.peek(address + 6 * PAGE)).isZero();
    assertThat(h.t.self.peek(address + 7 * PAGE)).isEqualTo(HugePages.PATTERN);
  }

  @Test
  void whereATableIsThereAlreadySmallPagesItIs() {
    HugePages h = huge("6.12");
    long address = h.map(512);
    h.write(address, 0);
    assertThat(h.t.self.dontneed(address, PAGE)).isZero();
    assertThat(h.t.self.dontneed(address, 512 * PAGE)).isZero();
    h.write(address, 0);
    assertThat(h.isHuge(address)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"6.12, false", "6.14, true", "7.3, true"})
  void droppedTablesMakeRoomForHugePagesAgain(String release, boolean again) {
    HugePages h = huge(release);
    long address = h.map(512);
    h.write(address, 0);
    assertThat(h.t.self.dontneed(address + PAGE, PAGE)).isZero();
    assertThat(h.t.self.dontneed(address, 512 * PAGE)).isZero();
    h.write(address, 0);
    assertThat(h.isHuge(address)).isEqualTo(again);
  }

  @ParameterizedTest
  @CsvSource({"6.1, false", "6.12, false", "6.18, true"})
  void aWriteToTheHugeZeroPageBringsInOnePageOrAll(String release, boolean all) {
    HugePages h = huge(release);
    long address = h.map(512);
    assertThat(h.t.self.read(address + 9 * PAGE)).isZero();
    assertThat(Pte.special(h.t.pte(address))).isTrue();
    h.check();
    h.write(address + 3 * PAGE, 1);
    assertThat(h.isHuge(address)).isEqualTo(all);
    assertThat(Pte.special(h.t.pte(address))).isNotEqualTo(all);
    assertThat(h.t.nodeAt(address + 3 * PAGE)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.1", "6.12", "6.18", "7.3"})
  void whatForkSharesIsCopiedInParts(String release) {
    HugePages h = huge(release);
    long address = h.written(0);
    int head = h.head(address);
    SimulatedProcess child = h.t.self.fork();
    assertThat(h.t.frames.count(head)).isEqualTo(2);
    assertThat(h.t.frames.mapcount(head + 5)).isEqualTo(2);
    assertThat(h.t.frames.has(head, PageFlag.ANON_EXCLUSIVE)).isFalse();
    h.write(address + 5 * PAGE, 0);
    assertThat(h.isHuge(address)).isFalse();
    assertThat(h.t.pageAt(address + 5 * PAGE)).isNotEqualTo(head + 5);
    assertThat(h.t.pageAt(address + 6 * PAGE)).isEqualTo(head + 6);
    assertThat(h.t.frames.mapcount(head + 5)).isEqualTo(1);
    assertThat(h.t.frames.count(head)).as("511 entries and the child's one").isEqualTo(512);
    child.exit();
    h.check();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.1", "7.3"})
  void whatIsNoLongerSharedIsWrittenAsItIs(String release) {
    HugePages h = huge(release);
    long address = h.written(0);
    int head = h.head(address);
    h.t.self.fork().exit();
    h.write(address + 5 * PAGE, 0);
    assertThat(h.head(address)).isEqualTo(head);
    assertThat(Pte.write(h.t.k.current.mm().pageTable().huge(address))).isTrue();
  }

  @Test
  void splittingAnEntryMapsEachPartByItself() {
    HugePages h = huge("6.12");
    long address = h.written(1);
    int head = h.head(address);
    h.t.k.hugeMemory.splitHugePmd(h.t.vma(address), address + 3 * PAGE);
    assertThat(h.isHuge(address)).isFalse();
    assertThat(h.t.pageAt(address + 3 * PAGE)).isEqualTo(head + 3);
    assertThat(h.t.frames.count(head)).isEqualTo(512);
    assertThat(h.t.frames.mapcount(head + 3)).isEqualTo(1);
    assertThat(h.t.frames.has(head + 3, PageFlag.ANON_EXCLUSIVE)).isTrue();
    assertThat(h.t.frames.nrPages(head)).as("the page itself is one still").isEqualTo(512);
    h.check();
  }

  @Test
  void protectingTheWholeKeepsTheEntryAndAPartSplitsIt() {
    HugePages h = huge("6.12");
    long address = h.written(1);
    assertThat(h.t.self.protect(address, 512 * PAGE, SimulatedProcess.PROT_READ)).isZero();
    assertThat(h.isHuge(address)).isTrue();
    assertThat(Pte.write(h.t.pte(address))).isFalse();
    h.check();
    assertThat(h.t.self.protect(address + 10 * PAGE, PAGE, SimulatedProcess.PROT_NONE)).isZero();
    assertThat(h.isHuge(address)).isFalse();
    h.check();
  }

  @Test
  void droppingTheWholeFreesThePageAndAPartOnlyItsEntry() {
    HugePages h = huge("6.12");
    long address = h.written(1);
    int head = h.head(address);
    assertThat(h.t.self.dontneed(address + 10 * PAGE, 2 * PAGE)).isZero();
    assertThat(h.t.pte(address + 10 * PAGE)).isZero();
    assertThat(h.t.frames.count(head)).isEqualTo(510);
    h.check();
    assertThat(h.t.self.dontneed(address, 512 * PAGE)).isZero();
    assertThat(h.t.frames.count(head)).isZero();
    assertThat(h.t.frames.nrPages(head)).isEqualTo(1);
    h.check();
  }

  @Test
  void interleavesByNumbersOfHugePagesFromTheStartOfTheMapping() {
    HugePages h = huge("6.12");
    long address = h.map(512 * 3 + 100);
    h.t.self.unmap(address, 100 * PAGE);
    long begins = address + 100 * PAGE;
    assertThat(h.t.vma(begins).pgoff % 512).isEqualTo(100);
    long first = HugeMemory.interleaveIndex(h.t.vma(begins), address + PageTable.PMD_SIZE);
    assertThat(first).isEqualTo(h.t.vma(begins).pgoff / 512);
    assertThat(HugeMemory.interleaveIndex(h.t.vma(begins), address + 2 * PageTable.PMD_SIZE)).isEqualTo(first + 1);
    assertThat(h.t.self.bind(begins, 512 * 3 * PAGE, Policy.INTERLEAVE, NodeMask.of(0, 1, 2, 3), 0)).isZero();
    assertThat(h.t.self.write(address + PageTable.PMD_SIZE, 1)).isZero();
    assertThat(h.t.nodeAt(address + PageTable.PMD_SIZE)).isEqualTo((int) (first % 4));
    h.check();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.1", "6.12", "6.18", "7.3"})
  void movesAsAWholeWithItsContentInAllProcesses(String release) {
    HugePages h = huge(release);
    long address = h.map(512);
    h.write(address + 400 * PAGE, 1);
    SimulatedProcess child = h.t.self.fork();
    int head = h.head(address);
    assertThat(h.move(address + 3 * PAGE, 2, Mbind.MPOL_MF_MOVE_ALL)).isEqualTo(2);
    h.check();
    assertThat(h.head(address)).isNotEqualTo(head);
    assertThat(h.isHuge(address)).isTrue();
    assertThat(h.t.frames.count(head)).isZero();
    assertThat(h.t.frames.mapcount(h.head(address) + 3)).isEqualTo(2);
    assertThat(h.t.self.peek(address + 400 * PAGE)).isEqualTo(HugePages.PATTERN);
    child.exit();
    h.check();
  }

  @Test
  void aPinnedPageStays() {
    HugePages h = huge("6.12");
    long address = h.written(1);
    int head = h.head(address);
    assertThat(h.t.self.pin(address + 7 * PAGE)).isZero();
    assertThat(h.move(address, 2, Mbind.MPOL_MF_MOVE_ALL)).as("one page that did not move").isEqualTo(1);
    assertThat(h.head(address)).isEqualTo(head);
    assertThat(h.isHuge(address)).isTrue();
    h.check();
    assertThat(h.t.self.unpin(address + 7 * PAGE)).isZero();
    assertThat(h.move(address, 2, Mbind.MPOL_MF_MOVE)).isEqualTo(2);
  }

  /** {@code page_address_in_vma()}: of a page that begins before the mapping and reaches into it. */
  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.1", "6.12"})
  void bindingAPartMovesTheWhole(String release) {
    HugePages h = huge(release);
    long address = h.written(0);
    assertThat(h.t.self.bind(address + 100 * PAGE, 20 * PAGE, Policy.BIND, NodeMask.of(3), Mbind.MPOL_MF_MOVE)).isZero();
    assertThat(h.t.nodeAt(address)).isEqualTo(3);
    assertThat(h.t.nodeAt(address + 511 * PAGE)).isEqualTo(3);
    h.check();
  }

  /** {@code folio_estimated_sharers()}, until ebb34f78d72c (6.9): of the first part, and nobody is not one. */
  @ParameterizedTest
  @CsvSource({"5.10, 0", "6.1, 0", "6.8, 0", "6.9, 3", "6.12, 3"})
  void bindingAPageWithoutItsFirstPart(String release, int node) {
    HugePages h = huge(release);
    long address = h.map(512);
    h.write(address + 200 * PAGE, 0);
    assertThat(h.t.self.dontneed(address, PAGE)).isZero();
    assertThat(h.t.self.bind(address, 512 * PAGE, Policy.BIND, NodeMask.of(3), Mbind.MPOL_MF_MOVE)).isZero();
    assertThat(h.t.nodeAt(address + 200 * PAGE)).isEqualTo(node);
    h.check();
  }

  /** {@code allow_mlock_munlock()}. */
  @ParameterizedTest
  @CsvSource({"6.1, true", "6.12, false", "7.3, false"})
  void lockingAPartMarksThePage(String release, boolean marked) {
    HugePages h = huge(release);
    long address = h.written(0);
    assertThat(h.t.self.lock(address + PAGE, 30 * PAGE)).isZero();
    assertThat(h.t.frames.has(h.t.frames.compoundHead(h.t.pageAt(address)), PageFlag.MLOCKED)).isEqualTo(marked);
    h.check();
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12", "7.3"})
  void lockingTheWholeMarksThePage(String release) {
    HugePages h = huge(release);
    long address = h.written(0);
    assertThat(h.t.self.lock(address, 512 * PAGE)).isZero();
    assertThat(h.t.frames.has(h.head(address), PageFlag.MLOCKED)).isTrue();
    h.check();
    assertThat(h.t.self.unlock(address, 512 * PAGE)).isZero();
    assertThat(h.t.frames.has(h.head(address), PageFlag.MLOCKED)).isFalse();
    h.check();
  }

  @Test
  void releasesThatDoNotHaveThemMapSmallPages() {
    HugePages h = huge("2.6.36");
    long address = h.written(0);
    assertThat(h.isHuge(address)).isFalse();
  }
}
