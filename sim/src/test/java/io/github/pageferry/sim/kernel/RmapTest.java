package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.AnonVma;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** mm/rmap.c: anon_vmas and their chains, addresses of pages, walks and counts. */
class RmapTest {

  private final TestKernel t = new TestKernel();

  private AnonVma anonVma(long address) {
    return Objects.requireNonNull(t.vma(address).anonVma);
  }

  @Test
  void anAnonVmaComesWithTheFirstPage() {
    long address = t.map(2);
    assertThat(t.vma(address).anonVma).isNull();
    t.self.write(address, 1);
    AnonVma anonVma = anonVma(address);
    t.self.write(address + TestKernel.PAGE, 1);
    assertThat(anonVma(address)).isSameAs(anonVma);
    assertThat(t.vma(address).anonVmaChain).hasSize(1);
    assertThat(Objects.requireNonNull(anonVma.first()).vma()).isSameAs(t.vma(address));
  }

  @Test
  void neighboursThatMayMergeAgainShareAnAnonVma() {
    long address = t.map(3);
    t.self.protect(address + TestKernel.PAGE, TestKernel.PAGE, SimulatedProcess.PROT_READ);
    t.self.write(address, 1);
    t.self.write(address + 2 * TestKernel.PAGE, 1);
    assertThat(t.vma(address)).isNotSameAs(t.vma(address + TestKernel.PAGE));
    t.k.rmap.anonVmaPrepare(t.vma(address + TestKernel.PAGE));
    assertThat(anonVma(address + TestKernel.PAGE)).isSameAs(anonVma(address + 2 * TestKernel.PAGE));
  }

  @Test
  void neighboursWithDifferentPoliciesDoNot() {
    long address = t.map(2);
    t.self.bind(address, TestKernel.PAGE, 2, io.github.pageferry.sim.mm.NodeMask.of(1), 0);
    t.self.write(address, 1);
    t.self.write(address + TestKernel.PAGE, 1);
    assertThat(anonVma(address)).isNotSameAs(anonVma(address + TestKernel.PAGE));
  }

  @Test
  void aChildLinksToItsParentsAnonVmaAndHasOneOfItsOwn() {
    long address = t.written(1, 1);
    AnonVma parents = anonVma(address);
    SimulatedProcess child = t.self.fork();
    child.write(address, 2);
    Vma childs = Objects.requireNonNull(t.k.current.mm().findVma(address));
    AnonVma own = Objects.requireNonNull(childs.anonVma);
    assertThat(own).isNotSameAs(parents);
    assertThat(own.root).isSameAs(parents);
    assertThat(childs.anonVmaChain).hasSize(2);
    assertThat(parents.externalRefcount).isEqualTo(1);
    assertThat(Objects.requireNonNull(own.first()).vma()).isSameAs(childs);
    child.exit();
    assertThat(parents.externalRefcount).isZero();
    assertThat(t.k.mappings.anonVma(own.handle())).isNull();
  }

  @Test
  void aParentsAnonVmaLivesAsLongAsItsDescendants() {
    long address = t.written(1, 1);
    AnonVma root = anonVma(address);
    SimulatedProcess child = t.self.fork();
    t.self.unmap(address, TestKernel.PAGE);
    assertThat(t.k.mappings.anonVma(root.handle())).isSameAs(root);
    assertThat(child.read(address)).isZero();
    child.exit();
    assertThat(t.k.mappings.anonVma(root.handle())).isNull();
  }

  @Test
  void droppingAReferenceThatNobodyHasIsABug() {
    AnonVma anonVma = anonVma(t.written(1, 1));
    assertThatThrownBy(() -> t.k.rmap.dropAnonVma(anonVma)).isInstanceOf(KernelBug.class);
    t.k.rmap.getAnonVma(anonVma);
    t.k.rmap.dropAnonVma(anonVma);
    assertThat(t.k.mappings.anonVma(anonVma.handle())).isSameAs(anonVma);
  }

  @Test
  void anAddressFollowsFromIndexAndVma() {
    long address = t.written(3, 1);
    Vma vma = t.vma(address);
    for (int i = 0; i < 3; i++) {
      assertThat(t.k.rmap.vmaAddress(t.pageAt(address + i * TestKernel.PAGE), vma)).isEqualTo(address + i * TestKernel.PAGE);
    }
    int page = t.pageAt(address + TestKernel.PAGE);
    t.frames.index(page, t.frames.index(page) + 2);
    assertThat(t.k.rmap.vmaAddress(page, vma)).as("behind the end").isEqualTo(Rmap.NO_ADDRESS);
    t.frames.index(page, t.frames.index(page) - 4);
    assertThat(t.k.rmap.vmaAddress(page, vma)).as("before the start").isEqualTo(Rmap.NO_ADDRESS);
    t.frames.index(page, t.frames.index(page) + 2);
  }

