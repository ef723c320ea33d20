package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.SimulatedMachine.KernelImage;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Pte;
import java.util.function.Function;

/** Kernels with another engine: most have a mistake that shows only where tasks run at the same time. */
public final class PlantedKernels {

  private PlantedKernels() {}

  /** A kernel whose {@code mm/migrate.c} is this one. */
  static KernelImage with(Function<Kernel, Migrate> migrate) {
    return (profile, frames, nodes) -> new Kernel(profile, frames, nodes, kernel -> new KernelFactory(kernel) {
      @Override
      Migrate migrate() {
        return migrate.apply(kernel);
      }
    });
  }

  /** Forgets the migration entries of a page that it could not move. */
  public static KernelImage forgettingFailedMoves() {
    return with(kernel -> new Migrate(kernel) {
      @Override
      protected void removeMigrationPtes(int old, int newpage) {
        if (old != newpage) {
          super.removeMigrationPtes(old, newpage);
        }
      }
    });
  }

  /** Counts pages that it gives up as isolated for ever. */
  public static KernelImage leavingPagesIsolated() {
    return with(kernel -> new Migrate(kernel) {
      @Override
      public void putbackLruPages(PageList list) {
        for (int page = list.first(); page != 0; page = list.next(page)) {
          k.incZonePageState(page, k.swap.isolatedStat(page));
        }
        super.putbackLruPages(list);
      }
    });
  }

  /** Waits for the end of a migration without the reference that it drops after it. */
  public static KernelImage skippingGetPage() {
    return with(kernel -> new Migrate(kernel) {
      @Override
      public void migrationEntryWait(Mm mm, long address) {
        long pte = mm.pageTable().get(address);
        if (Pte.isMigration(pte)) {
          int page = Pte.migrationPage(pte);
          k.filemap.waitOnPageLocked(page);
          k.swap.putPage(page);
        }
      }
    });
  }
}
