package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mlock(2)}, mm/mlock.c: which pages become unevictable, huge pages, and running out. */
class MlockTest {

  private static final long PAGE = TestKernel.PAGE;
  private static final long HUGE = PageTable.PMD_SIZE;

  private TestKernel t = new TestKernel();

  private void boot(String release) {
    t = new TestKernel(new MachineSpec(4, 16 << 20, 1), release);
  }

  /** Pages of a range are those that any byte of it lies in. */
  @ParameterizedTest
  @ValueSource(strings = {"2.6.18", "2.6.36", "5.10", "6.12"})
  void aRangeWithinPagesLocksAllThatItTouches(String release) {
    boot(release);
    long address = t.map(4);
    assertThat(t.self.lock(address + 100, PAGE)).isZero();
    assertThat(t.k.current.mm().lockedVm).isEqualTo(2);
    assertThat(t.self.unlock(address + PAGE + 100, 1)).isZero();
    assertThat(t.k.current.mm().lockedVm).isEqualTo(1);
  }

  /** From 2.6.28 to 4.14 (72b03fcd5d51) mlock(2) drains the pagevecs of all CPUs, whichever pages it locks. */
  @ParameterizedTest
  @CsvSource({"2.6.18, false", "2.6.36, true", "5.10, false", "7.3, false"})
  void lockingOnePageDrainsWhereAnotherWaitsOnlyInSomeReleases(String release, boolean drained) {
    boot(release);
    long waiting = t.map(1);
    long locked = t.map(1);
    t.self.runOn(3);
    assertThat(t.self.write(waiting, 1)).isZero();
    t.self.runOn(0);
    assertThat(t.frames.has(t.pageAt(waiting), PageFlag.LRU)).isFalse();
    assertThat(t.self.lock(locked, PAGE)).isZero();
    assertThat(t.frames.has(t.pageAt(waiting), PageFlag.LRU)).isEqualTo(drained);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.12"})
  void whatWaitsInPagevecsIsDrainedAndGoesToTheUnevictableList(String release) {
    boot(release);
    long address = t.map(4);
    t.self.runOn(3);
    assertThat(t.self.write(address, 1)).isZero();
    t.self.runOn(0);
    assertThat(t.frames.has(t.pageAt(address), PageFlag.LRU)).isFalse();
    assertThat(t.self.lock(address, 4 * PAGE)).isZero();
    t.k.swap.lruAddDrainAll();
    long unevictable = 0;
    for (int node = 0; node < 4; node++) {
      unevictable += t.stat(node, ZoneStat.NR_MLOCK);
    }
    assertThat(unevictable).isEqualTo(4);
    for (int i = 0; i < 4; i++) {
      assertThat(t.frames.has(t.pageAt(address + i * PAGE), PageFlag.UNEVICTABLE)).as("page %s", i).isTrue();
    }
  }

  /** make_pages_present(): huge pages are brought in, and their mapping is not marked. */
  @ParameterizedTest
  @CsvSource({"true", "false"})
  void hugePagesAreBroughtInAndNoMore(boolean writable) {
    boot("2.6.36");
    t.machine.hugePages(0, 3);
    long address = t.place();
    int prot = writable ? TestKernel.RW : SimulatedProcess.PROT_READ;
    assertThat(t.self.mapHuge(address, 1024, prot, false)).isZero();
    assertThat(t.self.lock(address, 2 * HUGE)).isZero();
    PageTable tables = t.k.current.mm().pageTable();
    assertThat(Pte.present(tables.huge(address))).isTrue();
    assertThat(Pte.present(tables.huge(address + HUGE))).isTrue();
    assertThat(Pte.write(tables.huge(address))).isEqualTo(writable);
    assertThat(t.vma(address).has(VmFlag.LOCKED)).isFalse();
    assertThat(t.k.current.mm().lockedVm).isZero();
  }

  @Test
  void hugePagesThatCannotBeBroughtInAreNoError() {
    boot("2.6.36");
    t.machine.hugePages(0, 2);
    long address = t.place();
    assertThat(t.self.mapHuge(address, 1024, TestKernel.RW, false)).isZero();
    assertThat(t.self.write(address, 1)).isZero();
    SimulatedProcess child = t.self.fork();
    assertThat(child.lock(address, 2 * HUGE)).as("nothing is promised to a child").isZero();
    child.exit();
  }

  /** __mlock_posix_error_return(). */
  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.12"})
  void withoutMemoryItIsToBeTriedAgain(String release) {
    t = new TestKernel(new MachineSpec(4, 4 << 20, 1), release);
    long address = t.map(2);
    List<Integer> taken = new ArrayList<>();
    for (int node = 0; node < 4; node++) {
      taken.addAll(t.exhaust(node));
    }
    assertThat(t.self.lock(address, 2 * PAGE)).isEqualTo(-Err.EAGAIN);
    t.refill(taken);
    assertThat(t.self.lock(address, 2 * PAGE)).isZero();
  }

  /** mlock_fixup() of 2.6.18 says EAGAIN of everything that is ENOMEM to it. */
  @ParameterizedTest
  @CsvSource({"2.6.18, -11", "2.6.36, -12", "5.10, -12"})
  void aPartOfAMappingNeedsRoomForOthers(String release, long error) {
    boot(release);
    long address = t.map(3);
    t.mapToTheLimit();
    assertThat(t.self.lock(address + PAGE, PAGE)).isEqualTo(error);
    assertThat(t.k.current.mm().lockedVm).isZero();
    assertThat(t.self.lock(address, 3 * PAGE)).isZero();
  }
}
