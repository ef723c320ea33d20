package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.MemCgroup;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import io.github.pageferry.sim.mm.VmFile;
import org.junit.jupiter.api.Test;

/** Memory cgroups' charges, and {@code mem_cgroup_prepare_migration()} and {@code mem_cgroup_end_migration()}. */
class MemcontrolTest {

  private final TestKernel t = new TestKernel();
  private final TestKernel.To to = t.new To(2);

  private MemCgroup join(long limit) {
    MemCgroup group = t.machine.memoryGroup(limit);
    t.self.join(group);
    return group;
  }

  // Charging.

  @Test
  void newPagesAreChargedAndFreedOnesAreNot() {
    long before = t.written(1, 1);
    MemCgroup group = join(100);
    long address = t.written(5, 1);
    assertThat(group.usage).isEqualTo(5);
    assertThat(t.k.memcontrol.groupOf(t.pageAt(address))).isSameAs(group);
    assertThat(t.k.memcontrol.groupOf(t.pageAt(before))).isNull();
    t.self.dontneed(address, 2 * TestKernel.PAGE);
    assertThat(group.usage).isEqualTo(3);
    t.self.unmap(address, 5 * TestKernel.PAGE);
    t.self.unmap(before, TestKernel.PAGE);
    assertThat(group.usage).isZero();
  }

  @Test
  void aChildIsInItsParentsGroupAndPaysForItsCopies() {
    MemCgroup group = join(100);
    long address = t.written(1, 1);
    SimulatedProcess child = t.self.fork();
    assertThat(group.usage).isEqualTo(1);
    child.write(address, 3);
    assertThat(group.usage).isEqualTo(2);
    child.exit();
    assertThat(group.usage).isEqualTo(1);
  }

  @Test
  void filesPagesAreChargedToWhoReadsThemFirst() {
    MemCgroup group = join(100);
    VmFile file = t.self.createFile(FileSystem.EXT4, 3);
    assertThat(group.usage).isEqualTo(3);
    MemCgroup other = t.machine.memoryGroup(100);
    SimulatedProcess child = t.self.fork();
    child.join(other);
    long address = t.place();
    child.mapFile(address, 3, TestKernel.RW, file, false);
    child.read(address);
    assertThat(other.usage).isZero();
    child.write(address, 4);
    assertThat(other.usage).isEqualTo(1);
    child.exit();
    t.self.remove(file);
    assertThat(group.usage).isZero();
    assertThat(other.usage).isZero();
  }

  @Test
  void sharedMemoryIsChargedUntilItsLastUserIsGone() {
    MemCgroup group = join(100);
    long address = t.shared(3, 1);
    assertThat(group.usage).isEqualTo(3);
    t.self.dontneed(address, 3 * TestKernel.PAGE);
    assertThat(group.usage).isEqualTo(3);
    t.self.unmap(address, 3 * TestKernel.PAGE);
    assertThat(group.usage).isZero();
  }

  @Test
  void aGroupAtItsLimitIsReclaimedFrom() {
    t.machine.swapOn(32);
    long others = t.written(4, 1);
    MemCgroup group = join(10);
    long address = t.written(15, 1);
    assertThat(group.usage).isBetween(1L, 10L);
    for (int i = 0; i < 15; i++) {
      t.self.read(address + i * TestKernel.PAGE);
      assertThat(t.self.peek(address + i * TestKernel.PAGE)).isEqualTo(i + 1);
    }
    for (int i = 0; i < 4; i++) {
      t.pageAt(others + i * TestKernel.PAGE);
    }
  }

  /** Room for a copy is made by reclaim, which may take the very page that is to be copied. */
  @Test
  void aPageThatIsReclaimedWhileItIsCopiedIsReadAgain() {
    t.machine.swapOn(32);
    MemCgroup group = join(2);
    long address = t.written(2, 1);
    SimulatedProcess child = t.self.fork();
    assertThat(child.write(address, 7)).isZero();
    assertThat(child.peek(address)).isEqualTo(7);
    assertThat(t.self.read(address)).isZero();
    assertThat(t.self.peek(address)).isEqualTo(1);
    assertThat(group.usage).isLessThanOrEqualTo(2);
    child.exit();
  }

