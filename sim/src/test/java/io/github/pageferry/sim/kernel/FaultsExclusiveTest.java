package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.PageFlag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code PageAnonExclusive()}, since 6c287605fd56 (5.19): which page a write after fork may keep. */
class FaultsExclusiveTest {

  private final TestKernel t = new TestKernel(Machines.SMALL, "6.1");

  private boolean isExclusive(int page) {
    return t.frames.has(page, PageFlag.ANON_EXCLUSIVE);
  }

  @Test
  void aNewPageIsItsTasksAloneUntilFork() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    assertThat(isExclusive(page)).isTrue();
    SimulatedProcess child = t.self.fork();
    assertThat(isExclusive(page)).isFalse();
    assertThat(t.self.write(address, 2)).isZero();
    assertThat(t.pageAt(address)).as("a copy").isNotEqualTo(page);
    assertThat(isExclusive(t.pageAt(address))).isTrue();
    assertThat(child.write(address, 3)).isZero();
    assertThat(isExclusive(page)).as("the child's alone now").isTrue();
    child.exit();
  }

  /** do_wp_page(): a page in a pagevec has one reference more, which lru_add_drain() takes away. */
  @Test
  void aPageThatWaitsInAPagevecIsKept() {
    long address = t.map(1);
    assertThat(t.self.write(address, 1)).isZero();
    int page = t.pageAt(address);
    t.self.fork().exit();
    t.self.peek(address);
    t.k.swap.lruAddDrainAll();
    assertThat(t.k.vmscan.isolateLruPage(page)).isZero();
    t.k.vmscan.putbackLruPage(page);
    assertThat(t.frames.has(page, PageFlag.LRU)).as("it waits in a pagevec").isFalse();
    assertThat(t.self.write(address, 2)).isZero();
    assertThat(t.pageAt(address)).isEqualTo(page);
    assertThat(isExclusive(page)).isTrue();
  }

  /** With a reference that nobody can tell from a sharer's, and with more than could go. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void aPageThatSomebodyHoldsIsCopied(int references) {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    t.self.fork().exit();
    t.self.peek(address);
    for (int i = 0; i < references; i++) {
      t.frames.get(page);
    }
    assertThat(t.self.write(address, 2)).isZero();
    assertThat(t.pageAt(address)).isNotEqualTo(page);
    for (int i = 0; i < references; i++) {
      t.k.swap.putPage(page);
    }
  }
}
