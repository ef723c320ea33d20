package io.github.pageferry.sim.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedMachine;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.kernel.PageAlloc;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AnonVma;
import io.github.pageferry.sim.mm.BufferHeads;
import io.github.pageferry.sim.mm.Lru;
import io.github.pageferry.sim.mm.MemCgroup;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.PageTree;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.SwapInfo;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.Zone;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each test breaks a machine in one way, and the checker that is there for it says so. */
class InvariantsTest {

  private static final long PAGE = PageTable.PAGE_SIZE;
  private static final long ANON = 1L << 32;
  private static final long FILE = 2L << 32;
  private static final int RW = SimulatedProcess.PROT_READ_WRITE;

  private final SimulatedMachine machine = Machines.boot();
  private final Kernel k = machine.kernel();
  private final PageFrames frames = k.frames;
  private final SimulatedProcess self = machine.self();
  private final Mm mm = k.current.mm();
  private final int anon;
  private final int file;
  private final AddressSpace space;
  private final Zone zone = k.nodes.zone(0);

  /** A machine with four anonymous pages and a file of four on ext4, and all is well. */
  InvariantsTest() {
    self.mapPrivate(ANON, 4, RW);
    VmFile onDisk = self.createFile(FileSystem.EXT4, 4);
    self.mapFile(FILE, 4, RW, onDisk, true);
    self.remove(onDisk);
    for (int i = 0; i < 4; i++) {
      self.write(ANON + i * PAGE, i + 1);
      self.read(FILE + i * PAGE);
    }
    k.swap.lruAddDrainAll();
    anon = Pte.pfn(mm.pageTable().get(ANON));
    file = Pte.pfn(mm.pageTable().get(FILE));
    space = Objects.requireNonNull(k.pageMapping(file));
    assertThat(machine.invariants().violations()).isEmpty();
    machine.invariants().check();
  }

  private void assertViolated(String... parts) {
    assertThat(machine.invariants().violations()).anySatisfy(violation -> assertThat(violation).contains(parts));
    assertThatThrownBy(machine.invariants()::check).isInstanceOf(IllegalStateException.class).hasMessageContaining(parts[0]);
    Machines.expectViolations();
  }

  private Vma vma(long address) {
    return Objects.requireNonNull(mm.findVma(address));
  }

  // ReferenceChecker.

  @Test
  void aReferenceThatNobodyHas() {
    frames.get(anon);
    assertViolated("page " + anon + " has count 2 but 1 references");
  }

  @Test
  void aReferenceTooFew() {
    frames.count(file, 2);
    assertViolated("page " + file + " has count 2 but 3 references");
  }

  @Test
  void aReferenceOfAPipeThatIsNotCounted() {
    self.pin(ANON);
    frames.count(anon, 1);
    assertViolated("page " + anon + " has count 1 but 2 references");
  }

  @Test
  void aReferenceOfBuffersThatIsNotCounted() {
    frames.set(anon, PageFlag.PRIVATE_2);
    frames.clear(file, PageFlag.PRIVATE);
    assertViolated("page " + file + " has count 3 but 2 references");
  }

  @Test
  void aReferenceOfAPagevecThatIsNotCounted() {
    k.swap.lruAddPvec(2, Lru.ACTIVE_ANON).add(anon);
    assertViolated("page " + anon + " has count 1 but 2 references");
  }

  @Test
  void anEntryThatLeadsToAFreePage() {
    mm.pageTable().set(ANON, Pte.of(anon + 200, Pte.PAGE_SHARED));
    assertViolated("page " + (anon + 200) + " has count 0 but 1 references");
  }

  @Test
  void aCachedPageThatIsFree() {
    space.pageTree().put(9, anon + 200);
    assertViolated("page " + (anon + 200) + " has count 0 but 1 references");
  }

  @Test
  void aMappingThatIsNotCounted() {
    frames.mapcount(anon, 0);
    assertViolated("page " + anon + " has mapcount 0 but 1 entries map it");
  }

