package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mm/mmap.c}, {@code mm/mprotect.c}, {@code mm/mlock.c} and {@code mm/madvise.c}: what becomes of VMAs. */
class VmaTest {

  private static final long PAGE = TestKernel.PAGE;
  private static final int READ = SimulatedProcess.PROT_READ;
  private static final int RW = SimulatedProcess.PROT_READ_WRITE;

  private TestKernel t = new TestKernel();

  /** The VMAs of some pages as "first-last+1" in pages from the address on. */
  private List<String> vmas(long address, long pages) {
    return vmas(t.self, address, pages);
  }

  private List<String> vmas(SimulatedProcess process, long address, long pages) {
    List<String> found = new ArrayList<>();
    process.peek(address);
    for (Vma vma = t.k.current.mm().first(); vma != null; vma = vma.next) {
      if (vma.end > address && vma.start < address + pages * PAGE) {
        found.add((vma.start - address) / PAGE + "-" + (vma.end - address) / PAGE);
      }
    }
    return found;
  }

  private long tmpfs(long pages, boolean shared) {
    long address = t.place();
    VmFile file = t.self.createFile(FileSystem.TMPFS, pages);
    t.self.mapFile(address, pages, RW, file, shared);
    t.self.remove(file);
    return address;
  }

  private void assertContent(long address, long pages) {
    for (long i = 0; i < pages; i++) {
      assertThat(t.self.peek(address + i * PAGE)).as("page " + i).isEqualTo(i + 1);
    }
  }

  // Merging and splitting.

  @Test
  void neighboursOfOneKindGrowTogether() {
    long address = t.place();
    t.self.mapPrivate(address, 2, RW);
    t.self.mapPrivate(address + 2 * PAGE, 2, RW);
    assertThat(vmas(address, 10)).containsExactly("0-4");
    t.self.mapPrivate(address + 6 * PAGE, 2, RW);
    assertThat(vmas(address, 10)).containsExactly("0-4", "6-8");
    t.self.mapPrivate(address + 4 * PAGE, 2, RW);
    assertThat(vmas(address, 10)).containsExactly("0-8");
    t.self.mapPrivate(address - 2 * PAGE, 2, RW);
    assertThat(vmas(address, 10)).containsExactly("-2-8");
    assertThat(t.vma(address).pgoff).isEqualTo((address - 2 * PAGE) >>> 12);
    t.write(address, 8, 1);
    assertContent(address, 8);
  }

  @Test
  void neighboursOfOtherKindsStayApart() {
    long address = t.place();
    t.self.mapPrivate(address, 2, RW);
    t.self.mapPrivate(address + 2 * PAGE, 2, READ);
    assertThat(vmas(address, 4)).containsExactly("0-2", "2-4");
    t.self.mapSharedAnonymous(address + 4 * PAGE, 2, RW);
    t.self.mapSharedAnonymous(address + 6 * PAGE, 2, RW);
    assertThat(vmas(address, 8)).containsExactly("0-2", "2-4", "4-6", "6-8");
    assertThat(t.self.bind(address, 2 * PAGE, PolicyMode.BIND.number(), NodeMask.of(1), 0)).isZero();
    t.self.mapPrivate(address - 2 * PAGE, 2, RW);
    assertThat(vmas(address, 2)).as("another policy").containsExactly("0-2");
  }

  @Test
  void memoryWithPagesMergesOnlyWhereBothHaveOneAnonVma() {
    long address = t.place();
    t.self.mapPrivate(address, 1, RW);
    t.self.mapPrivate(address + 2 * PAGE, 1, RW);
    t.self.write(address, 1);
    t.self.write(address + 2 * PAGE, 3);
    assertThat(t.vma(address).anonVma).isNotSameAs(t.vma(address + 2 * PAGE).anonVma);
    t.self.mapPrivate(address + PAGE, 1, RW);
    assertThat(vmas(address, 3)).as("with the one before").containsExactly("0-2", "2-3");
    t.self.write(address + PAGE, 2);
    assertContent(address, 3);
  }

