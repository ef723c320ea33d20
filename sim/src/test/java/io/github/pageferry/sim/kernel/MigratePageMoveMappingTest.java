package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.check.Finding;
import io.github.pageferry.sim.check.KnownDefect;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Scheduler;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code migrate_page_move_mapping()}: the references must fit (1, 2, or 3), and the page cache changes hands. */
class MigratePageMoveMappingTest {

  private static final int UNMAP = Rmap.TTU_MIGRATION | Rmap.TTU_IGNORE_MLOCK | Rmap.TTU_IGNORE_ACCESS;

  private TestKernel t = new TestKernel();
  private int page;
  private int newPage;
  private PageList list;

  /** Isolates, locks and unmaps the page of an address, and prepares one on node 2, as unmap_and_move() does. */
  private AddressSpace begin(long address) {
    page = t.pageAt(address);
    list = t.isolate(page);
    newPage = t.newPage(2);
    t.k.filemap.lockPage(page);
    t.k.rmap.tryToUnmap(page, UNMAP);
    t.k.filemap.lockPage(newPage);
    t.frames.index(newPage, t.frames.index(page));
    t.frames.mapping(newPage, t.frames.mapping(page));
    t.frames.set(newPage, t.frames.flags(page) & PageFlag.SWAPBACKED);
    AddressSpace mapping = t.k.pageMapping(page);
    return mapping;
  }

  private void end(boolean moved) {
    if (moved) {
      t.k.migrate.migratePageCopy(newPage, page);
      t.k.migrate.removeMigrationPtes(page, newPage);
    } else {
      t.frames.mapping(newPage, 0);
      t.k.migrate.removeMigrationPtes(page, page);
    }
    t.k.filemap.unlockPage(newPage);
    t.k.filemap.unlockPage(page);
    t.k.migrate.putbackLruPages(list);
    t.k.vmscan.putbackLruPage(newPage);
    t.k.swap.lruAddDrainAll();
  }

  @Test
  void anAnonymousPageMayHaveTheIsolationsReferenceAlone() {
    begin(t.written(1, 1));
    assertThat(t.k.migrate.migratePageMoveMapping(null, newPage, page)).isZero();
    assertThat(t.frames.count(page)).isEqualTo(1);
    assertThat(t.frames.count(newPage)).isEqualTo(1);
    end(true);
  }

  @Test
  void anAnonymousPageThatSomebodyHoldsStays() {
    long address = t.written(1, 1);
    t.self.pin(address);
    begin(address);
    assertThat(t.k.migrate.migratePageMoveMapping(null, newPage, page)).isEqualTo(-Err.EAGAIN);
    end(false);
    assertThat(t.pageAt(address)).isEqualTo(page);
  }

  @Test
  void aCachedPageMayHaveTheCachesReferenceToo() {
    long address = t.shared(1, 1);
    AddressSpace mapping = Objects.requireNonNull(begin(address));
    assertThat(t.frames.count(page)).isEqualTo(2);

    assertThat(t.k.migrate.migratePageMoveMapping(mapping, newPage, page)).isZero();

    assertThat(mapping.pageTree().get(0)).isEqualTo(newPage);
    assertThat(t.frames.count(page)).isEqualTo(1);
    assertThat(t.frames.count(newPage)).isEqualTo(2);
    assertThat(mapping.nrpages).isEqualTo(1);
    end(true);
    assertThat(t.pageAt(address)).isEqualTo(newPage);
  }

  @Test
  void theZonesCountersMoveWithThePage() {
    AddressSpace mapping = Objects.requireNonNull(begin(t.shared(1, 1)));
    assertThat(t.k.migrate.migratePageMoveMapping(mapping, newPage, page)).isZero();
    assertThat(t.stat(1, ZoneStat.NR_FILE_PAGES)).isZero();
    assertThat(t.stat(2, ZoneStat.NR_FILE_PAGES)).isEqualTo(1);
    assertThat(t.stat(1, ZoneStat.NR_SHMEM)).isZero();
    assertThat(t.stat(2, ZoneStat.NR_SHMEM)).isEqualTo(1);
    end(true);
  }

