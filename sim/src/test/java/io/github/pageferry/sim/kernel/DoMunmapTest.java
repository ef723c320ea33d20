package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.ZoneStat;
import org.junit.jupiter.api.Test;

/** {@code do_munmap()}, {@code split_vma()} and {@code unmap_region()} at their limits. */
class DoMunmapTest {

  private static final long PAGE = TestKernel.PAGE;
  private static final long HUGE = PageTable.PMD_SIZE;

  private final TestKernel t = new TestKernel(new MachineSpec(4, 16L << 20, 1), "2.6.36");

  /** Three pages in one VMA, beside so many others that there is no room for one more. */
  private long threePagesAtTheLimit() {
    long address = t.map(3);
    t.mapToTheLimit();
    return address;
  }

  @Test
  void aRangeMayEndWhereTheAddressSpaceDoesAndNoFurther() {
    long address = t.written(1, 1);
    assertThat(t.self.unmap(address, PageTable.TASK_SIZE - address + PAGE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.unmap(PageTable.TASK_SIZE, PAGE)).isEqualTo(-Err.EINVAL);
    assertThat(t.pageAt(address)).isPositive();
    assertThat(t.self.unmap(address, PageTable.TASK_SIZE - address)).isZero();
    assertThat(t.k.current.mm().first()).isNull();
  }

  @Test
  void nothingIsMappedAtTheFirstAddressWhichIsNoError() {
    long address = t.written(1, 1);
    assertThat(t.self.unmap(0, PAGE)).isZero();
    assertThat(t.self.unmap(address - PAGE, PAGE)).as("up to where the VMA begins").isZero();
    assertThat(t.pageAt(address)).isPositive();
  }

  @Test
  void aHoleMakesTwoOfOneForWhichThereMustBeRoom() {
    long address = threePagesAtTheLimit();
    assertThat(t.self.unmap(address + PAGE, PAGE)).isEqualTo(-Err.ENOMEM);
    assertThat(t.self.protect(address + PAGE, PAGE, SimulatedProcess.PROT_READ)).isEqualTo(-Err.ENOMEM);
    assertThat(t.self.unmap(address + 2 * PAGE, PAGE)).as("at its end it needs none").isZero();
    assertThat(t.self.unmap(address, PAGE)).as("nor at its start").isZero();
    Vma rest = t.vma(address);
    assertThat(rest.start).isEqualTo(address + PAGE);
    assertThat(rest.end).isEqualTo(address + 2 * PAGE);
  }

  @Test
  void oneVmaLessThanTheLimitHasRoomForASplit() {
    long address = threePagesAtTheLimit();
    assertThat(t.self.unmap(address + (1L << 30) + 2L * (TestKernel.MOST_VMAS - 1) * PAGE, PAGE)).isZero();
    assertThat(t.self.unmap(address + PAGE, PAGE)).isZero();
    assertThat(t.k.current.mm().mapCount()).isEqualTo(TestKernel.MOST_VMAS);
  }

  @Test
  void mappingsOfHugePagesAreNotCutWithinOne() {
    t.machine.hugePages(0, 2);
    long address = t.place();
    assertThat(t.self.mapHuge(address, 1024, TestKernel.RW, false)).isZero();
    assertThat(t.self.unmap(address + PAGE, HUGE)).as("its start").isEqualTo(-Err.EINVAL);
    assertThat(t.self.unmap(address, HUGE + PAGE)).as("its end").isEqualTo(-Err.EINVAL);
    assertThat(t.vma(address).end - t.vma(address).start).isEqualTo(2 * HUGE);
    assertThat(t.self.unmap(address, HUGE)).isZero();
    assertThat(t.vma(address).start).isEqualTo(address + HUGE);
    assertThat(t.self.unmap(address + HUGE, HUGE)).isZero();
  }

  /** munlock_vma_pages_range(): a file's page lives on in the cache, where nobody has it locked. */
  @Test
  void lockedPagesThatLiveOnAreUnlocked() {
    VmFile file = t.self.createFile(FileSystem.TMPFS, 1);
    long address = t.place();
    t.self.mapFile(address, 1, TestKernel.RW, file, true);
    assertThat(t.self.lock(address, PAGE)).isZero();
    int page = t.pageAt(address);
    assertThat(t.frames.has(page, PageFlag.MLOCKED)).isTrue();
    assertThat(t.self.unmap(address, PAGE)).isZero();
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.has(page, PageFlag.MLOCKED)).isFalse();
    assertThat(t.frames.has(page, PageFlag.UNEVICTABLE)).isFalse();
    assertThat(t.stat(t.frames.pageToNid(page), ZoneStat.NR_MLOCK)).isZero();
    t.self.remove(file);
  }

  /** unmap_region() and exit_mmap() begin with lru_add_drain(). */
  @Test
  void unmappingAndExitDrainThePagevecsOfTheirCpu() {
    long other = t.map(2);
    t.self.write(other, 1);
    int page = t.pageAt(other);
    assertThat(t.frames.has(page, PageFlag.LRU)).as("still in a pagevec").isFalse();
    long gone = t.map(1);
    assertThat(t.self.unmap(gone, PAGE)).isZero();
    assertThat(t.frames.has(page, PageFlag.LRU)).isTrue();

    SimulatedProcess child = t.self.fork();
    t.self.write(other + PAGE, 1);
    int second = t.pageAt(other + PAGE);
    assertThat(t.frames.has(second, PageFlag.LRU)).isFalse();
    child.exit();
    assertThat(t.frames.has(second, PageFlag.LRU)).isTrue();
  }

  @Test
  void memoryThatANeighbourGrowsByIsThatNeighbour() {
    long address = t.map(1);
    Vma vma = t.vma(address);
    Vma grown = t.k.mmap.mmapRegion(t.k.current.mm(), address + PAGE, PAGE, vma.flags);
    assertThat(grown).isSameAs(vma);
    assertThat(vma.end).isEqualTo(address + 2 * PAGE);
  }

  /** vma_adjust_trans_huge(): a border of a VMA within a huge page parts it. */
  @Test
  void aBorderWithinATransparentHugePagePartsIt() {
    HugePages h = new HugePages("5.10");
    for (boolean first : new boolean[] {true, false}) {
      long address = h.written(0);
      assertThat(h.isHuge(address)).isTrue();
      long part = first ? address : address + HUGE / 2;
      assertThat(h.t.self.bind(part, HUGE / 2, PolicyMode.PREFERRED.number(), NodeMask.of(1), 0)).isZero();
      assertThat(h.isHuge(address)).isFalse();
      assertThat(h.t.pageAt(address + HUGE - PAGE)).isEqualTo(h.t.pageAt(address) + 511);
    }
  }
}