  @Test
  void aHalfWithoutPagesTakesTheOthersAnonVma() {
    long address = t.place();
    t.self.mapPrivate(address, 1, RW);
    t.self.mapPrivate(address + 2 * PAGE, 1, RW);
    t.self.write(address + 2 * PAGE, 3);
    t.self.mapPrivate(address + PAGE, 1, RW);
    assertThat(vmas(address, 3)).containsExactly("0-3");
    assertThat(t.vma(address).anonVma).isNotNull();
    t.self.write(address, 1);
    t.self.write(address + PAGE, 2);
    assertContent(address, 3);
    t.k.swap.lruAddDrainAll();
    assertThat(t.k.migrate.migratePages(t.isolate(t.pageAt(address + 2 * PAGE)), t.new To(3), false)).isZero();
    assertThat(t.nodeAt(address + 2 * PAGE)).isEqualTo(3);
  }

  @Test
  void protectionSplitsAndMergesAgain() {
    long address = t.written(6, 1);
    assertThat(t.self.protect(address + 2 * PAGE, 2 * PAGE, READ)).isZero();
    assertThat(vmas(address, 6)).containsExactly("0-2", "2-4", "4-6");
    assertThat(t.vma(address + 2 * PAGE).pgoff).isEqualTo((address >>> 12) + 2);
    assertThat(t.self.protect(address, 2 * PAGE, READ)).isZero();
    assertThat(vmas(address, 6)).containsExactly("0-4", "4-6");
    assertThat(t.self.protect(address + PAGE, PAGE, RW)).isZero();
    assertThat(vmas(address, 6)).containsExactly("0-1", "1-2", "2-4", "4-6");
    assertThat(t.self.protect(address, 6 * PAGE, RW)).isZero();
    assertThat(vmas(address, 6)).containsExactly("0-6");
    assertContent(address, 6);
    assertThat(t.self.write(address + 3 * PAGE, 4)).isZero();
    assertThat(t.k.migrate.migratePages(t.isolate(t.pageAt(address + 3 * PAGE)), t.new To(2), false)).isZero();
    assertThat(t.nodeAt(address + 3 * PAGE)).as("its reverse map leads there").isEqualTo(2);
  }

  @Test
  void protectionMovesABorderBetweenNeighbours() {
    long address = t.written(6, 1);
    assertThat(t.self.protect(address + 3 * PAGE, 3 * PAGE, READ)).isZero();
    assertThat(t.self.protect(address + 2 * PAGE, PAGE, READ)).isZero();
    assertThat(vmas(address, 6)).as("the one after grows down").containsExactly("0-2", "2-6");
    assertThat(t.vma(address + 2 * PAGE).pgoff).isEqualTo((address >>> 12) + 2);
    assertThat(t.self.protect(address + 2 * PAGE, 2 * PAGE, RW)).isZero();
    assertThat(vmas(address, 6)).as("the one before grows up").containsExactly("0-4", "4-6");
    assertContent(address, 6);
    assertThat(t.self.write(address + 3 * PAGE, 4)).isZero();
    assertThat(t.self.write(address + 4 * PAGE, 4)).isEqualTo(-Err.EFAULT);
  }

  @Test
  void partsOfAFileAreMappedAtTheirPlaces() {
    long address = tmpfs(6, true);
    t.write(address, 6, 1);
    assertThat(t.self.protect(address + 2 * PAGE, 2 * PAGE, READ)).isZero();
    assertThat(vmas(address, 6)).containsExactly("0-2", "2-4", "4-6");
    t.self.dontneed(address, 6 * PAGE);
    for (int i = 0; i < 6; i++) {
      assertThat(t.self.read(address + i * PAGE)).isZero();
    }
    assertContent(address, 6);
    assertThat(t.self.unmap(address + PAGE, 4 * PAGE)).isZero();
    assertThat(vmas(address, 6)).containsExactly("0-1", "5-6");
    assertThat(t.self.peek(address + 5 * PAGE)).isEqualTo(6);
  }

