package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.HugePool;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Pte;
import org.junit.jupiter.api.Test;

/** {@code mm/hugetlb.c}: the pool of huge pages, what is promised to mappings, faults and copies. */
class HugetlbTest {

  private static final MachineSpec SPEC = new MachineSpec(4, 16 << 20, 1);
  private static final long HUGE = PageTable.PMD_SIZE;
  private static final int PAGES = Hugetlb.PAGES;
  private static final int EFAULT = -Err.EFAULT;

  private TestKernel t = new TestKernel(SPEC, "2.6.36");
  private HugePool pool = t.k.hugetlb.pool();

  private void boot(String release) {
    t = new TestKernel(SPEC, release);
    pool = t.k.hugetlb.pool();
  }

  private int headAt(SimulatedProcess process, long address) {
    // Looking takes the process's own tables, which a call of it makes the current ones.
    process.peek(address);
    long entry = t.k.current.mm().pageTable().huge(address);
    return Pte.present(entry) ? Pte.pfn(entry) : 0;
  }

  private int headAt(long address) {
    return headAt(t.self, address);
  }

  private long free(int node) {
    return t.k.nodes.zone(node).freePages();
  }

  // The pool.

  @Test
  void thePoolTakesFramesFromItsNodeAndGivesThemBack() {
    long before = free(2);
    assertThat(t.k.hugetlb.setPoolSize(2, 3)).isEqualTo(3);
    assertThat(free(2)).isEqualTo(before - 3 * PAGES);
    assertThat(pool.freePages(2)).isEqualTo(3);
    assertThat(pool.freePages()).isEqualTo(3);
    assertThat(t.k.hugetlb.setPoolSize(2, 1)).isEqualTo(1);
    assertThat(free(2)).isEqualTo(before - PAGES);
    assertThat(pool.pages(2)).isEqualTo(1);
    assertThat(t.k.hugetlb.setPoolSize(2, 0)).isZero();
    assertThat(free(2)).isEqualTo(before);
  }

  @Test
  void thePoolIsNoLargerThanItsNode() {
    assertThat(t.k.hugetlb.setPoolSize(3, 100)).isEqualTo(8);
    assertThat(free(3)).isZero();
    assertThat(t.newPage(3)).isZero();
    assertThat(t.k.hugetlb.setPoolSize(3, 0)).isZero();
    int page = t.newPage(3);
    assertThat(page).isNotZero();
    t.free(page);
  }

  @Test
  void whatIsPromisedStaysInThePool() {
    t.hugePools(3);
    long address = t.mapHuge(2, false);
    assertThat(pool.reserved).isEqualTo(2);
    assertThat(t.k.hugetlb.setPoolSize(0, 0)).isEqualTo(2);
    assertThat(t.self.write(address, 1)).isZero();
    assertThat(t.k.hugetlb.setPoolSize(0, 0)).isEqualTo(2);
    assertThat(pool.freePages(0)).isEqualTo(1);
  }

  // Promises.

  @Test
  void aMappingThatThePoolCannotPromiseIsRefusedAndLeavesNothing() {
    t.hugePools(1, 1);
    long address = t.place();
    assertThat(t.self.mapHuge(address, 3 * PAGES, TestKernel.RW, false)).isEqualTo(-Err.ENOMEM);
    assertThat(t.k.current.mm().findVma(address)).satisfiesAnyOf(
        vma -> assertThat(vma).isNull(), vma -> assertThat(vma.start).isGreaterThan(address));
    assertThat(pool.reserved).isZero();
    assertThat(t.self.mapHuge(address, 2 * PAGES, TestKernel.RW, false)).isZero();
    assertThat(pool.reserved).isEqualTo(2);
    assertThat(t.self.mapHuge(t.place(), PAGES, TestKernel.RW, true)).isEqualTo(-Err.ENOMEM);
  }

  @Test
  void lengthsAreRoundedUpToHugePages() {
    t.hugePools(3);
    long address = t.place();
    assertThat(t.self.mapHuge(address, PAGES + 1, TestKernel.RW, false)).isZero();
    assertThat(t.vma(address).end - address).isEqualTo(2 * HUGE);
  }

