package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import io.github.pageferry.sim.mm.Zone;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code offline_pages()} and {@code do_migrate_range()} of mm/memory_hotplug.c: memory goes away. */
class OfflinePagesTest {

  private final TestKernel t = new TestKernel();
  private final Zone zone = t.k.nodes.zone(1);

  @ParameterizedTest
  @CsvSource({"1, 512", "0, 511", "0, 0", "0, -512", "0, 2048", "-512, 1024", "1024, 512", "1073741824, 1073741824"})
  void onlyWholeBlocksOfOneZoneCanGo(int from, int pages) {
    assertThat(t.k.memoryHotplug.offlinePages(zone, from, pages)).isEqualTo(-Err.EINVAL);
  }

  /** The frames of the zone's lower block that were ever handed out or lie beside one that was. */
  private List<Integer> lowerBlock() {
    return IntStream.range(0, 512).map(zone::frame).boxed().toList();
  }

  @Test
  void memoryThatNobodyHasGoes() {
    assertThat(t.machine.offline(1, 512)).isZero();
    assertThat(zone.presentPages()).isEqualTo(512);
    assertThat(zone.freePages()).isEqualTo(512);
    List<Integer> taken = t.exhaust(1);
    assertThat(taken).hasSize(512).allMatch(lowerBlock()::contains);
    t.refill(taken);
  }

  @Test
  void theLowerBlockGoesAndTheUpperStays() {
    long address = t.written(3, 1);
    assertThat(t.k.memoryHotplug.offlinePages(zone, 0, 512)).isZero();
    assertThat(lowerBlock()).doesNotContain(t.pageAt(address));
    List<Integer> taken = t.exhaust(1);
    assertThat(taken).isNotEmpty().doesNotContainAnyElementsOf(lowerBlock());
    t.refill(taken);
  }

  @Test
  void whatIsGoneCannotGoAgain() {
    assertThat(t.k.memoryHotplug.offlinePages(zone, 0, 512)).isZero();
    assertThat(t.k.memoryHotplug.offlinePages(zone, 0, 512)).isEqualTo(-Err.EINVAL);
    assertThat(t.k.memoryHotplug.offlinePages(zone, 0, 1024)).isEqualTo(-Err.EINVAL);
    assertThat(zone.presentPages()).isEqualTo(512);
    assertThat(t.k.memoryHotplug.offlinePages(zone, 512, 512)).isZero();
    assertThat(zone.presentPages()).isZero();
  }

  @Test
  void allKindsOfPagesMoveOut() {
    t.machine.swapOn(8);
    t.self.setPolicy(PolicyMode.BIND.number(), NodeMask.of(1));
    long file = t.file(FileSystem.EXT4, 2);
    long vfat = t.file(FileSystem.VFAT, 2);
    t.self.resetPolicy();
    long anonymous = t.written(300, 1);
    long shared = t.shared(2, 1);
    t.self.write(vfat, 4);
    t.intoSwapCache(anonymous);
    t.self.runOn(3);

    assertThat(t.k.memoryHotplug.offlinePages(zone, 0, 1024)).isZero();

    assertThat(zone.presentPages()).isZero();
    for (int i = 1; i < 300; i++) {
      assertThat(t.nodeAt(anonymous + i * TestKernel.PAGE)).isEqualTo(3);
      assertThat(t.self.peek(anonymous + i * TestKernel.PAGE)).isEqualTo(i + 1);
    }
    t.self.read(anonymous);
    assertThat(t.self.peek(anonymous)).isEqualTo(1);
    assertThat(t.nodeAt(anonymous)).isEqualTo(3);
    assertThat(t.nodeAt(shared)).isEqualTo(3);
    assertThat(t.nodeAt(file)).isEqualTo(3);
    t.self.read(vfat);
    assertThat(t.self.peek(vfat)).isEqualTo(4);
  }

  @Test
  void withTheLastMemoryTheNodeCannotBeATarget() {
    long address = t.written(1, 0);
    assertThat(t.machine.offline(1, 1024)).isZero();
    assertThat(t.k.nodes.withMemory().has(1)).isFalse();
    int[] status = {-9};
    assertThat(t.self.movePages(0, 1, UserLongs.of(address), UserInts.of(1), UserInts.of(status), MovePages.MPOL_MF_MOVE))
        .isEqualTo(-Err.ENODEV);
    assertThat(t.self.migratePages(0, NodeMask.of(0), NodeMask.of(1))).isEqualTo(-Err.EINVAL);
    assertThat(t.self.confine(NodeMask.of(1))).isEqualTo(-Err.EINVAL);
    assertThat(t.k.current.memsAllowed).isEqualTo(NodeMask.of(0, 2, 3));
  }