  @Test
  void whereNothingCanBeReclaimedTheProcessGetsASignal() {
    MemCgroup group = join(10);
    long address = t.map(12);
    for (int i = 0; i < 10; i++) {
      assertThat(t.self.write(address + i * TestKernel.PAGE, 1)).isZero();
    }
    assertThat(t.self.write(address + 10 * TestKernel.PAGE, 1)).isEqualTo(-Err.EFAULT);
    assertThat(group.usage).isEqualTo(10);
    assertThat(t.pte(address + 10 * TestKernel.PAGE)).isZero();
    long file = t.place();
    VmFile onDisk = t.self.createFile(FileSystem.TMPFS, 0);
    assertThat(t.k.filemapFiles.genericPerformWrite(onDisk, 0, 1)).isEqualTo(-Err.ENOMEM);
    onDisk.inode().pages = 1;
    t.self.mapFile(file, 1, TestKernel.RW, onDisk, true);
    t.self.remove(onDisk);
    assertThat(t.self.read(file)).isEqualTo(-Err.EFAULT);
    t.self.dontneed(address, TestKernel.PAGE);
    assertThat(t.self.read(file)).isZero();
  }

  @Test
  void aCopyOnWriteThatIsRefusedLeavesThePageAsItIs() {
    long address = t.written(1, 1);
    SimulatedProcess child = t.self.fork();
    MemCgroup group = t.machine.memoryGroup(0);
    child.join(group);
    assertThat(child.write(address, 2)).isEqualTo(-Err.EFAULT);
    assertThat(child.peek(address)).isEqualTo(1);
    assertThat(group.usage).isZero();
    VmFile file = t.self.createFile(FileSystem.RAMFS, 1);
    long mapped = t.place();
    child.mapFile(mapped, 1, TestKernel.RW, file, false);
    assertThat(child.write(mapped, 2)).isEqualTo(-Err.EFAULT);
    child.exit();
    t.self.remove(file);
  }

  @Test
  void aFileThatMayNotGrowSaysSo() {
    MemCgroup group = join(1);
    long address = t.written(1, 1);
    VmFile file = t.self.createFile(FileSystem.EXT4, 0);
    assertThat(t.k.filemapFiles.genericPerformWrite(file, 0, 1)).isEqualTo(-Err.ENOMEM);
    assertThat(group.usage).isEqualTo(1);
    t.self.unmap(address, TestKernel.PAGE);
    assertThat(t.k.filemapFiles.genericPerformWrite(file, 0, 1)).isZero();
    t.self.remove(file);
  }

  // Swap.

  @Test
  void aPageInTheSwapCacheStaysChargedUntilItLeaves() {
    t.machine.swapOn(8);
    MemCgroup group = join(100);
    long address = t.written(2, 1);
    int page = t.intoSwapCacheAlone(address);
    assertThat(group.usage).isEqualTo(2);
    assertThat(t.k.vmscanReclaim.reclaimPage(page)).isTrue();
    assertThat(group.usage).isEqualTo(1);
    t.self.read(address);
    assertThat(group.usage).as("whoever swaps it in pays").isEqualTo(2);
    t.intoSwapCacheAlone(address + TestKernel.PAGE);
    t.self.unmap(address, 2 * TestKernel.PAGE);
    assertThat(group.usage).isZero();
  }

  @Test
  void whoMayNotHaveThePageDoesNotGetItFromSwap() {
    t.machine.swapOn(8);
    long address = t.written(1, 1);
    int entry = t.swapOut(address);
    MemCgroup group = t.machine.memoryGroup(0);
    t.self.join(group);
    assertThat(t.self.read(address)).isEqualTo(-Err.EFAULT);
    assertThat(t.swapEntry(address)).isEqualTo(entry);
    assertThat(t.machine.swapOff()).isEqualTo(-Err.ENOMEM);
    assertThat(group.usage).isZero();
    t.self.join(t.machine.memoryGroup(1));
    assertThat(t.self.read(address)).isZero();
  }