  @Test
  void aMappingThatIsCountedOnly() {
    frames.mapcount(file, 2);
    assertViolated("page " + file + " has mapcount 2 but 1 entries map it");
  }

  @Test
  void aPageWithoutReferencesThatIsStillMapped() {
    int page = k.pageAlloc.allocPagesExactNode(0, 0);
    frames.count(page, 0);
    frames.mapcount(page, 1);
    assertViolated("page " + page + " has mapcount 1 but 0 entries map it");
  }

  @Test
  void aPageThatStaysLocked() {
    frames.set(file, PageFlag.LOCKED);
    assertViolated("page " + file + " is locked");
  }

  // LruChecker.

  @Test
  void aPageOnTwoLists() {
    zone.lru(Lru.INACTIVE_FILE).addFirst(anon);
    assertViolated("on two lists");
  }

  @Test
  void aPageOnAListThatItsFlagsDoNotName() {
    frames.clear(anon, PageFlag.ACTIVE);
    assertViolated("page " + anon + " is on list " + Lru.ACTIVE_ANON + " of node 0 but its flags are 0x");
  }

  @Test
  void aPageOnAListOfAnotherNode() {
    zone.lru(Lru.ACTIVE_ANON).remove(anon);
    k.nodes.zone(1).lru(Lru.ACTIVE_ANON).addFirst(anon);
    assertViolated("page " + anon + " is on list " + Lru.ACTIVE_ANON + " of node 1");
  }

  @Test
  void aPageOnAListWithoutTheFlag() {
    frames.clear(anon, PageFlag.LRU);
    assertViolated("page " + anon + ": PG_lru does not say whether it is on a list");
  }

  @Test
  void aPageOnNoList() {
    zone.lru(Lru.ACTIVE_ANON).remove(anon);
    assertViolated("page " + anon + " is on no list");
  }

  @Test
  void aPageThatWasIsolatedAndForgotten() {
    k.vmscan.isolateLruPage(anon);
    assertViolated("page " + anon + " is on no list");
  }

  @Test
  void aPageOnAListAndInAPagevec() {
    k.swap.lruAddPvec(0, Lru.ACTIVE_ANON).add(anon);
    frames.get(anon);
    assertViolated("page " + anon + " is on a list and in a pagevec");
  }

  // CounterChecker.

  @ParameterizedTest
  @EnumSource(ZoneStat.class)
  void aCounterThatIsOneTooHigh(ZoneStat stat) {
    k.nodes.zone(3).stat(stat, 1);
    assertViolated("node 3: " + stat + " is 1 but 0 counted");
  }

  @ParameterizedTest
  @EnumSource(ZoneStat.class)
  void aCounterThatIsOneTooLow(ZoneStat stat) {
    long before = zone.stat(stat);
    zone.stat(stat, -1);
    assertViolated("node 0: " + stat + " is " + (before - 1) + " but " + before + " counted");
  }

  @Test
  void pagesOfEveryKindAreCounted() {
    self.mapSharedAnonymous(3L << 32, 1, RW);
    self.write(3L << 32, 1);
    self.lock(ANON, PAGE);
    self.write(FILE, 7);
    k.swap.lruAddDrainAll();
    assertThat(zone.stat(ZoneStat.NR_SHMEM)).isEqualTo(1);
    assertThat(zone.stat(ZoneStat.NR_MLOCK)).isEqualTo(1);
    assertThat(zone.stat(ZoneStat.NR_UNEVICTABLE)).isEqualTo(1);
    assertThat(zone.stat(ZoneStat.NR_FILE_DIRTY)).isEqualTo(1);
    assertThat(zone.stat(ZoneStat.NR_FILE_MAPPED)).isEqualTo(5);
    assertThat(zone.stat(ZoneStat.NR_FILE_PAGES)).isEqualTo(5);
    assertThat(zone.stat(ZoneStat.NR_ANON_PAGES)).isEqualTo(4);
    machine.invariants().check();
  }

