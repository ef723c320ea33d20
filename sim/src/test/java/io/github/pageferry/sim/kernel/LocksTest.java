package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.KernelLock;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageTree;
import io.github.pageferry.sim.mm.Scheduler.At;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;
import io.github.pageferry.sim.mm.VmFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which locks each part of {@code mm/} takes, after the order of locks in rmap.c and filemap.c, and that none is kept. */
class LocksTest {

  private static final long PAGE = TestKernel.PAGE;
  private static final int MOVE = Mbind.MPOL_MF_MOVE;
  private static final int BIND = PolicyMode.BIND.number();

  private OneTask task = new OneTask();
  private TestKernel t = boot("2.6.36");

  private TestKernel boot(String release) {
    task = new OneTask();
    TestKernel kernel = new TestKernel(Machines.boot(new MachineSpec(4, 16L << 20, 1), release, task));
    task.attach(kernel.k);
    return kernel;
  }

  private void moveTo(int node, long address) {
    t.self.movePages(0, 1, UserLongs.of(address), UserInts.of(node), UserInts.of(new int[1]), MOVE);
  }

  private void query(long address) {
    assertThat(t.self.movePages(0, 1, UserLongs.of(address), null, UserInts.of(new int[1]), 0)).isZero();
  }

  /** {@code mmap_sem} is taken once by each call that works on an address space, {@code mlock(2)} aside, which counts faults. */
  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.1", "6.12", "7.3"})
  void callsTakeMmapSemAndGiveItBack(String release) {
    t = boot(release);
    long address = t.place();
    assertThat(task.count(At.MMAP_SEM, () -> t.self.mapPrivate(address, 4, TestKernel.RW))).isEqualTo(1);
    assertThat(task.count(At.MMAP_SEM, () -> t.self.write(address, 1))).isEqualTo(1);
    assertThat(task.count(At.MMAP_SEM, () -> t.self.getPolicy(address, Mempolicy.F_ADDR | Mempolicy.F_NODE))).isEqualTo(1);
    assertThat(task.count(At.MMAP_SEM, () -> t.self.getPolicy(address - PAGE, Mempolicy.F_ADDR))).isEqualTo(1);
    assertThat(task.count(At.MMAP_SEM, () -> t.self.getPolicy(0, 0))).isZero();
    assertThat(task.count(At.MMAP_SEM, () -> t.self.adviseHuge(address))).isEqualTo(1);
    assertThat(task.count(At.MMAP_SEM, () -> t.self.read(address + PAGE))).isEqualTo(1);
    assertThat(task.count(At.MMAP_SEM, () -> t.self.protect(address, PAGE, SimulatedProcess.PROT_READ))).isEqualTo(1);
    assertThat(task.count(At.MMAP_SEM, () -> moveTo(2, address))).isPositive();
    assertThat(task.count(At.MMAP_SEM, () -> query(address))).isEqualTo(1);
    assertThat(task.count(At.MMAP_SEM, () -> t.self.setPolicy(BIND, NodeMask.of(1)))).isEqualTo(1);
    t.self.resetPolicy();
    assertThat(task.count(At.MMAP_SEM, () -> t.self.lock(address, PAGE))).isPositive();
    assertThat(task.count(At.MMAP_SEM, () -> t.self.unlock(address, PAGE))).isPositive();
    assertThat(task.count(At.MMAP_SEM, () -> t.self.sync(address, PAGE))).isPositive();
    assertThat(task.count(At.MMAP_SEM, () -> t.self.dontneed(address, PAGE))).isEqualTo(1);
    assertThat(task.count(At.MMAP_SEM, () -> t.self.mergeable(address, 4 * PAGE))).isPositive();
    assertThat(task.count(At.MMAP_SEM, () -> t.self.bind(address, 4 * PAGE, BIND, NodeMask.of(3), MOVE))).isPositive();
    assertThat(task.count(At.MMAP_SEM, () -> t.self.migratePages(0, NodeMask.of(3), NodeMask.of(1)))).isPositive();
    assertThat(task.count(At.MMAP_SEM, () -> t.self.pin(address + PAGE))).isPositive();
    assertThat(task.count(At.MMAP_SEM, () -> t.self.unpin(address + PAGE))).isZero();
    task.count(At.MMAP_SEM, () -> t.self.confine(NodeMask.of(0, 1, 2, 3)));
    assertThat(task.count(At.MMAP_SEM, () -> t.self.fork().exit())).isPositive();
    assertThat(task.count(At.MMAP_SEM, () -> t.self.unmap(address, 4 * PAGE))).isEqualTo(1);
  }