  @Test
  void swapoffChargesWhoGetsThePage() {
    t.machine.swapOn(8);
    MemCgroup group = join(10);
    long address = t.written(1, 1);
    t.swapOut(address);
    assertThat(group.usage).isZero();
    assertThat(t.machine.swapOff()).isZero();
    assertThat(group.usage).isEqualTo(1);
  }

  @Test
  void sharedMemoryIsChargedAgainWhenItComesBack() {
    t.machine.swapOn(8);
    MemCgroup group = join(10);
    long address = t.shared(1, 1);
    t.self.reclaim(address);
    assertThat(group.usage).isZero();
    t.self.read(address);
    assertThat(group.usage).isEqualTo(1);
    // It leaves its file and is taken back before it has left memory: still one charge.
    t.k.blockDevice.plug();
    t.self.reclaim(address);
    assertThat(group.usage).isEqualTo(1);
    t.self.read(address);
    assertThat(group.usage).isEqualTo(1);
  }

  // Migration.

  private int move(PageList list, int page) {
    return t.k.migrate.unmapAndMove(to, list, page, false, false);
  }

  @Test
  void aMovedPageTakesTheChargeOver() {
    MemCgroup group = join(10);
    long anonymous = t.written(1, 1);
    long shared = t.shared(1, 1);
    int page = t.pageAt(anonymous);
    int cached = t.pageAt(shared);
    PageList list = t.isolate(page, cached);
    assertThat(move(list, page)).isZero();
    assertThat(move(list, cached)).isZero();
    assertThat(group.usage).isEqualTo(2);
    assertThat(t.k.memcontrol.groupOf(t.pageAt(anonymous))).isSameAs(group);
    assertThat(t.k.memcontrol.groupOf(t.pageAt(shared))).isSameAs(group);
    assertThat(t.k.memcontrol.groupOf(page)).isNull();
    assertThat(t.k.memcontrol.groupOf(cached)).isNull();
  }

  @Test
  void whileItMovesBothPagesAreCharged() {
    MemCgroup group = join(10);
    int page = t.pageAt(t.written(1, 1));
    int newPage = t.newPage(2);
    assertThat(t.k.memcontrol.prepareMigration(group, page, newPage)).isZero();
    assertThat(group.usage).isEqualTo(2);
    assertThat(t.k.memcontrol.pages().migration(page)).isTrue();
    assertThat(t.k.memcontrol.groupOf(newPage)).isSameAs(group);
    t.k.memcontrol.endMigration(group, page, newPage);
    assertThat(group.usage).isEqualTo(1);
    assertThat(t.k.memcontrol.pages().migration(page)).isFalse();
    assertThat(t.k.memcontrol.groupOf(newPage)).isNull();
    t.free(newPage);
  }

  @Test
  void withoutRoomForASecondPageItIsOutOfMemory() {
    MemCgroup group = join(1);
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    PageList list = t.isolate(page);

    assertThat(move(list, page)).isEqualTo(-Err.ENOMEM);

    assertThat(list.isEmpty()).as("given up, not tried again").isTrue();
    assertThat(to.results).containsEntry(page, -Err.ENOMEM);
    assertThat(t.pageAt(address)).isEqualTo(page);
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    assertThat(group.usage).isEqualTo(1);
    assertThat(t.k.memcontrol.pages().migration(page)).isFalse();
  }