  @Test
  void aPageThatIsCountedAsDirtyThoughItIsClean() {
    self.write(FILE, 7);
    frames.clear(file, PageFlag.DIRTY);
    assertViolated("node 0: NR_FILE_DIRTY is 1 but 0 counted");
  }

  // PageTableChecker.

  @Test
  void aMigrationEntryThatOutlivesItsMigration() {
    mm.pageTable().set(ANON, Pte.migration(anon, true));
    assertViolated("a migration entry was left at " + Long.toHexString(ANON));
  }

  @Test
  void anEntryThatNoVmaHas() {
    mm.pageTable().set(ANON - PAGE, 1L << 12 | Pte.SPECIAL | Pte.PAGE_READONLY);
    assertViolated("the entry at " + Long.toHexString(ANON - PAGE) + " belongs to no VMA");
  }

  @Test
  void anEntryAboveAllVmas() {
    mm.pageTable().set(1L << 46, 1L << 12 | Pte.SPECIAL | Pte.PAGE_READONLY);
    assertViolated("the entry at " + Long.toHexString(1L << 46) + " belongs to no VMA");
  }

  @Test
  void aPageThatNobodyFilled() {
    frames.content(anon, PageAlloc.POISON);
    assertViolated("the page at " + Long.toHexString(ANON) + " was never filled");
  }

  @Test
  void anonymousPagesThatAreMiscounted() {
    mm.anonPages++;
    assertViolated("MM_ANONPAGES 5 and MM_FILEPAGES 4, but 4 and 4 entries");
  }

  @Test
  void filePagesThatAreMiscounted() {
    mm.filePages--;
    assertViolated("MM_ANONPAGES 4 and MM_FILEPAGES 3, but 4 and 4 entries");
  }

  // VmaChecker.

  @Test
  void aVmaThatReachesIntoTheNext() {
    vma(ANON).end = FILE + PAGE;
    assertViolated("the VMA " + vma(FILE + PAGE) + " is empty or begins within the one before");
  }

  @Test
  void aVmaThatIsEmpty() {
    Vma vma = vma(ANON);
    vma.end = vma.start;
    assertViolated("the VMA " + vma + " is empty");
  }

  @Test
  void aVmaThatIsLinkedOneWayOnly() {
    Vma vma = vma(FILE);
    vma.prev = null;
    assertViolated("the VMA " + vma + " is linked wrongly");
  }

  @Test
  void aVmaThatIsNotCounted() {
    vma(ANON).next = null;
    assertViolated("2 VMAs, but 1 are linked");
  }

  @Test
  void aVmaThatItsFileDoesNotKnow() {
    Vma vma = vma(FILE);
    space.mmap().remove(vma);
    assertViolated("the file of the VMA " + vma + " does not know of it");
  }

  @Test
  void aVmaThatAFileShouldHaveForgotten() {
    Vma vma = vma(ANON);
    space.mmap().add(vma);
    assertViolated("a file knows of the VMA " + vma + ", which does not map it");
  }

  @Test
  void lockedPagesThatAreMiscounted() {
    vma(ANON).flags |= VmFlag.LOCKED;
    assertViolated("locked_vm is 0 but VMAs of 4 pages are locked");
  }

  // ReverseMapChecker.

  @Test
  void anAnonymousPageThatDoesNotLeadToItsEntry() {
    frames.index(anon, frames.index(anon) + 1);
    assertViolated("page " + anon + " does not lead to " + Long.toHexString(ANON));
  }

  @Test
  void anAnonymousPageOfAnAnonVmaThatIsGone() {
    AnonVma anonVma = Objects.requireNonNull(k.mappings.anonVma(frames.mapping(anon)));
    k.mappings.freeAnonVma(anonVma);
    assertViolated("page " + anon + " does not lead to " + Long.toHexString(ANON));
  }

  @Test
  void aFilesPageThatDoesNotLeadToItsEntry() {
    vma(FILE).pgoff += 2;
    assertViolated("page " + file + " does not lead to " + Long.toHexString(FILE));
  }

