package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code do_mbind()} and {@code do_migrate_pages()} of mm/mempolicy.c: refusals, limits, and where pages go. */
class MbindTest {

  private static final long PAGE = TestKernel.PAGE;
  private static final int BIND = PolicyMode.BIND.number();
  private static final int INTERLEAVE = PolicyMode.INTERLEAVE.number();
  private static final int MOVE = Mbind.MPOL_MF_MOVE;

  private TestKernel t = new TestKernel();

  private void boot(String release) {
    t = new TestKernel(Machines.SMALL, release);
  }

  private List<Integer> nodes(long address, int pages) {
    List<Integer> nodes = new ArrayList<>();
    for (int i = 0; i < pages; i++) {
      nodes.add(t.nodeAt(address + i * PAGE));
    }
    return nodes;
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.18", "2.6.36", "5.10", "6.12"})
  void refusesUnknownFlagsThenMoveAllThenWhatIsNoRange(String release) {
    boot(release);
    long address = t.map(4);
    SimulatedProcess user = t.self.asUser(1000);
    NodeMask one = NodeMask.of(1);
    assertThat(t.self.bind(address, PAGE, BIND, one, 1 << 5)).isEqualTo(-Err.EINVAL);
    assertThat(user.bind(address, PAGE, BIND, one, 1 << 5 | Mbind.MPOL_MF_MOVE_ALL)).isEqualTo(-Err.EINVAL);
    assertThat(user.bind(address + 1, PAGE, BIND, one, Mbind.MPOL_MF_MOVE_ALL)).isEqualTo(-Err.EPERM);
    assertThat(user.bind(address + 1, PAGE, BIND, one, MOVE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.bind(address, -PAGE, BIND, one, 0)).as("it ends before it begins").isEqualTo(-Err.EINVAL);
    assertThat(t.self.bind(address, 0, BIND, one, 0)).isZero();
    assertThat(user.bind(address, PAGE, BIND, one, MOVE)).isZero();
    assertThat(t.self.bind(address, PAGE, BIND, one, Mbind.MPOL_MF_MOVE_ALL)).isZero();
    assertThat(t.vma(address).end).isEqualTo(address + PAGE);
  }

  /** A policy for a part of a VMA needs two more; whatever was isolated before is put back. */
  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.1", "6.12"})
  void aPartOfAVmaNeedsRoomForOthers(String release) {
    boot(release);
    long address = t.written(3, 0);
    t.mapToTheLimit();
    assertThat(t.self.bind(address + PAGE, PAGE, BIND, NodeMask.of(1), MOVE)).isEqualTo(-Err.ENOMEM);
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.has(t.pageAt(address + PAGE), PageFlag.LRU)).isTrue();
    assertThat(t.stat(0, ZoneStat.NR_ISOLATED_ANON) + t.stat(1, ZoneStat.NR_ISOLATED_ANON)).isZero();
    assertThat(t.k.current.mm().mapCount()).isEqualTo(TestKernel.MOST_VMAS);
  }

  /** Until 9d8cebd4bcd7 (2.6.34) policies were set without merging, and so without another check than the split's. */
  @Test
  void aPartOfAVmaNeedsRoomForOthersBeforeMergingToo() {
    aPartOfAVmaNeedsRoomForOthers("2.6.18");
  }

  @Test
  void aRangeThatGetsItsNeighboursPolicyBecomesOneVmaWithIt() {
    long address = t.map(8);
    assertThat(t.self.bind(address + 4 * PAGE, 4 * PAGE, BIND, NodeMask.of(1), 0)).isZero();
    assertThat(t.vma(address).end).isEqualTo(address + 4 * PAGE);
    assertThat(t.self.bind(address, 4 * PAGE, BIND, NodeMask.of(1), 0)).isZero();
    assertThat(t.vma(address).end).isEqualTo(address + 8 * PAGE);
  }

  /**
   * 2.6.36 hands vma_merge() the VMA before the one that the range begins in, so that what lies below the range goes (mended from
   * 3.2 on).
   */
  @ParameterizedTest
  @CsvSource({"2.6.36, true", "5.10, false", "6.12, false"})
  void aRangeWithinAVmaThatMergesWithTheNextOneLosesWhatLiesBelowIt(String release, boolean lost) {
    boot(release);
    long address = t.map(8);
    assertThat(t.self.bind(address + 4 * PAGE, 4 * PAGE, BIND, NodeMask.of(1), 0)).isZero();
    assertThat(t.self.bind(address + 2 * PAGE, 2 * PAGE, BIND, NodeMask.of(1), 0)).isZero();
    Vma merged = t.vma(address + 2 * PAGE);
    assertThat(merged.start).isEqualTo(address + 2 * PAGE);
    assertThat(merged.end).isEqualTo(address + 8 * PAGE);
    assertThat(merged.pgoff).isEqualTo((address + 2 * PAGE) >>> 12);
    assertThat(t.vma(address).start == merged.start).as("nothing is mapped at the first pages").isEqualTo(lost);
  }

  /** lru_cache_disable() is for calls that move; one that does not leaves pagevecs as they are. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1 /* MPOL_MF_STRICT */})
  void aCallThatMovesNothingLeavesPagevecsOn(int flags) {
    boot("6.1");
    long address = t.map(3);
    assertThat(t.self.bind(address, 3 * PAGE, BIND, NodeMask.of(1), flags)).isZero();
    assertThat(t.self.write(address, 1)).isZero();
    assertThat(t.frames.has(t.pageAt(address), PageFlag.LRU)).as("it waits in a pagevec").isFalse();
    t.k.migrate.migratePrep();
    assertThat(t.self.write(address + PAGE, 1)).isZero();
    assertThat(t.frames.has(t.pageAt(address + PAGE), PageFlag.LRU)).isTrue();
    t.k.migrate.migrateFinish();
    assertThat(t.self.migratePages(0, NodeMask.of(1), NodeMask.of(2))).isZero();
    assertThat(t.self.write(address + 2 * PAGE, 1)).isZero();
    assertThat(t.frames.has(t.pageAt(address + 2 * PAGE), PageFlag.LRU)).as("after migrate_pages(2), too").isFalse();
  }

  /** Until e5947d23edd8 (5.14) mbind(2) parted the huge zero page. */
  @ParameterizedTest
  @CsvSource({"5.10, true", "6.1, false"})
  void theHugeZeroPageIsPartedWhereItIsMet(String release, boolean parted) {
    HugePages h = new HugePages(release);
    long address = h.map(512);
    assertThat(h.t.self.read(address)).isZero();
    assertThat(h.isHuge(address)).isTrue();
    assertThat(h.t.self.bind(address, 512 * PAGE, BIND, NodeMask.of(1), MOVE)).isZero();
    assertThat(h.isHuge(address)).isNotEqualTo(parted);
    assertThat(Pte.special(h.t.pte(address))).isTrue();
  }

  /** offset_il_node(): a private mapping's pages interleave by their addresses. */
  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.1", "6.12", "7.3"})
  void pagesThatMoveInterleaveAsFaultsDo(String release) {
    boot(release);
    long moved = t.written(5, 0);
    assertThat(t.self.bind(moved, 5 * PAGE, INTERLEAVE, NodeMask.of(1, 3), MOVE)).isZero();
    assertThat(nodes(moved, 5)).containsExactly(1, 3, 1, 3, 1);
    long faulted = t.map(5);
    assertThat(t.self.bind(faulted, 5 * PAGE, INTERLEAVE, NodeMask.of(1, 3), 0)).isZero();
    for (int i = 0; i < 5; i++) {
      assertThat(t.self.write(faulted + i * PAGE, 1)).isZero();
    }
    assertThat(nodes(faulted, 5)).containsExactly(1, 3, 1, 3, 1);
  }

  /** A part of a mapping interleaves by its place in the mapping. */
  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.12", "7.3"})
  void aPartThatMovesInterleavesByItsPlaceInTheWhole(String release) {
    boot(release);
    long address = t.written(6, 0);
    assertThat(t.self.bind(address + PAGE, 4 * PAGE, INTERLEAVE, NodeMask.of(1, 3), MOVE)).isZero();
    assertThat(nodes(address, 6)).containsExactly(0, 3, 1, 3, 1, 0);
  }

  /** do_migrate_pages(): first away from where others are to go. */
  @ParameterizedTest
  @ValueSource(strings = {"2.6.18", "2.6.36", "5.10", "6.12"})
  void nodesAreEmptiedBeforeTheyAreFilled(String release) {
    boot(release);
    long first = t.written(40, 0);
    long second = t.written(40, 1);
    assertThat(t.self.migratePages(0, NodeMask.of(0, 1), NodeMask.of(1, 2))).isZero();
    assertThat(nodes(first, 40)).containsOnly(1);
    assertThat(nodes(second, 40)).containsOnly(2);
  }

  /** Between sets of different sizes, pages on a node of both stay since 4a5b18cc1f3b (3.5). */
  @ParameterizedTest
  @CsvSource({"2.6.36, 2", "5.10, 1", "6.12, 1"})
  void aNodeOfBothSetsKeepsItsPagesWhereTheSetsDifferInSize(String release, int node) {
    boot(release);
    long address = t.written(3, 1);
    assertThat(t.self.migratePages(0, NodeMask.of(0, 1), NodeMask.of(1, 2, 3))).isZero();
    assertThat(nodes(address, 3)).containsOnly(node);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10"})
  void withoutAnyMemoryPagesStayAndTheCallSaysSo(String release) {
    boot(release);
    long address = t.written(3, 0);
    List<Integer> taken = new ArrayList<>();
    for (int node = 0; node < 4; node++) {
      taken.addAll(t.exhaust(node));
    }
    assertThat(t.self.migratePages(0, NodeMask.of(0), NodeMask.of(1))).isEqualTo(-Err.ENOMEM);
    assertThat(nodes(address, 3)).containsOnly(0);
    t.refill(taken);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.18", "2.6.36", "5.10", "6.12"})
  void masksMayNameTheLastNodeThatCouldBe(String release) {
    boot(release);
    int most = t.k.profile.maxNumnodes();
    assertThat(t.self.migratePages(0, NodeMask.of(most - 1), NodeMask.of(1))).isZero();
    assertThat(t.self.migratePages(0, NodeMask.of(most), NodeMask.of(1))).isEqualTo(-Err.EINVAL);
    assertThat(t.self.migratePages(0, NodeMask.of(1), NodeMask.of(most))).isEqualTo(-Err.EINVAL);
  }

  /** shmem_set_policy(): a policy of shared memory is the memory's, wherever else it is mapped. */
  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.12"})
  void aPolicyOfSharedMemoryHoldsWhereverItIsMapped(String release) {
    boot(release);
    long address = t.place();
    VmFile file = t.self.mapSharedAnonymous(address, 4, TestKernel.RW);
    long again = t.place();
    t.self.mapFile(again, 4, TestKernel.RW, file, true);
    assertThat(t.self.bind(address, 4 * PAGE, BIND, NodeMask.of(2), 0)).isZero();
    assertThat(t.self.write(again + PAGE, 1)).isZero();
    assertThat(t.nodeAt(again + PAGE)).isEqualTo(2);
  }
}
