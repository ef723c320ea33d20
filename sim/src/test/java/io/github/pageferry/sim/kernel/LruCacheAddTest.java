package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.PageFlag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code lru_cache_add_lru()}, later {@code lru_cache_add()}, of mm/swap.c: which list a page that waits comes to. */
class LruCacheAddTest {

  private TestKernel t = new TestKernel();

  private void boot(String release) {
    t = new TestKernel(Machines.SMALL, release);
  }

  /** A new page with these flags, sent to a list and drained. */
  private int added(int flags, int lru) {
    int page = t.newPage(1);
    t.frames.set(page, PageFlag.SWAPBACKED | flags);
    t.k.swap.lruCacheAddLru(page, lru);
    assertThat(t.frames.has(page, PageFlag.LRU)).as("before the drain").isFalse();
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.has(page, PageFlag.LRU)).isTrue();
    assertThat(t.frames.count(page)).as("the pagevec's reference is gone").isEqualTo(1);
    return page;
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.12"})
  void activeListsMakeActivePagesAndOthersDoNot(String release) {
    boot(release);
    int active = added(0, Lru.ACTIVE_ANON);
    int inactive = added(0, Lru.INACTIVE_ANON);
    assertThat(t.frames.has(active, PageFlag.ACTIVE)).isTrue();
    assertThat(t.frames.has(inactive, PageFlag.ACTIVE)).isFalse();
    t.free(active);
    t.free(inactive);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.12"})
  void aPageThatCanBeReclaimedAgainIsUnevictableNoLonger(String release) {
    boot(release);
    int page = added(PageFlag.UNEVICTABLE, Lru.INACTIVE_ANON);
    assertThat(t.frames.has(page, PageFlag.UNEVICTABLE)).isFalse();
    t.free(page);
  }

  /** Since 9c4e6b1a7027 (4.16) it is decided when the pagevec is drained. */
  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.12"})
  void aLockedPageIsUnevictableAndNotActive(String release) {
    boot(release);
    int page = added(PageFlag.MLOCKED, Lru.ACTIVE_ANON);
    assertThat(t.frames.has(page, PageFlag.UNEVICTABLE)).isTrue();
    assertThat(t.frames.has(page, PageFlag.ACTIVE)).isFalse();
    t.frames.clear(page, PageFlag.MLOCKED);
    t.free(page);
  }
}
