package io.github.pageferry.sim.check;

import static io.github.pageferry.sim.check.KnownDefect.FILE_PAGES_STAY_COUNTED;
import static io.github.pageferry.sim.check.KnownDefect.MAPPING_LOST;
import static io.github.pageferry.sim.check.KnownDefect.NEVER_PUT_BACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.Errno;
import io.github.pageferry.MoveFlag;
import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedMachine;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.ZoneStat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real kernel does wrong is a finding, of that and of nothing else; the least bit more is a violation. */
class FindingsTest {

  private static final long PAGE = PageTable.PAGE_SIZE;
  private static final long ANON = 1L << 32;
  private static final long FILE = 2L << 32;
  private static final int RW = SimulatedProcess.PROT_READ_WRITE;

  private SimulatedMachine machine = Machines.boot(Machines.SMALL, "2.6.18");

  private Kernel k() {
    return machine.kernel();
  }

  private long bind(long address, long pages, int node) {
    return machine.self().bind(
        address, pages * PAGE, PolicyMode.BIND.number(), NodeMask.of(node), MoveFlag.MOVE.bit());
  }

  private int page(long address) {
    return Pte.pfn(k().current.mm().pageTable().get(address));
  }

  private void written(long address, int pages) {
    machine.self().mapPrivate(address, pages, RW);
    for (int i = 0; i < pages; i++) {
      machine.self().write(address + i * PAGE, i + 1);
    }
  }

  /** Two pages of node 0 below a hole and two above it; mbind() isolates the lower two and fails. */
  private void isolateUpToAHole() {
    written(ANON, 5);
    machine.self().unmap(ANON + 2 * PAGE, PAGE);
    assertThat(bind(ANON, 5, 1)).isEqualTo(-Errno.EFAULT.number());
  }

  private void assertViolated(String violation) {
    assertThat(machine.invariants().violations()).containsExactly(violation);
    Machines.expectViolations();
  }

  // do_mbind() before a hole.

  @Test
  void pagesThatMbindIsolatedBeforeAHoleAreFound() {
    isolateUpToAHole();
    machine.invariants().check();
    assertThat(machine.invariants().findings()).containsExactly(
        new Finding(NEVER_PUT_BACK, "node 0: 2 pages stay isolated for good"));
  }

  @Test
  void theyAreLostWhenTheirProcessIsGone() {
    isolateUpToAHole();
    int free = k().nodes.zone(0).freePages();
    machine.self().unmap(ANON, 5 * PAGE);
    assertThat(k().nodes.zone(0).freePages()).as("those above the hole").isEqualTo(free + 2);
    machine.invariants().checkEmpty();
    assertThat(machine.invariants().findings()).containsExactly(
        new Finding(NEVER_PUT_BACK, "node 0: 2 pages stay isolated for good"));
  }

  @Test
  void aPageThatIsIsolatedOtherwiseIsAViolation() {
    isolateUpToAHole();
    int other = page(ANON + 3 * PAGE);
    k().vmscan.isolateLruPage(other);
    assertThat(machine.invariants().violations()).containsExactlyInAnyOrder(
        "page " + other + " has count 2 but 1 references", "page " + other + " is on no list");
    Machines.expectViolations();
  }

  @Test
  void oneMoreReferenceIsAViolation() {
    isolateUpToAHole();
    k().frames.get(page(ANON));
    assertViolated("page " + page(ANON) + " has count 3 but 2 references");
  }

  @Test
  void aPageWithoutTheReferenceOfItsIsolationIsAViolation() {
    isolateUpToAHole();
    k().swap.putPage(page(ANON + PAGE));
    assertViolated("page " + page(ANON + PAGE) + " has count 1 but 2 references");
  }

  @Test
  void aPageThatIsOnAListAgainIsAViolation() {
    isolateUpToAHole();
    k().swap.lruCacheAddLru(page(ANON), Lru.ACTIVE_ANON);
    assertViolated("page " + page(ANON) + " was never put back, but is on a list or in a pagevec");
  }

  @Test
  void oneMoreThatCountsAsIsolatedIsAViolation() {
    isolateUpToAHole();
    k().nodes.zone(0).stat(ZoneStat.NR_ISOLATED_ANON, 1);
    assertViolated("node 0: NR_ISOLATED_ANON is 3 but 2 counted");
  }