  @Test
  void aFilesPageIsNoSharedMemory() {
    AddressSpace mapping = Objects.requireNonNull(begin(t.file(FileSystem.EXT4, 1)));
    t.k.buffer.tryToReleasePage(page);
    assertThat(t.k.migrate.migratePageMoveMapping(mapping, newPage, page)).isZero();
    assertThat(t.stat(2, ZoneStat.NR_FILE_PAGES)).isEqualTo(1);
    assertThat(t.stat(0, ZoneStat.NR_SHMEM)).isZero();
    assertThat(t.stat(2, ZoneStat.NR_SHMEM)).isZero();
    end(true);
  }

  @Test
  void aCachedPageThatSomebodyHoldsStays() {
    long address = t.shared(1, 1);
    t.self.pin(address);
    AddressSpace mapping = Objects.requireNonNull(begin(address));
    assertThat(t.k.migrate.migratePageMoveMapping(mapping, newPage, page)).isEqualTo(-Err.EAGAIN);
    assertThat(mapping.pageTree().get(0)).isEqualTo(page);
    assertThat(t.frames.count(newPage)).isEqualTo(1);
    assertThat(t.stat(1, ZoneStat.NR_FILE_PAGES)).isEqualTo(1);
    end(false);
  }

  /** The lookup needs no lock: somebody may find the page in the cache after its references have been counted. */
  @Test
  void aCachedPageThatSomebodyFindsInTheLastMomentStays() {
    OneTask task = new OneTask();
    t = new TestKernel(Machines.boot(Machines.SMALL, "2.6.36", task));
    task.attach(t.k);
    AddressSpace mapping = Objects.requireNonNull(begin(t.shared(1, 1)));
    task.next(Scheduler.At.FREEZE_REFS, () -> t.frames.get(page));
    assertThat(t.k.migrate.migratePageMoveMapping(mapping, newPage, page)).isEqualTo(-Err.EAGAIN);
    assertThat(mapping.pageTree().get(0)).isEqualTo(page);
    assertThat(t.frames.count(page)).as("isolated, cached, found").isEqualTo(3);
    assertThat(t.frames.count(newPage)).isEqualTo(1);
    t.k.swap.putPage(page);
    end(false);
  }

  @Test
  void aCachedPageWithoutTheCachesReferenceStays() {
    AddressSpace mapping = Objects.requireNonNull(begin(t.shared(1, 1)));
    t.frames.count(page, 1);
    assertThat(t.k.migrate.migratePageMoveMapping(mapping, newPage, page)).isEqualTo(-Err.EAGAIN);
    t.frames.count(page, 2);
    end(false);
  }

  @Test
  void withPrivateDataOneReferenceMoreIsDue() {
    AddressSpace mapping = Objects.requireNonNull(begin(t.shared(1, 1)));
    t.frames.set(page, PageFlag.PRIVATE_2);
    assertThat(t.k.migrate.migratePageMoveMapping(mapping, newPage, page)).isEqualTo(-Err.EAGAIN);
    t.frames.get(page);
    assertThat(t.k.migrate.migratePageMoveMapping(mapping, newPage, page)).isZero();
    assertThat(t.frames.count(page)).isEqualTo(2);
    t.frames.clear(page, PageFlag.PRIVATE_2);
    t.k.swap.putPage(page);
    end(true);
  }

  @Test
  void aPageThatIsNotTheCachesAnyLongerStays() {
    AddressSpace mapping = Objects.requireNonNull(begin(t.shared(2, 1)));
    int other = mapping.pageTree().get(1);
    mapping.pageTree().put(0, other);
    assertThat(t.k.migrate.migratePageMoveMapping(mapping, newPage, page)).isEqualTo(-Err.EAGAIN);
    mapping.pageTree().put(0, page);
    end(false);
  }

  // In the swap cache.

