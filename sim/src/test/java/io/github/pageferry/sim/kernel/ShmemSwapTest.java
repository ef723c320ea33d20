package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** {@code shmem_writepage()} and {@code shmem_getpage()} of mm/shmem.c, as far as swap space goes. */
class ShmemSwapTest {

  private final TestKernel t = new TestKernel();
  private final long address = t.shared(2, 1);
  private final AddressSpace mapping = Objects.requireNonNull(t.vma(address).mapping());

  private int used() {
    return Objects.requireNonNull(t.k.swapfile.info()).used();
  }

  @Test
  void aPageLeavesItsFileForSwapSpace() {
    t.machine.swapOn(16);
    assertThat(t.self.reclaim(address)).isEqualTo(1);
    assertThat(mapping.pageTree().get(0)).isZero();
    assertThat(mapping.nrpages).isEqualTo(1);
    assertThat(mapping.host().swapped()).containsEntry(0L, 1);
    assertThat(t.pte(address)).isZero();
    assertThat(t.stat(1, ZoneStat.NR_SHMEM)).isEqualTo(1);
    assertThat(t.stat(1, ZoneStat.NR_FILE_PAGES)).isEqualTo(1);
  }

  @Test
  void aFaultBringsItBackWhereThePolicySays() {
    t.machine.swapOn(16);
    t.self.reclaim(address);
    t.self.runOn(3);
    assertThat(t.self.read(address)).isZero();
    assertThat(t.self.peek(address)).isEqualTo(1);
    int page = t.pageAt(address);
    assertThat(t.frames.pageToNid(page)).isEqualTo(3);
    assertThat(mapping.pageTree().get(0)).isEqualTo(page);
    assertThat(t.frames.has(page, PageFlag.SWAPCACHE)).isFalse();
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isTrue();
    assertThat(mapping.host().swapped()).isEmpty();
    assertThat(used()).isZero();
    assertThat(t.stat(3, ZoneStat.NR_SHMEM)).isEqualTo(1);
  }

  @Test
  void aPageOnItsWayOutIsTakenBackFromTheSwapCache() {
    t.machine.swapOn(16);
    int page = t.pageAt(address);
    t.k.blockDevice.plug();
    t.self.reclaim(address);
    assertThat(t.frames.has(page, PageFlag.WRITEBACK)).isTrue();
    assertThat(t.frames.mapping(page)).as("neither anonymous nor a file's").isZero();
    assertThat(t.self.read(address)).isZero();
    assertThat(t.pageAt(address)).isEqualTo(page);
    assertThat(t.self.peek(address)).isEqualTo(1);
  }

  @Test
  void withoutSwapSpaceItStays() {
    int page = t.pageAt(address);
    assertThat(t.self.reclaim(address)).isZero();
    assertThat(mapping.pageTree().get(0)).isEqualTo(page);
    assertThat(t.frames.has(page, PageFlag.ACTIVE)).isTrue();
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isTrue();
  }

  @Test
  void withoutMemoryThereIsASignal() {
    t.machine.swapOn(16);
    t.self.reclaim(address);
    t.self.bind(address, TestKernel.PAGE, 2, io.github.pageferry.sim.mm.NodeMask.of(3), 0);
    List<Integer> taken = t.exhaust(3);
    assertThat(t.self.read(address)).isEqualTo(-Err.EFAULT);
    assertThat(mapping.host().swapped()).hasSize(1);
    t.refill(taken);
    assertThat(t.self.read(address)).isZero();
  }

  @Test
  void theLastCloseFreesWhatIsInSwap() {
    t.machine.swapOn(16);
    t.self.reclaim(address);
    t.self.reclaim(address + TestKernel.PAGE);
    assertThat(used()).isEqualTo(2);
    t.self.unmap(address, 2 * TestKernel.PAGE);
    assertThat(used()).isZero();
  }

  @Test
  void aPageThatOthersMapGoesForAll() {
    t.machine.swapOn(16);
    io.github.pageferry.sim.SimulatedProcess child = t.self.fork();
    child.read(address);
    assertThat(t.self.reclaim(address)).isEqualTo(1);
    assertThat(child.read(address)).isZero();
    assertThat(child.peek(address)).isEqualTo(1);
    child.exit();
  }
}
