package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.Pte;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code migration_entry_wait()}: a fault on a page that is on the move. */
class MigrationEntryWaitTest {

  private final TestKernel t = new TestKernel();
  private final long address = t.written(1, 1);
  private final int page = t.pageAt(address);
  private final Mm mm = t.k.current.mm();

  private void unmap() {
    t.frames.get(page);
    t.k.filemap.lockPage(page);
    t.k.rmap.tryToUnmap(page, Rmap.TTU_MIGRATION | Rmap.TTU_IGNORE_MLOCK | Rmap.TTU_IGNORE_ACCESS);
  }

  private void restore() {
    if (!t.frames.has(page, io.github.pageferry.sim.mm.PageFlag.LOCKED)) {
      t.k.filemap.lockPage(page);
    }
    t.k.migrate.removeMigrationPtes(page, page);
    t.k.filemap.unlockPage(page);
    t.k.swap.putPage(page);
  }

  /** The page of another entry may be locked, and a place in swap space may have the number of a page that is. */
  @Test
  void withoutAMigrationEntryThereIsNothingToWaitFor() {
    long swapped = t.map(1);
    t.k.filemap.lockPage(page);
    mm.pageTable().set(swapped, Pte.swap(0, page));
    t.k.migrate.migrationEntryWait(mm, address);
    t.k.migrate.migrationEntryWait(mm, swapped);
    t.k.migrate.migrationEntryWait(mm, t.map(1));
    assertThat(t.frames.count(page)).isEqualTo(1);
    mm.pageTable().set(swapped, 0);
    t.k.filemap.unlockPage(page);
  }

  @Test
  void aPageThatIsNotLockedAnyLongerIsNotWaitedFor() {
    unmap();
    t.k.filemap.unlockPage(page);
    t.k.migrate.migrationEntryWait(mm, address);
    assertThat(t.frames.count(page)).isEqualTo(1);
    restore();
  }

  @Test
  void aFrozenPageIsNotTouched() {
    unmap();
    assertThat(t.frames.freezeRefs(page, 1)).isTrue();
    t.k.migrate.migrationEntryWait(mm, address);
    assertThat(t.frames.count(page)).isZero();
    t.frames.unfreezeRefs(page, 1);
    restore();
  }

  @Test
  void aFaultWaitsForTheLockOfThePage() {
    unmap();
    assertThatThrownBy(() -> t.self.read(address))
        .isInstanceOf(KernelBug.class).hasMessageContaining("wait_on_page_locked() of page " + page);
    Machines.expectCrash();
  }

  /** The disk's end of I/O stands for the task that migrates: it goes on while the one that faults sleeps. */
  @Test
  void theFaultComesAgainWhenTheMigrationIsOver() {
    unmap();
    List<String> order = new ArrayList<>();
    t.k.blockDevice.plug();
    t.k.blockDevice.submitBio(written -> {
      order.add("count " + t.frames.count(page) + " while one waits");
      t.k.migrate.removeMigrationPtes(page, page);
      t.k.filemap.unlockPage(page);
    });
    assertThat(t.self.read(address)).isZero();
    assertThat(order).containsExactly("count 2 while one waits");
    assertThat(t.pageAt(address)).isEqualTo(page);
    assertThat(t.frames.count(page)).isEqualTo(2);
    t.k.swap.putPage(page);
  }
}
