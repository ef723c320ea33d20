package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import org.junit.jupiter.api.Test;

/** {@code migrate_prep()} and {@code migrate_prep_local()}: pages that wait in pagevecs cannot be isolated. */
class MigratePrepTest {

  private final TestKernel t = new TestKernel();

  /** One page that waits in the pagevec of this node's CPU. */
  private int waiting(int cpu) {
    long address = t.map(1);
    t.self.runOn(cpu);
    assertThat(t.self.write(address, 7)).isZero();
    return t.pageAt(address);
  }

  @Test
  void everyCpusPagevecIsEmptied() {
    int here = waiting(0);
    int there = waiting(3);
    assertThat(t.frames.has(here, PageFlag.LRU)).isFalse();
    assertThat(t.k.vmscan.isolateLruPage(there)).isEqualTo(-Err.EBUSY);

    assertThat(t.k.migrate.migratePrep()).isZero();

    assertThat(t.frames.has(here, PageFlag.LRU)).isTrue();
    assertThat(t.frames.has(there, PageFlag.LRU)).isTrue();
    for (int cpu = 0; cpu < 4; cpu++) {
      assertThat(t.k.swap.lruAddPvec(cpu, Lru.ACTIVE_ANON).count()).isZero();
    }
  }

  @Test
  void theLocalOneLeavesOtherCpusAlone() {
    int there = waiting(3);
    int here = waiting(1);

    assertThat(t.k.migrate.migratePrepLocal()).isZero();

    assertThat(t.frames.has(here, PageFlag.LRU)).isTrue();
    assertThat(t.frames.has(there, PageFlag.LRU)).isFalse();
    assertThat(t.k.swap.lruAddPvec(3, Lru.ACTIVE_ANON).count()).isEqualTo(1);
  }

  /** lru_cache_disable(), since d479960e44f2 (5.13): no page waits until the move is over, and then they wait again. */
  @Test
  void pagevecsAreOffDuringAMoveAndOnAfterIt() {
    TestKernel later = new TestKernel(Machines.SMALL, "6.1");
    long address = later.map(2);
    later.k.migrate.migratePrep();
    assertThat(later.self.write(address, 1)).isZero();
    assertThat(later.frames.has(later.pageAt(address), PageFlag.LRU)).isTrue();
    later.k.migrate.migrateFinish();

    assertThat(later.self.movePages(
        0, 1, UserLongs.of(address), UserInts.of(2), UserInts.of(new int[1]), MovePages.MPOL_MF_MOVE)).isZero();
    assertThat(later.self.bind(address, TestKernel.PAGE, PolicyMode.BIND.number(), NodeMask.of(1), Mbind.MPOL_MF_MOVE)).isZero();
    assertThat(later.nodeAt(address)).isEqualTo(1);

    assertThat(later.self.write(address + TestKernel.PAGE, 1)).isZero();
    assertThat(later.frames.has(later.pageAt(address + TestKernel.PAGE), PageFlag.LRU)).as("it waits in a pagevec").isFalse();
  }
}