  @Test
  void whoWasConfinedToItMayUseTheRest() {
    assertThat(t.self.confine(NodeMask.of(1))).isZero();
    assertThat(t.machine.offline(1, 1024)).isZero();
    assertThat(t.k.current.memsAllowed).isEqualTo(NodeMask.of(0, 2, 3));
    long address = t.map(1);
    assertThat(t.self.write(address, 1)).isZero();
  }

  /** Only here may KSM's pages be moved: {@code offlining} is set. */
  @Test
  void mergedPagesMoveOutAndStayMerged() {
    long a = t.written(1, 1);
    long b = t.written(1, 1);
    t.self.mergeable(a, TestKernel.PAGE);
    t.self.mergeable(b, TestKernel.PAGE);
    t.self.mergePages();
    int page = t.pageAt(a);
    assertThat(t.pageAt(b)).isEqualTo(page);
    assertThat(t.frames.ksm(page)).isTrue();

    assertThat(t.machine.offline(1, 1024)).isZero();

    int now = t.pageAt(a);
    assertThat(t.frames.pageToNid(now)).isZero();
    assertThat(t.pageAt(b)).isEqualTo(now);
    assertThat(t.frames.ksm(now)).isTrue();
    assertThat(t.frames.mapcount(now)).isEqualTo(2);
    long c = t.map(1);
    t.self.write(c, 1);
    t.self.mergeable(c, TestKernel.PAGE);
    t.self.mergePages();
    assertThat(t.pageAt(c)).as("the stable tree knows the page").isEqualTo(now);
    t.self.write(a, 5);
    assertThat(t.self.peek(b)).isEqualTo(1);
  }

  @Test
  void aPageOnNoListKeepsAllInPlace() {
    long address = t.written(1, 1);
    int held = t.newPage(1);
    int page = t.pageAt(address);
    int free = zone.freePages();
    assertThat(t.k.memoryHotplug.doMigrateRange(zone, 0, zone.end())).isEqualTo(-Err.EBUSY);
    assertThat(t.machine.offline(1, 1024)).isEqualTo(-Err.EBUSY);
    assertThat(t.pageAt(address)).isEqualTo(page);
    assertThat(zone.presentPages()).isEqualTo(1024);
    assertThat(zone.freePages()).isEqualTo(free);
    t.free(held);
    List<Integer> taken = t.exhaust(1);
    assertThat(taken).hasSize(free + 1);
    t.refill(taken);
  }

  @Test
  void aPinnedPageIsTriedUntilTimeIsUp() {
    long address = t.written(2, 1);
    t.self.pin(address);
    assertThat(t.machine.offline(1, 1024)).isEqualTo(-Err.EAGAIN);
    assertThat(t.nodeAt(address)).isEqualTo(1);
    assertThat(t.nodeAt(address + TestKernel.PAGE)).as("the others have moved").isZero();
    t.self.unpin(address);
    assertThat(t.machine.offline(1, 1024)).isZero();
  }

  @Test
  void withoutMemoryElsewhereItIsGivenUp() {
    long address = t.written(1, 1);
    List<Integer> taken = t.exhaust(0);
    taken.addAll(t.exhaust(2));
    taken.addAll(t.exhaust(3));
    assertThat(t.machine.offline(1, 1024)).isEqualTo(-Err.ENOMEM);
    assertThat(t.nodeAt(address)).isEqualTo(1);
    t.refill(taken);
  }

  @Test
  void atMost256PagesAreMovedAtATime() {
    t.written(300, 1);
    assertThat(t.k.memoryHotplug.doMigrateRange(zone, 0, zone.end())).isZero();
    t.k.swap.lruAddDrainAll();
    assertThat(zone.freePages()).isEqualTo(1024 - 44);
  }

  @Test
  void freePagesOfHugetlbKeepTheirBlock() {
    assertThat(t.machine.hugePages(1, 1)).isEqualTo(1);
    assertThat(t.machine.offline(1, 1024)).isEqualTo(-Err.EBUSY);
    assertThat(t.machine.hugePages(1, 0)).isZero();
    assertThat(t.machine.offline(1, 1024)).isZero();
  }

  @Test
  void whatIsFreedMeanwhileIsNotHandedOut() {
    zone.isolate(0, 512);
    assertThat(zone.freePages()).isEqualTo(512);
    long address = t.written(2, 1);
    assertThat(t.pageAt(address)).isEqualTo(zone.frame(512));
    zone.undoIsolate();
    assertThat(zone.freePages()).isEqualTo(1022);
  }

  @Test
  void before2624NoMemoryCanBeTakenAway() {
    TestKernel old = new TestKernel(Machines.SMALL, "2.6.18");
    assertThatThrownBy(() -> old.machine.offline(1, 512)).isInstanceOf(NotModelledException.class).hasMessageContaining("2.6.24");
  }
}