  @Test
  void whateverIsMappedIsMappedWithMmapSem() {
    t.k.hugetlb.setPoolSize(0, 1);
    assertThat(task.count(At.MMAP_SEM, () -> t.self.mapSharedAnonymous(t.place(), 2, TestKernel.RW))).isEqualTo(1);
    assertThat(task.count(At.MMAP_SEM, () -> t.self.mapDevice(t.place(), 2, SimulatedProcess.PROT_READ))).isEqualTo(1);
    long huge = t.place();
    assertThat(task.count(At.MMAP_SEM, () -> assertThat(t.self.mapHuge(huge, 512, TestKernel.RW, false)).isZero())).isEqualTo(1);
    assertThat(task.count(At.MMAP_SEM, () -> assertThat(t.self.mapHuge(huge + (2 << 20), 512, TestKernel.RW, false)).isNegative()))
        .as("the pool has no more").isEqualTo(1);
  }

  /** mremap(2) brings the pages of a locked mapping in before it gives mmap_sem back; since 3.9 once it has ({@code mm_populate()}). */
  @ParameterizedTest
  @CsvSource({"2.6.18, 1", "2.6.36, 1", "5.10, 2", "7.3, 2"})
  void mappingASecondTimeTakesMmapSem(String release, int locked) {
    t = boot(release);
    long of = t.place();
    t.self.mapSharedAnonymous(of, 2, TestKernel.RW);
    assertThat(task.count(At.MMAP_SEM, () -> t.self.mapAgain(t.place(), 2, of))).isEqualTo(1);
    assertThat(task.count(At.MMAP_SEM, () -> assertThat(t.self.mapAgain(t.place(), 2, of - PAGE)).isEqualTo(-Err.EFAULT)))
        .isEqualTo(1);
    t.self.lock(of, 2 * PAGE);
    long again = t.place();
    assertThat(task.count(At.MMAP_SEM, () -> t.self.mapAgain(again, 2, of))).isEqualTo(locked);
    assertThat(t.self.holds(again + PAGE)).as("brought in").isTrue();
  }

  @Test
  void mmapSemIsHeldForWritingWhereAMappingIsLinked() {
    VmFile file = t.self.createFile(FileSystem.TMPFS, 2);
    long address = t.place();
    assertThat(isMmapSemHeld(() -> t.self.mapFile(address, 2, TestKernel.RW, file, true))).isTrue();
    assertThat(isMmapSemHeld(() -> t.self.mapAgain(t.place(), 2, address))).isTrue();
    assertThat(isMmapSemHeld(() -> t.self.unmap(address, 2 * PAGE))).isTrue();
  }

  private boolean isMmapSemHeld(Runnable call) {
    boolean[] held = new boolean[1];
    task.next(At.RMAP_LOCK, () -> held[0] = t.self.task().mm().mmapSem.writer != null);
    call.run();
    return held[0];
  }

  /** {@code unuse_mm()}: as long as it waits for mmap_sem, others may have the page's lock. */
  @Test
  void swapoffLetsThePageGoWhereItWaitsForMmapSem() {
    t.machine.swapOn(16);
    long address = t.written(1, 1);
    t.self.reclaim(address);
    KernelLock mmapSem = t.self.task().mm().mmapSem;
    mmapSem.writer = t.self.task();
    boolean[] locked = {true};
    task.next(At.MMAP_SEM, () -> {
      mmapSem.writer = null;
      PageTree cache = t.k.swapState.swapperSpace().pageTree();
      locked[0] = t.frames.has(cache.get(cache.nextIndex(0)), PageFlag.LOCKED);
    });
    assertThat(t.machine.swapOff()).isZero();
    task.assertAllFree();
    assertThat(locked[0]).isFalse();
    assertThat(t.self.peek(address)).isEqualTo(1);
  }