  @Test
  void aPromiseNeedsPagesWhereTheTaskMayAllocate() {
    t.hugePools(2, 1);
    t.self.confine(NodeMask.of(1));
    assertThat(t.self.mapHuge(t.place(), 2 * PAGES, TestKernel.RW, false)).isEqualTo(-Err.ENOMEM);
    long address = t.mapHuge(1, false);
    assertThat(t.self.write(address, 1)).isZero();
    assertThat(t.frames.pageToNid(headAt(address))).isEqualTo(1);
  }

  @Test
  void promisesOfAPrivateMappingAreKeptByFaultsAndEndWithIt() {
    t.hugePools(3);
    long address = t.mapHuge(3, false);
    assertThat(pool.reserved).isEqualTo(3);
    assertThat(t.self.write(address + HUGE, 1)).isZero();
    assertThat(pool.reserved).isEqualTo(2);
    assertThat(pool.available()).isZero();
    assertThat(t.self.unmap(address, 3 * HUGE)).isZero();
    assertThat(pool.reserved).isZero();
    assertThat(pool.freePages(0)).isEqualTo(3);
  }

  @Test
  void promisesOfASharedMappingAreTheFiles() {
    t.hugePools(2);
    long address = t.mapHuge(2, true);
    assertThat(pool.reserved).isEqualTo(2);
    assertThat(t.self.read(address)).isZero();
    assertThat(pool.reserved).isEqualTo(1);
    int head = headAt(address);
    // The cache and the entry have one each; the cache keeps the page until the file goes, which its last mapping's end is.
    assertThat(t.frames.count(head)).isEqualTo(2);
    assertThat(t.self.unmap(address, 2 * HUGE)).isZero();
    assertThat(pool.reserved).isZero();
    assertThat(pool.freePages(0)).isEqualTo(2);
    assertThat(t.frames.mapping(head)).isZero();
  }

  // Faults.

  @Test
  void aReadOfAPrivateMappingGetsAPageOfItsOwnThatIsWrittenLater() {
    t.hugePools(1);
    long address = t.mapHuge(1, false);
    assertThat(t.self.read(address + 5 * TestKernel.PAGE)).isZero();
    int head = headAt(address);
    assertThat(Pte.write(t.k.current.mm().pageTable().huge(address))).isFalse();
    assertThat(t.frames.anon(head)).isTrue();
    assertThat(t.frames.mapcount(head)).isEqualTo(1);
    assertThat(t.frames.count(head)).isEqualTo(1);
    assertThat(t.frames.has(head, PageFlag.UPTODATE)).isTrue();
    assertThat(t.frames.has(head, PageFlag.ACTIVE)).isTrue();
    assertThat(t.self.peek(address + 511 * TestKernel.PAGE)).isZero();
    assertThat(t.self.write(address + 5 * TestKernel.PAGE, 7)).isZero();
    assertThat(headAt(address)).isEqualTo(head);
    assertThat(Pte.write(t.k.current.mm().pageTable().huge(address))).isTrue();
    assertThat(Pte.dirty(t.k.current.mm().pageTable().huge(address))).isTrue();
    assertThat(t.self.peek(address + 5 * TestKernel.PAGE)).isEqualTo(7);
    assertThat(t.self.peek(address)).isZero();
  }

  @Test
  void pagesComeFromWhereThePolicySays() {
    t.hugePools(2, 2, 2, 2);
    long bound = t.mapHuge(1, false);
    assertThat(t.self.bind(bound, HUGE, PolicyMode.BIND.number(), NodeMask.of(2), 0)).isZero();
    assertThat(t.self.write(bound, 1)).isZero();
    assertThat(t.frames.pageToNid(headAt(bound))).isEqualTo(2);
    long interleaved = t.mapHuge(3, false);
    assertThat(t.self.bind(interleaved, 3 * HUGE, PolicyMode.INTERLEAVE.number(), NodeMask.of(1, 3), 0)).isZero();
    for (int i = 0; i < 3; i++) {
      assertThat(t.self.write(interleaved + i * HUGE, 1)).isZero();
    }
    int first = t.frames.pageToNid(headAt(interleaved));
    assertThat(first).isIn(1, 3);
    assertThat(t.frames.pageToNid(headAt(interleaved + HUGE))).isEqualTo(4 - first);
    assertThat(t.frames.pageToNid(headAt(interleaved + 2 * HUGE))).isEqualTo(first);
  }