  @Test
  void aFilesPageThatIsMappedOutOfPlace() {
    long second = mm.pageTable().get(FILE + PAGE);
    mm.pageTable().set(FILE + PAGE, mm.pageTable().get(FILE));
    mm.pageTable().set(FILE, second);
    assertViolated("page " + file + " does not lead to " + Long.toHexString(FILE + PAGE));
  }

  // FileChecker.

  private int buffer() {
    return frames.privateOf(file);
  }

  @Test
  void aBufferOfAnotherPage() {
    k.bufferHeads.page(buffer(), anon);
    assertViolated("buffer " + buffer() + " of page " + file + " says that it is page " + anon + "'s");
  }

  @Test
  void aBufferThatStaysLocked() {
    k.bufferHeads.lock(buffer());
    assertViolated("buffer " + buffer() + " of page " + file + " is locked");
  }

  @Test
  void aDirtyBufferOfACleanPage() {
    k.bufferHeads.set(buffer(), BufferHeads.DIRTY);
    assertViolated("buffer " + buffer() + " is dirty, page " + file + " is clean");
  }

  @Test
  void aBufferThatSomebodyHolds() {
    k.bufferHeads.get(buffer());
    assertViolated("buffer " + buffer() + " of page " + file + " has count 1");
  }

  @Test
  void aBufferThatNoPageLeadsTo() {
    k.bufferHeads.alloc(anon);
    assertViolated("5 buffer heads, but pages lead to 4");
  }

  @Test
  void aDirtyPageWithoutTheTag() {
    self.write(FILE, 7);
    space.pageTree().untag(0, PageTree.TAG_DIRTY);
    assertViolated("page " + file + " is dirty and not tagged so");
  }

  @Test
  void aTagOfWritebackWithoutAny() {
    space.pageTree().tag(0, PageTree.TAG_WRITEBACK);
    assertViolated("page " + file + ": its writeback tag does not say");
  }

  @Test
  void aCleanPageThatDiffersFromTheDisk() {
    frames.content(file, 99);
    assertViolated("page " + file + " is clean, but holds 99 where the disk has 0");
  }

  // SwapChecker.

  private static final long SWAPPED = ANON + PAGE;

  /** The page of SWAPPED is in swap space under entry 1, that of ANON in the swap cache under entry 2. */
  private SwapInfo swap() {
    machine.swapOn(8);
    assertThat(self.reclaim(SWAPPED)).isEqualTo(1);
    k.blockDevice.plug();
    self.reclaim(ANON);
    k.blockDevice.unplug();
    k.swap.lruAddDrainAll();
    machine.invariants().check();
    return Objects.requireNonNull(k.swapfile.info());
  }

  @Test
  void aSwapCountTooHigh() {
    swap().count(1, 1);
    assertViolated("swap entry 1 has count 2 but 1 references");
  }

  @Test
  void aSwapCountTooLow() {
    swap().count(2, -1);
    assertViolated("swap entry 2 has count 0 but 1 references");
  }

  @Test
  void aFilesSwapEntryThatIsNotCounted() {
    swap();
    space.host().swapped().put(3L, 1);
    assertViolated("swap entry 1 has count 1 but 2 references");
  }

  @Test
  void aSwapEntryWithoutSwapSpace() {
    mm.pageTable().set(SWAPPED, Pte.swap(0, 1));
    assertViolated("swap entries [1] without swap space");
  }

  @Test
  void anEntryThatTheCacheShouldHave() {
    swap().hasCache(1, true);
    assertViolated("swap entry 1: SWAP_HAS_CACHE does not say whether a page is cached");
  }

  @Test
  void aCachedPageThatTheMapDoesNotKnow() {
    swap().hasCache(2, false);
    assertViolated("swap entry 2: SWAP_HAS_CACHE does not say whether a page is cached");
  }

  @Test
  void aCachedPageThatDoesNotSaySo() {
    swap();
    frames.privateOf(anon, 5);
    assertViolated("page " + anon + " is in the swap cache under entry 2 and does not say so");
  }