  private int inSwapCache() {
    t.machine.swapOn(8);
    long address = t.written(1, 1);
    int entry = t.frames.privateOf(t.intoSwapCache(address));
    page = t.pageAt(address);
    list = t.isolate(page);
    newPage = t.newPage(2);
    t.k.filemap.lockPage(page);
    t.k.rmap.tryToUnmap(page, UNMAP);
    t.k.filemap.lockPage(newPage);
    t.frames.index(newPage, t.frames.index(page));
    t.frames.mapping(newPage, t.frames.mapping(page));
    t.frames.set(newPage, PageFlag.SWAPBACKED);
    return entry;
  }

  @Test
  void thePlaceInSwapSpaceIsHandedOver() {
    int entry = inSwapCache();
    AddressSpace swapper = t.k.swapState.swapperSpace();
    assertThat(t.k.pageMapping(page)).isSameAs(swapper);
    assertThat(t.k.pageIndex(page)).isEqualTo(entry);

    assertThat(t.k.migrate.migratePageMoveMapping(swapper, newPage, page)).isZero();

    assertThat(t.frames.has(newPage, PageFlag.SWAPCACHE)).isTrue();
    assertThat(t.frames.privateOf(newPage)).isEqualTo(entry);
    assertThat(swapper.pageTree().get(entry)).isEqualTo(newPage);
    assertThat(swapper.nrpages).isEqualTo(1);
    assertThat(t.frames.count(page)).isEqualTo(1);
    assertThat(t.frames.count(newPage)).isEqualTo(2);
    assertThat(t.stat(1, ZoneStat.NR_FILE_PAGES)).isZero();
    assertThat(t.stat(2, ZoneStat.NR_FILE_PAGES)).isEqualTo(1);
    end(true);
    assertThat(t.frames.has(page, PageFlag.SWAPCACHE)).isFalse();
    assertThat(t.frames.privateOf(page)).isZero();
  }

  /** A finding: no page of the swap cache was ever counted as shared memory, but it moves as if it were (until 3.0). */
  @Test
  void itIsTakenForSharedMemory() {
    inSwapCache();
    assertThat(t.k.migrate.migratePageMoveMapping(t.k.swapState.swapperSpace(), newPage, page)).isZero();
    end(true);
    assertThat(t.stat(1, ZoneStat.NR_SHMEM)).isEqualTo(-1);
    assertThat(t.stat(2, ZoneStat.NR_SHMEM)).isEqualTo(1);
    assertThat(t.machine.invariants().violations()).isEmpty();
    assertThat(t.machine.invariants().findings()).containsExactly(
        new Finding(KnownDefect.SWAP_CACHE_AS_SHMEM, "node 1: NR_SHMEM is -1 but 0 counted"),
        new Finding(KnownDefect.SWAP_CACHE_AS_SHMEM, "node 2: NR_SHMEM is 1 but 0 counted"));
  }

  /** The counter came with 2.6.32. */
  @ParameterizedTest
  @ValueSource(strings = {"2.6.18", "5.10"})
  void before2632AndSince30ItIsNot(String release) {
    TestKernel other = new TestKernel(Machines.SMALL, release);
    other.machine.swapOn(8);
    long address = other.written(1, 1);
    int cached = other.intoSwapCache(address);
    assertThat(other.k.migrate.migratePages(other.isolate(cached), other.new To(2), false)).isZero();
    assertThat(other.stat(1, ZoneStat.NR_SHMEM)).isZero();
    assertThat(other.stat(2, ZoneStat.NR_SHMEM)).isZero();
    assertThat(other.machine.invariants().findings()).noneMatch(finding -> finding.defect() == KnownDefect.SWAP_CACHE_AS_SHMEM);
  }

  @Test
  void aPageOfTheSwapCacheThatSomebodyHoldsStays() {
    int entry = inSwapCache();
    t.frames.get(page);
    assertThat(t.k.migrate.migratePageMoveMapping(t.k.swapState.swapperSpace(), newPage, page)).isEqualTo(-Err.EAGAIN);
    assertThat(t.frames.has(newPage, PageFlag.SWAPCACHE)).isFalse();
    assertThat(t.frames.privateOf(newPage)).isZero();
    assertThat(t.k.swapState.swapperSpace().pageTree().get(entry)).isEqualTo(page);
    t.k.swap.putPage(page);
    end(false);
  }
}
