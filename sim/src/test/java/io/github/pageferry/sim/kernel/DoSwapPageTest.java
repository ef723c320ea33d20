package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code do_swap_page()}: a page comes back from swap space. */
class DoSwapPageTest {

  private final TestKernel t = new TestKernel();

  @BeforeEach
  void swapon() {
    assertThat(t.machine.swapOn(64)).isZero();
    t.k.swapfile.pageCluster = 0;
  }

  private int used() {
    return Objects.requireNonNull(t.k.swapfile.info()).used();
  }

  @Test
  void whatWasSwappedOutComesBackAsItWas() {
    long address = t.written(1, 1);
    int entry = t.swapOut(address);
    assertThat(t.k.current.mm().swapEntries).isEqualTo(1);
    assertThat(t.k.current.mm().anonPages).isZero();

    assertThat(t.self.read(address)).isZero();

    assertThat(t.self.peek(address)).isEqualTo(1);
    assertThat(t.k.current.mm().swapEntries).isZero();
    assertThat(t.k.current.mm().anonPages).isEqualTo(1);
    int page = t.pageAt(address);
    assertThat(Pte.write(t.pte(address))).as("a read lets nobody write").isFalse();
    assertThat(t.frames.has(page, PageFlag.SWAPCACHE)).as("kept, since swap space is far from full").isTrue();
    assertThat(t.frames.privateOf(page)).isEqualTo(entry);
    assertThat(t.frames.mapcount(page)).isEqualTo(1);
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.count(page)).isEqualTo(2);
  }

  @Test
  void itComesToWhereTheProcessIsOrItsPolicySays() {
    long address = t.written(2, 1);
    t.swapOut(address);
    t.swapOut(address + TestKernel.PAGE);
    t.self.runOn(2);
    t.self.read(address);
    assertThat(t.nodeAt(address)).isEqualTo(2);
    t.self.bind(address, 2 * TestKernel.PAGE, PolicyMode.BIND.number(), NodeMask.of(3), 0);
    t.self.read(address + TestKernel.PAGE);
    assertThat(t.nodeAt(address + TestKernel.PAGE)).isEqualTo(3);
  }

  @Test
  void aWriteTakesThePageForItselfAndFreesItsPlace() {
    long address = t.written(1, 1);
    t.swapOut(address);
    assertThat(t.self.write(address, 7)).isZero();
    assertThat(t.frames.has(t.pageAt(address), PageFlag.SWAPCACHE)).isFalse();
    assertThat(t.frames.has(t.pageAt(address), PageFlag.DIRTY)).isTrue();
    assertThat(used()).isZero();
    assertThat(t.self.peek(address)).isEqualTo(7);
    assertThat(t.frames.mapping(t.pageAt(address)))
        .as("exclusively its own").isEqualTo(Objects.requireNonNull(t.vma(address).anonVma).handle());
  }

  @Test
  void aWriteToAPageThatOthersHaveInSwapMakesACopy() {
    long address = t.written(1, 1);
    SimulatedProcess child = t.self.fork();
    t.self.read(address);
    int entry = t.swapOut(address);
    assertThat(Objects.requireNonNull(t.k.swapfile.info()).count(entry)).isEqualTo(2);

    assertThat(t.self.write(address, 7)).isZero();

    assertThat(t.self.peek(address)).isEqualTo(7);
    assertThat(child.read(address)).isZero();
    assertThat(child.peek(address)).isEqualTo(1);
    child.exit();
    t.self.read(address);
    assertThat(used()).as("the cache lets go with the last entry").isZero();
  }

  @Test
  void forkSharesWhatIsInSwap() {
    long address = t.written(1, 1);
    int entry = t.swapOut(address);
    SimulatedProcess child = t.self.fork();
    assertThat(Objects.requireNonNull(t.k.swapfile.info()).count(entry)).isEqualTo(2);
    assertThat(child.read(address)).isZero();
    assertThat(t.k.current.mm().swapEntries).isZero();
    assertThat(t.self.read(address)).isZero();
    assertThat(child.peek(address)).isEqualTo(1);
    assertThat(t.self.peek(address)).isEqualTo(1);
    assertThat(t.frames.mapcount(t.pageAt(address))).as("both found it in the swap cache").isEqualTo(2);
    child.exit();
  }

  @Test
  void unmappingFreesThePlace() {
    long address = t.written(3, 1);
    t.swapOut(address);
    t.swapOut(address + TestKernel.PAGE);
    t.intoSwapCacheAlone(address + 2 * TestKernel.PAGE);
    assertThat(used()).isEqualTo(3);
    t.self.dontneed(address, TestKernel.PAGE);
    assertThat(used()).isEqualTo(2);
    assertThat(t.k.current.mm().swapEntries).isEqualTo(2);
    t.self.unmap(address, 3 * TestKernel.PAGE);
    assertThat(used()).isZero();
    assertThat(t.k.current.mm().swapEntries).isZero();
  }

  @Test
  void unmappingAPageThatIsCachedInSwapFreesItsPlace() {
    long address = t.written(1, 1);
    int page = t.intoSwapCache(address);
    t.self.unmap(address, TestKernel.PAGE);
    assertThat(used()).isZero();
    assertThat(t.frames.count(page)).isZero();
  }

  @Test
  void aPageUnderWritebackKeepsItsPlaceUntilReclaimComes() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    t.k.blockDevice.plug();
    assertThat(t.self.reclaim(address)).isZero();
    assertThat(t.frames.has(page, PageFlag.WRITEBACK)).isTrue();
    t.self.unmap(address, TestKernel.PAGE);
    assertThat(used()).isEqualTo(1);
    t.k.blockDevice.unplug();
    assertThat(t.k.vmscanReclaim.reclaimPage(page)).isTrue();
    assertThat(used()).isZero();
  }

  @Test
  void withoutMemoryTheProcessGetsASignal() {
    long address = t.written(1, 1);
    int entry = t.swapOut(address);
    t.self.bind(address, TestKernel.PAGE, PolicyMode.BIND.number(), NodeMask.of(3), 0);
    List<Integer> taken = t.exhaust(3);
    assertThat(t.self.read(address)).isEqualTo(-Err.EFAULT);
    assertThat(t.swapEntry(address)).isEqualTo(entry);
    t.refill(taken);
    assertThat(t.self.read(address)).isZero();
  }

  @Test
  void ofALockedMappingNoPlaceIsKept() {
    long address = t.written(1, 1);
    t.swapOut(address);
    assertThat(t.self.lock(address, TestKernel.PAGE)).isZero();
    assertThat(t.frames.has(t.pageAt(address), PageFlag.SWAPCACHE)).isFalse();
    assertThat(used()).isZero();
  }

  @Test
  void whenSwapSpaceIsMostlyFullNoPlaceIsKept() {
    long address = t.written(40, 1);
    for (int i = 0; i < 40; i++) {
      t.swapOut(address + i * TestKernel.PAGE);
    }
    t.self.read(address);
    assertThat(t.frames.has(t.pageAt(address), PageFlag.SWAPCACHE)).isFalse();
    assertThat(used()).isEqualTo(39);
  }

  @Test
  void neighboursAreReadAheadAndBelongToNoAnonVmaYet() {
    t.k.swapfile.pageCluster = 3;
    long address = t.written(12, 1);
    List<Integer> entries = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      entries.add(t.swapOut(address + i * TestKernel.PAGE));
    }
    assertThat(entries).startsWith(1, 2, 3).endsWith(12);
    t.self.runOn(3);

    t.self.read(address + 9 * TestKernel.PAGE);

    assertThat(t.k.swapState.swapperSpace().nrpages).as("entries 8 to 12").isEqualTo(5);
    assertThat(t.swapEntry(address + 10 * TestKernel.PAGE)).isEqualTo(11);
    int ahead = t.k.swapState.swapperSpace().pageTree().get(11);
    assertThat(t.frames.mapping(ahead)).isZero();
    assertThat(t.frames.pageToNid(ahead)).isEqualTo(3);
    assertThat(t.stat(3, ZoneStat.NR_FILE_PAGES)).isEqualTo(5);
    t.self.read(address + 10 * TestKernel.PAGE);
    assertThat(t.pageAt(address + 10 * TestKernel.PAGE)).isEqualTo(ahead);
    assertThat(t.self.peek(address + 10 * TestKernel.PAGE)).isEqualTo(11);
  }

  @Test
  void aMergedPageComesBackToTheSecondAddressAsACopy() {
    long a = t.written(1, 1);
    long b = t.written(1, 1);
    t.self.mergeable(a, TestKernel.PAGE);
    t.self.mergeable(b, TestKernel.PAGE);
    t.self.mergePages();
    assertThat(t.pageAt(a)).isEqualTo(t.pageAt(b));
    int entry = t.swapOut(a);
    assertThat(t.swapEntry(b)).isEqualTo(entry);

    t.self.read(a);
    t.self.read(b);

    assertThat(t.pageAt(b)).isNotEqualTo(t.pageAt(a));
    assertThat(t.self.peek(b)).isEqualTo(1);
    t.self.write(b, 5);
    assertThat(t.self.peek(a)).isEqualTo(1);
  }
}