  /** dup_mmap() holds that of the child, too: ksmd knows of it before it is whole. */
  @Test
  void forkTakesMmapSemOfBoth() {
    t.map(1);
    assertThat(task.count(At.MMAP_SEM, t.self::fork)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.36", "5.10", "6.12"})
  void mergingTakesTheMutexOfKsmAndGivesBackAllElse(String release) {
    t = boot(release);
    long address = t.map(4);
    for (int i = 0; i < 4; i++) {
      t.self.write(address + i * PAGE, 7);
    }
    t.self.mergeable(address, 4 * PAGE);
    assertThat(task.count(At.KSM_MUTEX, t.self::mergePages)).isPositive();
    assertThat(t.frames.ksm(t.pageAt(address))).isTrue();
    task.count(At.RMAP_LOCK, () -> moveTo(1, address));
    task.count(At.PAGE_TABLE_LOCK, () -> t.self.write(address, 8));
    task.count(At.MMAP_SEM, () -> t.self.unmap(address, 4 * PAGE));
    task.count(At.KSM_MUTEX, t.self::mergePages);
  }

  /** mbind(2) that must place a file's pages, which are moved, written and truncated with the locks of their mapping. */
  @ParameterizedTest
  @ValueSource(strings = {"2.6.18", "2.6.36", "5.10", "6.1", "6.12", "7.3"})
  void pagesOfFilesAreMovedWithTheLocksOfTheirMapping(String release) {
    t = boot(release);
    for (FileSystem on : new FileSystem[] {FileSystem.TMPFS, FileSystem.RAMFS, FileSystem.EXT4, FileSystem.VFAT}) {
      VmFile file = t.self.createFile(on, 3);
      long address = t.place();
      task.count(At.MMAP_SEM, () -> t.self.mapFile(address, 3, TestKernel.RW, file, true));
      task.count(At.PAGE_TABLE_LOCK, () -> t.self.write(address, 5));
      task.count(At.RMAP_LOCK, () -> t.self.read(address + PAGE));
      assertThat(task.count(At.RMAP_LOCK, () -> moveTo(1, address))).isPositive();
      task.count(At.MMAP_SEM, () -> t.self.sync(address, PAGE));
      task.count(At.RMAP_LOCK, () -> t.self.bind(address, 3 * PAGE, BIND, NodeMask.of(2), MOVE));
      task.count(At.RMAP_LOCK, () -> t.k.truncate.truncateAndExtend(file.inode()));
      task.count(At.MMAP_SEM, () -> t.self.unmap(address, 3 * PAGE));
      task.count(At.RMAP_LOCK, () -> t.self.remove(file));
    }
  }

  @Test
  void aFilesMappingIsLockedWhereAVmaIsLinkedToItAndUnlinked() {
    VmFile file = t.self.createFile(FileSystem.TMPFS, 3);
    long address = t.place();
    assertThat(task.count(At.RMAP_LOCK, () -> t.self.mapFile(address, 3, TestKernel.RW, file, true)))
        .as("vma_link()").isEqualTo(1);
    assertThat(task.count(At.RMAP_LOCK, () -> t.self.fork().exit())).as("dup_mmap(), unlink_file_vma()").isEqualTo(2);
    assertThat(task.count(At.RMAP_LOCK, () -> t.self.unmap(address, 3 * PAGE))).as("unlink_file_vma()").isEqualTo(1);
    t.self.remove(file);
  }

  @Test
  void anonVmasAreLockedWhereVmasAreLinkedToThem() {
    long address = t.map(3);
    assertThat(task.count(At.RMAP_LOCK, () -> t.self.write(address, 1))).as("anon_vma_prepare()").isEqualTo(1);
    assertThat(task.count(At.RMAP_LOCK, () -> t.self.write(address + PAGE, 1))).as("it has one").isZero();
    SimulatedProcess[] child = new SimulatedProcess[1];
    assertThat(task.count(At.RMAP_LOCK, () -> child[0] = t.self.fork())).as("anon_vma_clone(), anon_vma_fork()").isEqualTo(2);
    assertThat(task.count(At.RMAP_LOCK, child[0]::exit)).as("anon_vma_unlink(), of two").isEqualTo(2);
    assertThat(task.count(At.RMAP_LOCK, () -> t.self.protect(address, PAGE, SimulatedProcess.PROT_READ)))
        .as("split_vma(): anon_vma_clone() and vma_adjust()").isEqualTo(2);
    assertThat(task.count(At.RMAP_LOCK, () -> t.self.unmap(address, PAGE))).as("anon_vma_unlink()").isEqualTo(1);
  }

  @Test
  void entriesAreReadAndChangedWithTheLockOfTheirTable() {
    long address = t.written(40, 1);
    assertThat(task.count(At.PAGE_TABLE_LOCK, () -> t.k.memory.followPage(t.vma(address), address, 0)))
        .as("follow_page()").isEqualTo(1);
    assertThat(task.count(At.PAGE_TABLE_LOCK, () -> t.self.protect(address, 40 * PAGE, SimulatedProcess.PROT_READ)))
        .as("change_pte_range()").isEqualTo(1);
    SimulatedProcess[] child = new SimulatedProcess[1];
    assertThat(task.count(At.PAGE_TABLE_LOCK, () -> child[0] = t.self.fork()))
        .as("copy_pte_range(), which lets others in after 4 pages each, a page's progress being 8 of 32").isEqualTo(10);
    assertThat(task.count(At.PAGE_TABLE_LOCK, child[0]::exit)).as("zap_pte_range()").isEqualTo(1);
    t.self.protect(address, 40 * PAGE, TestKernel.RW);
    assertThat(task.count(At.PAGE_TABLE_LOCK, () -> t.self.bind(address, 40 * PAGE, BIND, NodeMask.of(1), 0)))
        .as("no look at pages without flags").isZero();
    assertThat(task.count(At.PAGE_TABLE_LOCK, () -> t.self.bind(address, 40 * PAGE, BIND, NodeMask.of(1), Mbind.MPOL_MF_STRICT)))
        .as("check_pte_range()").isEqualTo(1);
    assertThat(task.count(At.PAGE_TABLE_LOCK, () -> t.self.dontneed(address, 40 * PAGE))).as("zap_pte_range()").isEqualTo(1);
  }

  @Test
  void aMoveLocksTheTableWhenItTakesTheEntryAndWhenItPutsItBack() {
    int page = t.anonPage(1);
    t.frames.get(page);
    t.k.filemap.lockPage(page);
    assertThat(task.count(At.PAGE_TABLE_LOCK, () -> t.k.rmap.tryToUnmap(page, Rmap.TTU_MIGRATION)))
        .as("page_check_address()").isEqualTo(1);
    assertThat(task.count(At.PAGE_TABLE_LOCK, () -> t.k.migrate.removeMigrationPtes(page, page)))
        .as("remove_migration_pte()").isEqualTo(1);
    t.k.filemap.unlockPage(page);
    t.k.swap.putPage(page);
  }

  @Test
  void mergingLocksTheTableWhereItProtectsAndWhereItReplacesAnEntry() {
    long address = t.map(2);
    t.self.write(address, 7);
    t.self.write(address + PAGE, 7);
    t.k.swap.lruAddDrainAll();
    t.self.mergeable(address, 2 * PAGE);
    int merged = task.count(At.PAGE_TABLE_LOCK, t.self::mergePages);
    assertThat(t.pageAt(address)).isEqualTo(t.pageAt(address + PAGE));
    int again = task.count(At.PAGE_TABLE_LOCK, t.self::mergePages);
    assertThat(merged - again).as("write_protect_page() and replace_page() of two").isGreaterThanOrEqualTo(3);
  }

  @Test
  void drainingLetsOthersInForEachCpusTurn() {
    assertThat(task.count(At.LRU_ADD_DRAIN, t.k.swap::lruAddDrain)).isEqualTo(1);
    assertThat(task.count(At.LRU_ADD_DRAIN, t.k.swap::lruAddDrainAll)).as("four CPUs").isEqualTo(4);
  }

  /** truncate_pagecache(): unmapped before the pages go, and once more after. */
  @Test
  void aTruncationUnmapsTwiceWithTheLockOfTheMapping() {
    VmFile file = t.self.createFile(FileSystem.TMPFS, 2);
    long address = t.place();
    t.self.mapFile(address, 2, TestKernel.RW, file, true);
    t.self.write(address, 1);
    assertThat(task.count(At.RMAP_LOCK, () -> t.k.truncate.truncateAndExtend(file.inode()))).isEqualTo(2);
    t.self.remove(file);
  }
}