  @Test
  void withoutPagesOnItsNodeAFaultTakesTheNext() {
    t.hugePools(0, 0, 1, 1);
    long address = t.mapHuge(1, false);
    assertThat(t.self.write(address, 1)).isZero();
    assertThat(t.frames.pageToNid(headAt(address))).isEqualTo(2);
  }

  @Test
  void aStrictPolicyWithoutAPageIsASignal() {
    t.hugePools(1);
    long address = t.mapHuge(1, false);
    t.self.bind(address, HUGE, PolicyMode.BIND.number(), NodeMask.of(3), 0);
    assertThat(t.self.write(address, 1)).isEqualTo(EFAULT);
    assertThat(pool.reserved).as("the promise is not kept").isEqualTo(1);
    assertThat(headAt(address)).isZero();
  }

  // Fork.

  @Test
  void aForkedMappingSharesItsPageUntilOneWrites() {
    t.hugePools(2);
    long address = t.mapHuge(1, false);
    t.self.write(address + 3 * TestKernel.PAGE, 3);
    int head = headAt(address);
    SimulatedProcess child = t.self.fork();
    assertThat(headAt(child, address)).isEqualTo(head);
    assertThat(t.frames.mapcount(head)).isEqualTo(2);
    assertThat(t.frames.count(head)).isEqualTo(2);
    assertThat(t.self.write(address, 9)).isZero();
    int copy = headAt(address);
    assertThat(copy).isNotEqualTo(head);
    assertThat(t.self.peek(address + 3 * TestKernel.PAGE)).isEqualTo(3);
    assertThat(child.peek(address)).isZero();
    assertThat(headAt(child, address)).isEqualTo(head);
    assertThat(t.frames.mapcount(head)).isEqualTo(1);
    assertThat(t.frames.mapcount(copy)).isEqualTo(1);
    assertThat(t.frames.has(copy, PageFlag.ACTIVE)).isTrue();
    child.exit();
    assertThat(pool.freePages(0)).isEqualTo(1);
  }

  @Test
  void whereThePoolIsEmptyTheChildLosesThePageThatItsParentWrites() {
    t.hugePools(1);
    long address = t.mapHuge(1, false);
    t.self.write(address, 3);
    int head = headAt(address);
    SimulatedProcess child = t.self.fork();
    assertThat(t.self.write(address, 4)).isZero();
    assertThat(headAt(address)).isEqualTo(head);
    assertThat(t.frames.mapcount(head)).isEqualTo(1);
    assertThat(headAt(child, address)).isZero();
    assertThat(child.read(address)).as("nothing is promised to a child").isEqualTo(EFAULT);
    child.exit();
  }

  @Test
  void whereThePoolIsEmptyAChildThatWritesGetsASignal() {
    t.hugePools(1);
    long address = t.mapHuge(1, false);
    t.self.write(address, 3);
    SimulatedProcess child = t.self.fork();
    assertThat(child.write(address, 4)).isEqualTo(EFAULT);
    assertThat(t.self.peek(address)).isEqualTo(3);
    assertThat(child.peek(address)).isEqualTo(3);
    child.exit();
  }

  @Test
  void whatIsPromisedToOthersIsNoCopysToTake() {
    t.hugePools(2);
    long address = t.mapHuge(1, false);
    t.self.write(address, 3);
    t.mapHuge(1, false);
    SimulatedProcess child = t.self.fork();
    assertThat(pool.available()).isZero();
    assertThat(child.write(address, 4)).isEqualTo(EFAULT);
    child.exit();
  }