  @Test
  void anotherPageThatIsNeverFreedIsAViolation() {
    isolateUpToAHole();
    machine.self().unmap(ANON, 5 * PAGE);
    int lost = k().pageAlloc.allocPagesExactNode(0, 0);
    k().frames.count(lost, 0);
    assertThatThrownBy(machine.invariants()::checkEmpty).hasMessage("1 pages of node 0 were never freed");
    k().frames.count(lost, 1);
    k().swap.putPage(lost);
  }

  @Test
  void since2632TheyArePutBack() {
    machine = Machines.boot();
    isolateUpToAHole();
    machine.invariants().check();
    assertThat(machine.invariants().findings()).isEmpty();
  }

  // NR_FILE_PAGES.

  private VmFile fileThatMoves() {
    VmFile file = machine.self().createFile(FileSystem.TMPFS, 3);
    machine.self().mapFile(FILE, 3, RW, file, true);
    for (int i = 0; i < 3; i++) {
      machine.self().write(FILE + i * PAGE, i + 1);
    }
    assertThat(bind(FILE, 2, 1)).isZero();
    return file;
  }

  @Test
  void aFilesPagesStayCountedWhereTheyCameFrom() {
    VmFile file = fileThatMoves();
    machine.invariants().check();
    assertThat(machine.invariants().findings()).containsExactly(
        new Finding(FILE_PAGES_STAY_COUNTED, "node 0: NR_FILE_PAGES is 3 but 1 counted"),
        new Finding(FILE_PAGES_STAY_COUNTED, "node 1: NR_FILE_PAGES is 0 but 2 counted"));
    machine.self().unmap(FILE, 3 * PAGE);
    machine.self().remove(file);
    machine.invariants().check();
    assertThat(machine.invariants().findings()).containsExactly(
        new Finding(FILE_PAGES_STAY_COUNTED, "node 0: NR_FILE_PAGES is 2 but 0 counted"),
        new Finding(FILE_PAGES_STAY_COUNTED, "node 1: NR_FILE_PAGES is -2 but 0 counted"));
  }

  @Test
  void countersThatDriftMoreThanPagesMovedAreViolations() {
    fileThatMoves();
    k().nodes.zone(0).stat(ZoneStat.NR_FILE_PAGES, 1);
    k().nodes.zone(1).stat(ZoneStat.NR_FILE_PAGES, -1);
    assertThat(machine.invariants().violations()).containsExactly(
        "node 0: NR_FILE_PAGES is 4 but 1 counted, and 2 miscounted", "node 1: NR_FILE_PAGES is -1 but 2 counted, and -2 miscounted");
    Machines.expectViolations();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "6.18"})
  void laterTheCounterFollows(String release) {
    machine = Machines.boot(Machines.SMALL, release);
    fileThatMoves();
    machine.invariants().check();
    assertThat(machine.invariants().findings()).isEmpty();
  }

  // mbind_range() within a VMA.

  /** Of four pages the last two are bound; binding the second one alike merges it with them, and the first is lost. */
  private void bindBeforeItsLike() {
    written(ANON, 4);
    assertThat(bind(ANON + 2 * PAGE, 2, 1)).isZero();
    assertThat(bind(ANON + PAGE, 1, 1)).isZero();
  }

  @Test
  void aMappingThatMbindLosesIsToldWithItsCause() {
    machine = Machines.boot();
    Machines.expectViolations();
    bindBeforeItsLike();
    assertThat(machine.invariants().findings()).containsExactly(
        new Finding(MAPPING_LOST, "no VMA maps 100000000 to 100001000 any longer"));
    assertThatThrownBy(machine.invariants()::check)
        .hasMessageContainingAll("the entry at 100000000 belongs to no VMA", "known: no VMA maps 100000000", "9d8cebd4bcd7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.18", "5.10", "6.18"})
  void othersLoseNone(String release) {
    machine = Machines.boot(Machines.SMALL, release);
    bindBeforeItsLike();
    machine.invariants().check();
    assertThat(machine.invariants().findings()).isEmpty();
  }
}
