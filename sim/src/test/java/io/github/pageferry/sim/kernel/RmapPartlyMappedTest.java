package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.PageFlag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code __folio_remove_rmap()} since 6.10: which transparent huge pages wait to be split. */
class RmapPartlyMappedTest {

  private static final long PAGE = TestKernel.PAGE;

  private static boolean waits(HugePages h, int head) {
    return h.t.frames.has(head, PageFlag.PARTIALLY_MAPPED);
  }

  @ParameterizedTest
  @CsvSource({"6.1, false", "6.12, true", "6.18, true", "7.3, true"})
  void aPageThatLosesAPartWaits(String release, boolean waits) {
    HugePages h = new HugePages(release);
    long address = h.written(0);
    int head = h.head(address);
    assertThat(h.t.self.dontneed(address + 9 * PAGE, PAGE)).isZero();
    assertThat(waits(h, head)).isEqualTo(waits);
    h.check();
  }

  @Test
  void splittingTheEntryLosesNothing() {
    HugePages h = new HugePages("6.12");
    long address = h.written(0);
    int head = h.head(address);
    h.t.k.hugeMemory.splitHugePmd(h.t.vma(address), address);
    assertThat(waits(h, head)).isFalse();
  }

  @Test
  void aPartThatAnotherProcessMapsIsNotLost() {
    HugePages h = new HugePages("6.12");
    long address = h.written(0);
    int head = h.head(address);
    SimulatedProcess child = h.t.self.fork();
    assertThat(h.t.self.dontneed(address + 9 * PAGE, PAGE)).isZero();
    assertThat(waits(h, head)).isFalse();
    // The child's entry maps all of it, and is the only one for that part.
    child.exit();
    assertThat(waits(h, head)).isTrue();
    h.check();
  }

  @Test
  void aPageThatLosesAllAtOnceDoesNotWait() {
    HugePages h = new HugePages("6.12");
    long address = h.written(0);
    int head = h.head(address);
    assertThat(h.t.self.pin(address)).isZero();
    assertThat(h.t.self.unmap(address, 512 * PAGE)).isZero();
    assertThat(h.t.frames.mapped(head)).isFalse();
    assertThat(waits(h, head)).isFalse();
    assertThat(h.t.self.unpin(address)).isZero();
  }

  @Test
  void smallPagesNeverDo() {
    HugePages h = new HugePages("6.12");
    long address = h.t.written(2, 0);
    int page = h.t.pageAt(address);
    assertThat(h.t.self.dontneed(address, PAGE)).isZero();
    assertThat(waits(h, page)).isFalse();
  }
}