  @Test
  void aSharedMappingIsOneForParentAndChild() {
    t.hugePools(2);
    long address = t.mapHuge(2, true);
    t.self.write(address, 3);
    SimulatedProcess child = t.self.fork();
    // Fork leaves shared mappings to faults.
    assertThat(child.read(address)).isZero();
    assertThat(headAt(child, address)).isEqualTo(headAt(address));
    assertThat(child.write(address + HUGE, 5)).isZero();
    assertThat(t.self.read(address + HUGE)).isZero();
    assertThat(t.self.peek(address + HUGE)).isEqualTo(5);
    assertThat(t.frames.mapcount(headAt(address))).isEqualTo(2);
    assertThat(pool.reserved).isZero();
    child.exit();
  }

  // Protection, MADV_DONTNEED.

  @Test
  void protectionTakesAwayAndGivesBackTheRightToWrite() {
    t.hugePools(1);
    long address = t.mapHuge(1, false);
    t.self.write(address, 1);
    assertThat(t.self.protect(address, HUGE, SimulatedProcess.PROT_READ)).isZero();
    assertThat(Pte.write(t.k.current.mm().pageTable().huge(address))).isFalse();
    assertThat(t.self.write(address, 2)).isEqualTo(EFAULT);
    assertThat(t.self.read(address)).isZero();
    assertThat(t.self.protect(address, HUGE, TestKernel.RW)).isZero();
    assertThat(t.self.write(address, 3)).isZero();
    assertThat(t.self.peek(address)).isEqualTo(3);
  }

  @Test
  void dontneedDoesNotTakeHugePagesAtFirst() {
    t.hugePools(1);
    long address = t.mapHuge(1, false);
    t.self.write(address, 1);
    assertThat(t.self.dontneed(address, HUGE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.peek(address)).isEqualTo(1);
  }

  @Test
  void dontneedTakesWholeHugePagesSince518() {
    boot("6.1");
    t.hugePools(3);
    long address = t.mapHuge(3, false);
    for (int i = 0; i < 3; i++) {
      t.self.write(address + i * HUGE, 1);
    }
    assertThat(t.self.dontneed(address + TestKernel.PAGE, HUGE)).isEqualTo(-Err.EINVAL);
    assertThat(t.self.dontneed(address + HUGE, 2 * HUGE - TestKernel.PAGE)).isZero();
    assertThat(headAt(address)).isNotZero();
    assertThat(headAt(address + HUGE)).isZero();
    assertThat(headAt(address + 2 * HUGE)).as("a part of it is left").isNotZero();
    assertThat(pool.freePages(0)).isEqualTo(1);
    assertThat(pool.reserved).as("what was taken once is promised no longer").isZero();
  }

  @Test
  void whatDontneedTakesIsPromisedAgainSince610() {
    boot("6.12");
    t.hugePools(2);
    long address = t.mapHuge(2, false);
    t.self.write(address, 1);
    assertThat(pool.reserved).isEqualTo(1);
    assertThat(t.self.dontneed(address, 2 * HUGE)).isZero();
    assertThat(pool.reserved).as("the one that was never taken is not promised twice").isEqualTo(2);
    assertThat(t.self.write(address, 1)).isZero();
    assertThat(t.self.write(address + HUGE, 1)).isZero();
    assertThat(pool.reserved).isZero();
  }

  // Following.

  @Test
  void followingFindsTheBasePageOfAnAddress() {
    t.hugePools(1);
    long address = t.mapHuge(1, false);
    assertThat(t.k.memory.followPage(t.vma(address), address, 0)).isZero();
    t.self.read(address);
    int head = headAt(address);
    long third = address + 3 * TestKernel.PAGE;
    assertThat(t.k.memory.followPage(t.vma(address), third, 0)).isEqualTo(head + 3);
    assertThat(t.k.memory.followPage(t.vma(address), third, Memory.FOLL_WRITE)).as("it cannot be written yet").isZero();
    assertThat(t.frames.count(head)).isEqualTo(1);
    assertThat(t.k.memory.followPage(t.vma(address), third, Memory.FOLL_GET)).isEqualTo(head + 3);
    assertThat(t.frames.count(head)).isEqualTo(2);
    t.k.swap.putPage(head + 3);
    t.self.write(address, 1);
    assertThat(t.k.memory.followPage(t.vma(address), third, Memory.FOLL_WRITE)).isEqualTo(head + 3);
  }
}