  @Test
  void aPageHasNoAddressInAVmaOfAnotherFamilyOrFile() {
    long anon = t.written(1, 1);
    long other = t.written(1, 1);
    long file = t.file(FileSystem.TMPFS, 1);
    long otherFile = t.file(FileSystem.TMPFS, 1);
    assertThat(t.k.rmap.pageAddressInVma(t.pageAt(anon), t.vma(anon))).isEqualTo(anon);
    assertThat(t.k.rmap.pageAddressInVma(t.pageAt(anon), t.vma(other))).isEqualTo(Rmap.NO_ADDRESS);
    assertThat(t.k.rmap.pageAddressInVma(t.pageAt(anon), t.vma(t.map(1)))).isEqualTo(Rmap.NO_ADDRESS);
    assertThat(t.k.rmap.pageAddressInVma(t.pageAt(file), t.vma(file))).isEqualTo(file);
    assertThat(t.k.rmap.pageAddressInVma(t.pageAt(file), t.vma(otherFile))).isEqualTo(Rmap.NO_ADDRESS);
    assertThat(t.k.rmap.pageAddressInVma(t.pageAt(file), t.vma(anon))).isEqualTo(Rmap.NO_ADDRESS);
    int free = t.newPage(1);
    assertThat(t.k.rmap.pageAddressInVma(free, t.vma(anon))).isEqualTo(Rmap.NO_ADDRESS);
    t.free(free);
  }

  @Test
  void aWalkVisitsEveryPlaceInOrderAndEndsWhereItIsTold() {
    long address = t.written(1, 1);
    SimulatedProcess child = t.self.fork();
    SimulatedProcess second = t.self.fork();
    t.self.read(address);
    int page = t.pageAt(address);
    t.k.filemap.lockPage(page);
    List<Vma> visited = new ArrayList<>();
    int result = t.k.rmap.rmapWalk(page, (p, vma, at, argument) -> {
      assertThat(p).isEqualTo(page);
      assertThat(at).isEqualTo(address);
      assertThat(argument).isEqualTo(42);
      visited.add(vma);
      return Rmap.SWAP_AGAIN;
    }, 42);
    assertThat(result).isEqualTo(Rmap.SWAP_AGAIN);
    assertThat(visited).hasSize(3).first().isSameAs(t.vma(address));
    visited.clear();
    assertThat(t.k.rmap.rmapWalk(page, (p, vma, at, argument) -> {
      visited.add(vma);
      return Rmap.SWAP_FAIL;
    }, 0)).isEqualTo(Rmap.SWAP_FAIL);
    assertThat(visited).hasSize(1);
    t.k.filemap.unlockPage(page);
    child.exit();
    second.exit();
  }

  @Test
  void aWalkOfAFilesPageVisitsItsMappings() {
    long address = t.shared(2, 1);
    int page = t.pageAt(address + TestKernel.PAGE);
    t.k.filemap.lockPage(page);
    List<Long> visited = new ArrayList<>();
    t.k.rmap.rmapWalk(page, (p, vma, at, argument) -> {
      visited.add(at);
      return Rmap.SWAP_AGAIN;
    }, 0);
    assertThat(visited).containsExactly(address + TestKernel.PAGE);
    assertThat(t.k.rmap.rmapWalk(page, (p, vma, at, argument) -> Rmap.SWAP_MLOCK, 0)).isEqualTo(Rmap.SWAP_MLOCK);
    t.k.filemap.unlockPage(page);
  }

  @Test
  void countsAreOfTheFirstAndLastMapping() {
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    assertThat(t.frames.mapcount(page)).isEqualTo(1);
    assertThat(t.stat(1, ZoneStat.NR_ANON_PAGES)).isEqualTo(1);
    SimulatedProcess child = t.self.fork();
    assertThat(t.frames.mapcount(page)).isEqualTo(2);
    assertThat(t.stat(1, ZoneStat.NR_ANON_PAGES)).isEqualTo(1);
    child.exit();
    assertThat(t.frames.mapcount(page)).isEqualTo(1);
    assertThat(t.stat(1, ZoneStat.NR_ANON_PAGES)).isEqualTo(1);
    t.self.unmap(address, TestKernel.PAGE);
    assertThat(t.stat(1, ZoneStat.NR_ANON_PAGES)).isZero();
  }

  @Test
  void unmappingAPageThatNothingMapsIsABug() {
    int page = t.newPage(1);
    assertThatThrownBy(() -> t.k.rmap.pageRemoveRmap(page)).isInstanceOf(KernelBug.class).hasMessageContaining("unmapped page");
    Machines.expectCrash();
  }

  @Test
  void aPageIsItsProcesssOwnOnceNobodyElseHasIt() {
    long address = t.written(1, 1);
    SimulatedProcess child = t.self.fork();
    t.self.unmap(address, TestKernel.PAGE);
    child.write(address, 2);
    int page = Pte.pfn(t.k.current.mm().pageTable().get(address));
    AnonVma own = Objects.requireNonNull(Objects.requireNonNull(t.k.current.mm().findVma(address)).anonVma);
    assertThat(t.frames.mapping(page)).isEqualTo(own.handle());
    child.exit();
  }

  @Test
  void cleaningWriteProtectsEverySharedMapping() {
    long address = t.file(FileSystem.EXT4, 1);
    t.self.write(address, 5);
    int page = t.pageAt(address);
    assertThat(t.k.rmap.pageMkclean(page)).isTrue();
    assertThat(Pte.write(t.pte(address))).isFalse();
    assertThat(Pte.dirty(t.pte(address))).isFalse();
    assertThat(t.k.rmap.pageMkclean(page)).as("nothing left to clean").isFalse();
    assertThat(t.k.rmap.pageMkclean(t.anonPage(1))).as("of no file").isFalse();
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isTrue();
  }
}