  // munmap

  @Test
  void unmappingTakesExactlyItsRange() {
    long address = t.written(8, 1);
    assertThat(t.self.unmap(address + 2 * PAGE, 3 * PAGE - 1)).isZero();
    assertThat(vmas(address, 8)).containsExactly("0-2", "5-8");
    assertThat(t.stat(1, ZoneStat.NR_ANON_PAGES)).isEqualTo(5);
    assertThat(t.pte(address + 2 * PAGE)).isZero();
    assertThat(t.pte(address + 4 * PAGE)).isZero();
    assertThat(t.self.peek(address + PAGE)).isEqualTo(2);
    assertThat(t.self.peek(address + 5 * PAGE)).isEqualTo(6);
    assertThat(t.self.unmap(address + 2 * PAGE, 3 * PAGE)).as("nothing is there").isZero();
    assertThat(t.self.unmap(address + PAGE, 5 * PAGE)).isZero();
    assertThat(vmas(address, 8)).containsExactly("0-1", "6-8");
    assertThat(t.self.unmap(address - PAGE, 20 * PAGE)).isZero();
    assertThat(vmas(address, 8)).isEmpty();
    assertThat(t.stat(1, ZoneStat.NR_ANON_PAGES)).isZero();
  }

  @Test
  void unmappingRefusesWhatIsNoRange() {
    long address = t.written(1, 1);
    assertThat(t.self.unmap(address + 1, PAGE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.unmap(address, 0)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.unmap(-PAGE, PAGE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.unmap(address, Long.MAX_VALUE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.peek(address)).isEqualTo(1);
  }

  @Test
  void whatWasLockedIsCountedOffWhereItIsUnmapped() {
    long address = t.written(4, 1);
    assertThat(t.self.lock(address, 4 * PAGE)).isZero();
    assertThat(t.k.current.mm().lockedVm).isEqualTo(4);
    assertThat(t.stat(1, ZoneStat.NR_MLOCK)).isEqualTo(4);
    assertThat(t.self.unmap(address + PAGE, 2 * PAGE)).isZero();
    assertThat(t.k.current.mm().lockedVm).isEqualTo(2);
    assertThat(t.stat(1, ZoneStat.NR_MLOCK)).isEqualTo(2);
    assertThat(t.self.unlock(address, PAGE)).isZero();
    assertThat(t.k.current.mm().lockedVm).isEqualTo(1);
  }

  @Test
  void whatAChildHasLockedIsUnlockedWhenItEnds() {
    long address = t.shared(1, 1);
    SimulatedProcess child = t.self.fork();
    assertThat(child.lock(address, PAGE)).isZero();
    int page = t.pageAt(address);
    assertThat(t.frames.has(page, PageFlag.MLOCKED)).isTrue();
    child.exit();
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.has(page, PageFlag.MLOCKED)).isFalse();
    assertThat(t.stat(1, ZoneStat.NR_MLOCK)).isZero();
    assertThat(t.frames.has(page, PageFlag.UNEVICTABLE)).isFalse();
  }

  // mprotect, mlock and madvise: ranges.

  @Test
  void protectingRefusesWhatIsNotMapped() {
    long address = t.written(2, 1);
    assertThat(t.self.protect(address + 1, PAGE, READ)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.protect(address, 0, READ)).isZero();
    assertThat(t.self.protect(address, -2 * PAGE, READ)).isEqualTo(-Err.ENOMEM);
    assertThat(t.self.protect(address - PAGE, 2 * PAGE, READ)).isEqualTo(-Err.ENOMEM);
    assertThat(t.self.write(address, 1)).as("nothing was done").isZero();
    assertThat(t.self.protect(address + PAGE, 2 * PAGE, READ)).isEqualTo(-Err.ENOMEM);
    assertThat(t.self.write(address + PAGE, 1)).as("what is mapped was done").isEqualTo(-Err.EFAULT);
    assertThat(t.self.protect(1L << 46, PAGE, READ)).isEqualTo(-Err.ENOMEM);
  }

  @Test
  void protectingGivesNoRightThatTheMappingMayNotHave() {
    long address = t.place();
    t.self.mapDevice(address, 2, READ);
    assertThat(t.self.protect(address, PAGE, RW)).isEqualTo(-Err.EACCES);
    assertThat(vmas(address, 2)).containsExactly("0-2");
  }

  @Test
  void protectingReachesOverSeveralMappings() {
    long address = t.written(2, 1);
    t.self.mapSharedAnonymous(address + 2 * PAGE, 2, RW);
    t.self.write(address + 2 * PAGE, 3);
    assertThat(t.self.protect(address + PAGE, 2 * PAGE, READ)).isZero();
    assertThat(vmas(address, 4)).containsExactly("0-1", "1-2", "2-3", "3-4");
    assertThat(t.self.write(address, 1)).isZero();
    assertThat(t.self.write(address + PAGE, 1)).isEqualTo(-Err.EFAULT);
    assertThat(t.self.write(address + 2 * PAGE, 1)).isEqualTo(-Err.EFAULT);
    assertThat(t.self.write(address + 3 * PAGE, 1)).isZero();
  }

  @Test
  void memoryThatBecomesWritableIsAccountedFor() {
    long address = t.place();
    t.self.mapPrivate(address, 2, READ);
    assertThat(t.vma(address).has(VmFlag.ACCOUNT)).isFalse();
    assertThat(t.self.protect(address, PAGE, RW)).isZero();
    assertThat(t.vma(address).has(VmFlag.ACCOUNT)).isTrue();
    assertThat(t.self.protect(address, PAGE, READ)).isZero();
    assertThat(vmas(address, 2)).as("the account stays, so that they are of two kinds").containsExactly("0-1", "1-2");
  }

  @Test
  void aCleanFilesPagesAreWriteProtectedSoThatTheFirstWriteIsNoticed() {
    long address = t.file(FileSystem.EXT4, 2);
    t.self.write(address, 1);
    assertThat(t.self.protect(address, 2 * PAGE, READ)).isZero();
    assertThat(Pte.write(t.pte(address))).isFalse();
    assertThat(t.self.protect(address, 2 * PAGE, RW)).isZero();
    assertThat(Pte.write(t.pte(address))).as("dirty already").isTrue();
    assertThat(Pte.write(t.pte(address + PAGE))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.12"})
  void lockingRefusesWhatIsNotMapped(String release) {
    t = new TestKernel(Machines.SMALL, release);
    long address = t.written(2, 1);
    assertThat(t.self.lock(address, 0)).isZero();
    assertThat(t.self.lock(address, -3 * PAGE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.lock(address - PAGE, 2 * PAGE)).isEqualTo(-Err.ENOMEM);
    assertThat(t.k.current.mm().lockedVm).isZero();
    assertThat(t.self.lock(address + PAGE, 2 * PAGE)).isEqualTo(-Err.ENOMEM);
    assertThat(t.k.current.mm().lockedVm).as("what is mapped is locked").isEqualTo(1);
    assertThat(t.self.unlock(1L << 46, PAGE)).isEqualTo(-Err.ENOMEM);
    assertThat(t.self.unlock(address + PAGE, 2 * PAGE)).isEqualTo(-Err.ENOMEM);
    assertThat(t.k.current.mm().lockedVm).isZero();
    assertThat(vmas(address, 2)).containsExactly("0-2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.12", "6.18"})
  void lockingBringsInEveryPageOfItsRange(String release) {
    t = new TestKernel(Machines.SMALL, release);
    long address = t.map(20);
    assertThat(t.self.lock(address + 2 * PAGE + 5, 16 * PAGE - 10)).isZero();
    assertThat(vmas(address, 20)).containsExactly("0-2", "2-18", "18-20");
    for (int i = 0; i < 20; i++) {
      assertThat(t.pte(address + i * PAGE) != 0).as("page " + i).isEqualTo(i >= 2 && i < 18);
    }
    assertThat(t.k.current.mm().lockedVm).isEqualTo(16);
    t.k.swap.lruAddDrainAll();
    assertThat(t.stat(0, ZoneStat.NR_MLOCK)).isEqualTo(16);
    assertThat(t.stat(0, ZoneStat.NR_UNEVICTABLE)).isEqualTo(16);
    assertThat(t.self.unlock(address, 20 * PAGE)).isZero();
    t.k.swap.lruAddDrainAll();
    assertThat(t.stat(0, ZoneStat.NR_MLOCK)).isZero();
    assertThat(t.stat(0, ZoneStat.NR_UNEVICTABLE)).isZero();
  }

  /** As in 965f55dea0e3 (3.0), whose author did not mean it, until 879bca0a2c4f (6.16). */
  @ParameterizedTest
  @CsvSource({"2.6.36, true", "5.10, false", "6.1, false", "6.12, false", "6.18, true", "7.3, true"})
  void whatWasLockedMergesWithUntouchedNeighbours(String release, boolean merges) {
    t = new TestKernel(Machines.SMALL, release);
    long address = t.map(20);
    assertThat(t.self.lock(address + 2 * PAGE, 16 * PAGE)).isZero();
    assertThat(t.self.unlock(address, 20 * PAGE)).isZero();
    assertThat(vmas(address, 20)).isEqualTo(merges ? List.of("0-20") : List.of("0-2", "2-18", "18-20"));
    for (int i = 0; i < 20; i++) {
      t.self.write(address + i * PAGE, i + 1);
    }
    assertContent(address, 20);
  }

  /** Into a VMA that fork has copied nothing grows that has no anon_vma yet (965f55dea0e3, 3.0). */
  @ParameterizedTest
  @CsvSource({"2.6.36, true", "5.10, false", "6.12, false", "6.18, false"})
  void whatForkHasCopiedMergesWithNewMemory(String release, boolean merges) {
    t = new TestKernel(Machines.SMALL, release);
    long address = t.place();
    t.self.mapPrivate(address, 1, RW);
    t.self.write(address, 1);
    SimulatedProcess child = t.self.fork();
    child.mapPrivate(address + PAGE, 1, RW);
    assertThat(vmas(child, address, 2)).isEqualTo(merges ? List.of("0-2") : List.of("0-1", "1-2"));
    t.self.mapPrivate(address + PAGE, 1, RW);
    assertThat(vmas(address, 2)).as("the parent's").containsExactly("0-2");
  }

  /** Nor does it, with the anon_vmas of its parents, become a part of a neighbour that has none (since 6.16 as before). */
  @ParameterizedTest
  @CsvSource({"2.6.36, true", "5.10, false", "6.18, false"})
  void whatForkHasCopiedMergesWithUntouchedNeighbours(String release, boolean merges) {
    t = new TestKernel(Machines.SMALL, release);
    long address = t.place();
    t.self.mapPrivate(address, 2, RW);
    assertThat(t.self.lock(address + PAGE, PAGE)).isZero();
    // The child's copy is not locked, and apart for that reason alone.
    SimulatedProcess child = t.self.fork();
    assertThat(vmas(child, address, 2)).containsExactly("0-1", "1-2");
    assertThat(child.lock(address + PAGE, PAGE)).isZero();
    assertThat(child.unlock(address + PAGE, PAGE)).isZero();
    assertThat(vmas(child, address, 2)).isEqualTo(merges ? List.of("0-2") : List.of("0-1", "1-2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10"})
  void lockingWhatCannotBeReadIsNoMemory(String release) {
    t = new TestKernel(Machines.SMALL, release);
    long address = t.place();
    t.self.mapPrivate(address, 2, SimulatedProcess.PROT_NONE);
    assertThat(t.self.lock(address, 2 * PAGE)).isEqualTo(-Err.ENOMEM);
    assertThat(t.self.unlock(address, 2 * PAGE)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "6.12"})
  void lockingBreaksTheSharingOfWhatCanBeWritten(String release) {
    t = new TestKernel(Machines.SMALL, release);
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    SimulatedProcess child = t.self.fork();
    assertThat(child.lock(address, PAGE)).isZero();
    child.peek(address);
    assertThat(Pte.pfn(t.k.current.mm().pageTable().get(address))).isNotEqualTo(page);
    t.self.peek(address);
    assertThat(t.pageAt(address)).isEqualTo(page);
    child.exit();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10"})
  void lockingADeviceDoesNothing(String release) {
    t = new TestKernel(Machines.SMALL, release);
    long address = t.place();
    t.self.mapDevice(address, 2, READ);
    assertThat(t.self.lock(address, 2 * PAGE)).isZero();
    assertThat(t.k.current.mm().lockedVm).isZero();
    assertThat(t.vma(address).has(VmFlag.LOCKED)).isFalse();
  }

  @Test
  void dontneedPassesOverHolesAndSaysSo() {
    long address = t.written(1, 1);
    t.self.mapPrivate(address + 2 * PAGE, 1, RW);
    t.self.write(address + 2 * PAGE, 3);
    assertThat(t.self.dontneed(address + 1, PAGE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.dontneed(address, 0)).isZero();
    assertThat(t.self.dontneed(address, -2 * PAGE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.dontneed(address, 3 * PAGE)).isEqualTo(-Err.ENOMEM);
    assertThat(t.pte(address)).isZero();
    assertThat(t.pte(address + 2 * PAGE)).isZero();
    t.self.write(address, 1);
    assertThat(t.self.dontneed(address, 2 * PAGE)).as("a hole at the end").isEqualTo(-Err.ENOMEM);
    assertThat(t.pte(address)).isZero();
    assertThat(t.self.dontneed(1L << 46, PAGE)).isEqualTo(-Err.ENOMEM);
  }

  @Test
  void dontneedLeavesLockedMemoryAndEndsThere() {
    long address = t.written(3, 1);
    assertThat(t.self.lock(address + PAGE, PAGE)).isZero();
    assertThat(t.self.dontneed(address, 3 * PAGE)).isEqualTo(-Err.EINVAL);
    assertThat(t.pte(address)).isZero();
    assertThat(t.self.peek(address + PAGE)).isEqualTo(2);
    assertThat(t.self.peek(address + 2 * PAGE)).isEqualTo(3);
  }

  @Test
  void adviceSplitsAndMergesMappings() {
    long address = t.written(6, 1);
    assertThat(t.self.mergeable(address + PAGE, PAGE)).isZero();
    assertThat(vmas(address, 6)).containsExactly("0-1", "1-2", "2-6");
    assertThat(t.self.mergeable(address + 2 * PAGE, 2 * PAGE)).isZero();
    assertThat(vmas(address, 6)).containsExactly("0-1", "1-4", "4-6");
    assertThat(t.self.mergeable(address + PAGE, 2 * PAGE)).as("it is already").isZero();
    assertThat(vmas(address, 6)).containsExactly("0-1", "1-4", "4-6");
    assertThat(t.self.mergeable(address, 6 * PAGE)).isZero();
    assertThat(vmas(address, 6)).containsExactly("0-6");
    assertThat(t.vma(address).has(VmFlag.MERGEABLE)).isTrue();
    assertContent(address, 6);
  }
}
