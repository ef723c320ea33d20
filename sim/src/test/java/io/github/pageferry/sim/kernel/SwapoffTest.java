package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.PageFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** {@code swapon(2)}, {@code swapoff(2)} and {@code try_to_unuse()}. */
class SwapoffTest {

  private final TestKernel t = new TestKernel();

  @Test
  void thereIsOneAreaAtMost() {
    assertThat(t.machine.swapOff()).isEqualTo(-Err.EINVAL);
    assertThat(t.machine.swapOn(4)).isZero();
    assertThat(t.machine.swapOn(4)).isEqualTo(-Err.EBUSY);
    assertThat(t.machine.swapOff()).isZero();
    assertThat(t.machine.swapOn(4)).isZero();
  }

  @Test
  void allProcessesGetTheirPagesBack() {
    t.machine.swapOn(16);
    long address = t.written(3, 1);
    SimulatedProcess child = t.self.fork();
    t.self.read(address);
    t.swapOut(address);
    t.intoSwapCacheAlone(address + TestKernel.PAGE);
    t.swapOut(address + 2 * TestKernel.PAGE);
    child.write(address + 2 * TestKernel.PAGE, 9);

    assertThat(t.machine.swapOff()).isZero();

    for (int i = 0; i < 3; i++) {
      long at = address + i * TestKernel.PAGE;
      assertThat(child.peek(at)).isEqualTo(i == 2 ? 9 : i + 1);
      assertThat(t.self.peek(at)).isEqualTo(i + 1);
      assertThat(t.frames.has(t.pageAt(at), PageFlag.SWAPCACHE)).isFalse();
      assertThat(t.frames.has(t.pageAt(at), PageFlag.DIRTY)).isTrue();
    }
    child.exit();
  }

  @Test
  void mergedPagesAreReadOnceForEachAddress() {
    t.machine.swapOn(16);
    long a = t.written(1, 1);
    long b = t.written(1, 1);
    t.self.mergeable(a, TestKernel.PAGE);
    t.self.mergeable(b, TestKernel.PAGE);
    t.self.mergePages();
    t.swapOut(a);
    assertThat(t.machine.swapOff()).isZero();
    assertThat(t.self.peek(a)).isEqualTo(1);
    assertThat(t.self.peek(b)).isEqualTo(1);
    assertThat(t.pageAt(a)).isNotEqualTo(t.pageAt(b));
  }

  @Test
  void mergedPagesOfOneMappingAreReadOnceForEachAddress() {
    t.machine.swapOn(16);
    long a = t.written(2, 1);
    long b = a + TestKernel.PAGE;
    t.self.write(b, 1);
    t.self.mergeable(a, 2 * TestKernel.PAGE);
    t.self.mergePages();
    assertThat(t.pageAt(b)).isEqualTo(t.pageAt(a));
    t.swapOut(a);
    assertThat(t.machine.swapOff()).isZero();
    assertThat(t.self.peek(a)).isEqualTo(1);
    assertThat(t.self.peek(b)).isEqualTo(1);
    assertThat(t.pageAt(a)).isNotEqualTo(t.pageAt(b));
  }

  @Test
  void sharedMemoryGetsItsPagesBack() {
    t.machine.swapOn(16);
    long address = t.shared(2, 1);
    t.self.reclaim(address);
    assertThat(t.pte(address)).isZero();
    assertThat(t.machine.swapOff()).isZero();
    assertThat(t.self.read(address)).isZero();
    assertThat(t.self.peek(address)).isEqualTo(1);
  }

  @Test
  void withoutMemoryAllStaysAsItIs() {
    t.machine.swapOn(16);
    long address = t.written(1, 1);
    t.swapOut(address);
    List<Integer> taken = new ArrayList<>();
    for (int node = 0; node < 4; node++) {
      taken.addAll(t.exhaust(node));
    }
    assertThat(t.machine.swapOff()).isEqualTo(-Err.ENOMEM);
    t.refill(taken);
    t.self.read(address);
    assertThat(t.self.peek(address)).isEqualTo(1);
    assertThat(Objects.requireNonNull(t.k.swapfile.info()).writeOk).isTrue();
    t.swapOut(address);
  }
}
