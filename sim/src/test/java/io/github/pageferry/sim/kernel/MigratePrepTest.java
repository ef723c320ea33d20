package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.PageFlag;
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
}
