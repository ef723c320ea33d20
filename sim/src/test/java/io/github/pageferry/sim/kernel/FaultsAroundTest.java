package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.FileSystem;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.VmFile;
import org.junit.jupiter.api.Test;

/** {@code do_fault_around()}: since 3.15 a read fault maps the cached pages of the 64 KiB around it. */
class FaultsAroundTest {

  private static final long PAGE = TestKernel.PAGE;

  private final TestKernel t = new TestKernel(Machines.SMALL, "5.10");

  private long map(long pages, long shift) {
    long address = t.place() + shift * PAGE;
    VmFile file = t.self.createFile(FileSystem.RAMFS, pages);
    t.self.mapFile(address, pages, TestKernel.RW, file, true);
    t.self.remove(file);
    return address;
  }

  private long mapped(long address, long pages) {
    long mapped = 0;
    for (long i = 0; i < pages; i++) {
      mapped += t.pte(address + i * PAGE) != 0 ? 1 : 0;
    }
    return mapped;
  }

  @Test
  void aReadMapsTheWindowOf16PagesThatItLiesIn() {
    long address = map(40, 0);
    long files = t.k.current.mm().filePages;
    assertThat(t.self.read(address + 20 * PAGE)).isZero();
    assertThat(mapped(address, 16)).isZero();
    assertThat(mapped(address + 16 * PAGE, 16)).isEqualTo(16);
    assertThat(mapped(address + 32 * PAGE, 8)).isZero();
    assertThat(t.k.current.mm().filePages).isEqualTo(files + 16);
    int page = t.pageAt(address + 17 * PAGE);
    assertThat(t.frames.mapcount(page)).isEqualTo(1);
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.count(page)).as("the cache and the entry").isEqualTo(2);
  }

  @Test
  void aWindowThatTheMappingCutsOffBelowReaches16PagesFromThereOn() {
    long address = map(20, 14);
    assertThat(t.self.read(address + PAGE)).isZero();
    assertThat(t.pte(address - PAGE)).isZero();
    assertThat(mapped(address, 16)).isEqualTo(16);
    assertThat(mapped(address + 16 * PAGE, 4)).isZero();
  }

  @Test
  void theWindowEndsWithTheMapping() {
    long address = map(5, 0);
    t.self.mapPrivate(address + 5 * PAGE, 4, TestKernel.RW);
    assertThat(t.self.read(address)).isZero();
    assertThat(mapped(address, 5)).isEqualTo(5);
    assertThat(mapped(address + 5 * PAGE, 4)).isZero();
  }

  @Test
  void theFirstWriteToWhatWasMappedAroundIsNoticed() {
    long address = t.file(FileSystem.EXT4, 2);
    assertThat(Pte.write(t.pte(address + PAGE))).isFalse();
    int page = t.pageAt(address + PAGE);
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isFalse();
    assertThat(t.self.write(address + PAGE, 1)).isZero();
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isTrue();
  }

  @Test
  void theWindowEndsWithThePageTable() {
    // The mapping begins 8 pages into a window and ends in the next table.
    long address = map(8, 512 - 4);
    assertThat(t.self.read(address)).isZero();
    assertThat(mapped(address, 4)).isEqualTo(4);
    assertThat(mapped(address + 4 * PAGE, 4)).isZero();
  }

  @Test
  void aWriteMapsItsOwnPageAlone() {
    long address = map(16, 0);
    assertThat(t.self.write(address + 3 * PAGE, 1)).isZero();
    assertThat(mapped(address, 16)).isEqualTo(1);
  }

  @Test
  void whatIsMappedAlreadyStaysAsItIs() {
    long address = map(16, 0);
    assertThat(t.self.write(address + 3 * PAGE, 1)).isZero();
    long pte = t.pte(address + 3 * PAGE);
    assertThat(t.self.read(address)).isZero();
    assertThat(mapped(address, 16)).isEqualTo(16);
    assertThat(t.pte(address + 3 * PAGE)).isEqualTo(pte);
    assertThat(t.frames.mapcount(t.pageAt(address + 3 * PAGE))).isEqualTo(1);
  }

  @Test
  void lockedPagesAndThoseThatAreNotReadAreLeftOut() {
    long address = map(16, 0);
    assertThat(t.self.read(address)).isZero();
    int locked = t.pageAt(address + PAGE);
    int stale = t.pageAt(address + 2 * PAGE);
    t.self.dontneed(address, 16 * PAGE);
    t.k.filemap.lockPage(locked);
    t.frames.clear(stale, PageFlag.UPTODATE);
    t.k.swap.lruAddDrainAll();
    int count = t.frames.count(locked);
    assertThat(t.self.read(address)).isZero();
    assertThat(mapped(address, 16)).isEqualTo(14);
    assertThat(t.pte(address + PAGE)).isZero();
    assertThat(t.pte(address + 2 * PAGE)).isZero();
    assertThat(t.frames.count(locked)).isEqualTo(count);
    assertThat(t.frames.count(stale)).isEqualTo(count);
    t.frames.set(stale, PageFlag.UPTODATE);
    t.k.filemap.unlockPage(locked);
  }

  @Test
  void withoutIt2636MapsOnePage() {
    TestKernel old = new TestKernel();
    long address = old.place();
    VmFile file = old.self.createFile(FileSystem.RAMFS, 4);
    old.self.mapFile(address, 4, TestKernel.RW, file, true);
    old.self.remove(file);
    assertThat(old.self.read(address)).isZero();
    assertThat(old.pte(address + PAGE)).isZero();
    SimulatedProcess child = old.self.fork();
    child.exit();
  }
}