  @Test
  void aPageThatSaysItIsCached() {
    swap();
    frames.set(file, PageFlag.SWAPCACHE);
    assertViolated("page " + file + " is not in the swap cache under its entry");
  }

  @Test
  void aCachedPageThatDiffersFromSwapSpace() {
    swap().disk(2, 77);
    assertViolated("page " + anon + " is clean, but holds 1 where swap space has 77");
  }

  @Test
  void cachedPagesThatAreMiscounted() {
    swap();
    k.swapState.swapperSpace().nrpages++;
    assertViolated("swap space says that 2 entries are used and 2 cached, but 2 and 1 are");
  }

  @Test
  void swapEntriesThatAreMiscounted() {
    swap();
    mm.swapEntries++;
    assertViolated("MM_SWAPENTS 3, but 2 entries");
  }

  @Test
  void sharedMemoryThatIsMiscounted() {
    swap();
    zone.stat(ZoneStat.NR_SHMEM, 1);
    assertViolated("node 0: NR_SHMEM is 1 but 0 counted");
  }

  // ChargeChecker.

  private MemCgroup charged() {
    MemCgroup group = machine.memoryGroup(2);
    self.join(group);
    self.mapPrivate(3L << 32, 1, RW);
    self.write(3L << 32, 1);
    k.swap.lruAddDrainAll();
    machine.invariants().check();
    return group;
  }

  @Test
  void aChargeForNoPage() {
    charged().usage++;
    assertViolated("group 1 has usage 2 but 1 pages are charged to it");
  }

  @Test
  void aPageThatIsChargedAndNotCounted() {
    charged();
    k.memcontrol.pages().charge(anon, 1);
    assertViolated("group 1 has usage 1 but 2 pages are charged to it");
  }

  @Test
  void aFreePageThatIsCharged() {
    charged().usage++;
    int free = k.pageAlloc.allocPagesExactNode(0, 0);
    k.memcontrol.pages().charge(free, 1);
    frames.count(free, 0);
    assertViolated("page " + free + " is free and charged to group 1");
  }

  @Test
  void aGroupAboveItsLimit() {
    MemCgroup group = charged();
    for (int page = anon; group.usage < 3; page++) {
      if (!k.memcontrol.pages().used(page)) {
        k.memcontrol.pages().charge(page, 1);
        group.usage++;
      }
    }
    assertViolated("group 1 has usage 3 and limit 2");
  }

  @Test
  void aPageThatStaysMarkedAsMigrating() {
    charged();
    k.memcontrol.pages().migration(anon, true);
    assertViolated("page " + anon + " keeps its charge for a migration that is over");
  }

  // The end.

  @Test
  void aPageThatWasNeverFreed() {
    SimulatedMachine empty = Machines.boot();
    empty.invariants().checkEmpty();
    int lost = empty.kernel().pageAlloc.allocPagesExactNode(2, 0);
    empty.kernel().frames.count(lost, 0);
    assertThatThrownBy(empty.invariants()::checkEmpty).hasMessageContaining("1 pages of node 2 were never freed");
    empty.kernel().frames.count(lost, 1);
    empty.kernel().swap.putPage(lost);
  }

  @Test
  void anAnonVmaThatWasNeverFreed() {
    SimulatedMachine empty = Machines.boot();
    AnonVma held = empty.kernel().mappings.allocAnonVma();
    assertThatThrownBy(empty.invariants()::checkEmpty).hasMessage("1 anon_vmas were never freed");
    empty.kernel().mappings.freeAnonVma(held);
    empty.invariants().checkEmpty();
  }

  @Test
  void allViolationsAreNamedAtOnce() {
    frames.get(anon);
    mm.anonPages++;
    assertThatThrownBy(machine.invariants()::check)
        .hasMessageContainingAll("page " + anon + " has count 2", "MM_ANONPAGES 5");
    Machines.expectViolations();
  }
}