  @Test
  void outOfMemoryStopsTheWholeCall() {
    join(3);
    long address = t.written(3, 1);
    int[] status = {-9, -9, -9};
    long[] pages = {address, address + TestKernel.PAGE, address + 2 * TestKernel.PAGE};
    assertThat(t.self.movePages(0, 3, UserLongs.of(pages), UserInts.of(2, 2, 2), UserInts.of(status), MovePages.MPOL_MF_MOVE))
        .isEqualTo(-Err.ENOMEM);
    assertThat(status).containsOnly(-9);
    t.self.unmap(address, TestKernel.PAGE);
    pages[0] = address + TestKernel.PAGE;
    assertThat(t.self.movePages(0, 3, UserLongs.of(pages), UserInts.of(2, 2, 2), UserInts.of(status), MovePages.MPOL_MF_MOVE))
        .isZero();
    assertThat(t.nodeAt(address + TestKernel.PAGE)).isEqualTo(2);
  }

  @Test
  void roomIsMadeWhereSomethingCanBeReclaimed() {
    MemCgroup group = join(3);
    t.self.remove(t.self.createFile(FileSystem.EXT4, 0));
    long file = t.file(FileSystem.EXT4, 1);
    long address = t.written(2, 1);
    assertThat(group.usage).isEqualTo(3);
    int page = t.pageAt(address);
    PageList list = t.isolate(page);
    assertThat(move(list, page)).isZero();
    assertThat(t.pte(file)).as("the file's page went").isZero();
    assertThat(group.usage).isEqualTo(2);
  }

  @Test
  void aPageThatCannotMoveKeepsItsCharge() {
    MemCgroup group = join(10);
    long address = t.written(1, 1);
    t.self.pin(address);
    int page = t.pageAt(address);
    PageList list = t.isolate(page);
    assertThat(move(list, page)).isEqualTo(-Err.EAGAIN);
    assertThat(group.usage).isEqualTo(1);
    assertThat(t.k.memcontrol.groupOf(page)).isSameAs(group);
    assertThat(t.k.memcontrol.groupOf(to.given.get(0))).isNull();
    t.k.migrate.putbackLruPages(list);
  }

  @Test
  void aPageUnmappedWhileItMovesIsChargedToNobody() {
    MemCgroup group = join(10);
    long address = t.written(1, 1);
    int page = t.pageAt(address);
    int newPage = t.newPage(2);
    PageList list = t.isolate(page);
    assertThat(t.k.memcontrol.prepareMigration(group, page, newPage)).isZero();
    t.self.unmap(address, TestKernel.PAGE);
    assertThat(group.usage).as("kept until the end").isEqualTo(2);
    t.k.memcontrol.endMigration(group, page, newPage);
    assertThat(group.usage).isZero();
    t.free(newPage);
    t.k.migrate.putbackLruPages(list);
  }

  @Test
  void aPageOfTheSwapCacheMovesWithItsCharge() {
    t.machine.swapOn(8);
    MemCgroup group = join(10);
    long address = t.written(1, 1);
    int page = t.intoSwapCache(address);
    PageList list = t.isolate(page);
    assertThat(move(list, page)).isZero();
    assertThat(group.usage).isEqualTo(1);
    t.self.read(address);
    assertThat(t.k.memcontrol.groupOf(t.pageAt(address))).isSameAs(group);
    assertThat(group.usage).isEqualTo(1);
  }

  @Test
  void since317AMoveNeedsNoRoom() {
    TestKernel modern = new TestKernel(Machines.SMALL, "6.1");
    MemCgroup group = modern.machine.memoryGroup(1);
    modern.self.join(group);
    long address = modern.written(1, 1);
    int[] status = {-9};
    assertThat(modern.self.movePages(0, 1, UserLongs.of(address), UserInts.of(2), UserInts.of(status), MovePages.MPOL_MF_MOVE))
        .isZero();
    assertThat(status).containsExactly(2);
    assertThat(group.usage).isEqualTo(1);
    modern.self.unmap(address, TestKernel.PAGE);
    assertThat(group.usage).isZero();
  }

  @Test
  void thereAreNoneBefore2625() {
    TestKernel old = new TestKernel(Machines.SMALL, "2.6.18");
    assertThatThrownBy(() -> old.machine.memoryGroup(1)).isInstanceOf(NotModelledException.class).hasMessageContaining("2.6.25");
  }
}
