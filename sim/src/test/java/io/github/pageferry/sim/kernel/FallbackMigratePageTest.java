package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.AddressSpaceOperations;
import io.github.pageferry.sim.mm.FileOperations;
import io.github.pageferry.sim.mm.Inode;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFile;
import io.github.pageferry.sim.mm.VmOperations;
import org.junit.jupiter.api.Test;

/**
 * {@code fallback_migrate_page()} and {@code writeout()}, of a file system without {@code migratepage} whose {@code writepage} says
 * what the test wants.
 */
class FallbackMigratePageTest {

  private final TestKernel t = new TestKernel();
  private final TestKernel.To to = t.new To(2);
  private int writes;
  private int answer;
  private boolean unlocks = true;
  private boolean releases = true;
  private long address;
  private int page;

  /** A file system in memory whose pages count as dirty when they are written to. */
  private final class Scripted implements AddressSpaceOperations, FileOperations, VmOperations {

    @Override
    public boolean setPageDirty(int dirty) {
      return k().pageWriteback.setPageDirtyNobuffers(dirty);
    }

    private Kernel k() {
      return t.k;
    }

    @Override
    public boolean hasWritepage() {
      return true;
    }

    @Override
    public int writepage(int written) {
      writes++;
      assertThat(t.frames.has(written, PageFlag.DIRTY)).as("clean from here on").isFalse();
      assertThat(Pte.present(t.pte(address))).as("who waits for the page finds a working entry").isTrue();
      if (unlocks) {
        t.k.filemap.unlockPage(written);
      }
      return answer;
    }

    @Override
    public boolean hasReleasepage() {
      return true;
    }

    @Override
    public boolean releasepage(int released) {
      if (releases) {
        t.frames.clear(released, PageFlag.PRIVATE_2);
        t.k.swap.putPage(released);
      }
      return releases;
    }

    @Override
    public void invalidatepage(int gone) {
      releases = true;
      releasepage(gone);
    }

    @Override
    public int readpage(AddressSpace mapping, int read) {
      return 0;
    }

    @Override
    public int writeBegin(AddressSpace mapping, long index) {
      return -Err.EIO;
    }

    @Override
    public int writeEnd(AddressSpace mapping, int written) {
      return -Err.EIO;
    }

    @Override
    public int writepages(AddressSpace mapping) {
      return 0;
    }

    @Override
    public void mmap(VmFile file, Vma vma) {
      vma.ops = this;
    }

    @Override
    public int fsync(VmFile file) {
      return 0;
    }

    @Override
    public void evictInode(Inode inode) {
      t.k.truncate.truncateInodePages(inode.mapping());
    }

    @Override
    public int fault(Vma vma, Fault fault) {
      AddressSpace mapping = vma.file.mapping();
      fault.page = t.k.filemap.findLockPage(mapping, fault.pgoff);
      return FAULT_LOCKED;
    }
  }

  /** One page on node 1, cached, mapped and written to. */
  private PageList dirtyPage() {
    Scripted fs = new Scripted();
    Inode inode = new Inode(fs, null, null);
    inode.pages = 1;
    AddressSpace mapping = t.k.mappings.allocSpace(inode, fs, false);
    page = t.newPage(1);
    t.k.filemap.addToPageCacheLru(page, mapping, 0);
    t.frames.content(page, 5);
    t.frames.set(page, PageFlag.UPTODATE);
    t.k.filemap.unlockPage(page);
    t.k.swap.putPage(page);
    address = t.place();
    VmFile file = new VmFile(inode);
    t.self.mapFile(address, 1, TestKernel.RW, file, true);
    t.self.remove(file);
    t.self.write(address, 6);
    t.k.swap.lruAddDrainAll();
    assertThat(t.frames.has(page, PageFlag.DIRTY)).isTrue();
    return t.isolate(page);
  }

  private int move(PageList list) {
    int rc = t.k.migrate.unmapAndMove(to, list, page, false, false);
    assertThat(t.frames.has(page, PageFlag.LOCKED)).isFalse();
    assertThat(t.self.peek(address)).isEqualTo(6);
    return rc;
  }

  @Test
  void aDirtyPageIsWrittenAndTriedAgain() {
    PageList list = dirtyPage();
    assertThat(move(list)).isEqualTo(-Err.EAGAIN);
    assertThat(writes).isEqualTo(1);
    assertThat(t.pageAt(address)).isEqualTo(page);
    assertThat(move(list)).isZero();
    assertThat(writes).isEqualTo(1);
    assertThat(t.nodeAt(address)).isEqualTo(2);
  }

  @Test
  void aWriteThatFailsIsAnErrorForGood() {
    answer = -Err.ENOSPC;
    PageList list = dirtyPage();
    assertThat(move(list)).isEqualTo(-Err.EIO);
    assertThat(list.isEmpty()).isTrue();
    assertThat(to.results).containsEntry(page, -Err.EIO);
    assertThat(t.pageAt(address)).isEqualTo(page);
  }

  @Test
  void aFileSystemThatWouldRatherNotWriteLeavesThePageLocked() {
    answer = AddressSpaceOperations.AOP_WRITEPAGE_ACTIVATE;
    unlocks = false;
    PageList list = dirtyPage();
    assertThat(move(list)).isEqualTo(-Err.EAGAIN);
    assertThat(list.first()).isEqualTo(page);
    t.k.migrate.putbackLruPages(list);
  }

  @Test
  void aPageThatSomebodyElseHasWrittenMeanwhileIsTriedAgain() {
    PageList list = dirtyPage();
    // Dirty where it is looked at, clean where it is to be written: only page_mkclean() may come between in this model.
    AddressSpace mapping = t.k.pageMapping(page);
    t.k.filemap.lockPage(page);
    t.k.rmap.tryToUnmap(page, Rmap.TTU_MIGRATION | Rmap.TTU_IGNORE_MLOCK | Rmap.TTU_IGNORE_ACCESS);
    t.k.pageWriteback.clearPageDirtyForIo(page);
    assertThat(t.k.migrate.writeout(mapping, page)).isEqualTo(-Err.EAGAIN);
    assertThat(writes).isZero();
    t.k.migrate.removeMigrationPtes(page, page);
    t.k.filemap.unlockPage(page);
    t.k.migrate.putbackLruPages(list);
  }

  @Test
  void privateDataThatCannotBeDroppedKeepsACleanPage() {
    PageList list = dirtyPage();
    t.frames.clear(page, PageFlag.DIRTY);
    t.k.current.mm().pageTable().set(address, t.pte(address) & ~Pte.DIRTY);
    t.frames.set(page, PageFlag.PRIVATE_2);
    t.frames.get(page);
    releases = false;
    assertThat(move(list)).isEqualTo(-Err.EAGAIN);
    releases = true;
    assertThat(move(list)).isZero();
    assertThat(writes).isZero();
    assertThat(t.nodeAt(address)).isEqualTo(2);
  }

  @Test
  void aCleanPageThatSomebodyHoldsStays() {
    PageList list = dirtyPage();
    t.frames.clear(page, PageFlag.DIRTY);
    t.k.current.mm().pageTable().set(address, t.pte(address) & ~Pte.DIRTY);
    t.frames.get(page);
    assertThat(move(list)).isEqualTo(-Err.EAGAIN);
    assertThat(t.pageAt(address)).isEqualTo(page);
    t.k.swap.putPage(page);
    t.k.migrate.putbackLruPages(list);
  }
}
