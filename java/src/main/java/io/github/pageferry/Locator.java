package io.github.pageferry;

import java.util.Arrays;

/** Finds out where the pages of a chunk are. Used by one thread. */
final class Locator {

  private final MemoryMigrator migrator;
  private final Access access;
  private final boolean byFault;
  private final int pageShift;
  private final PageBatch batch;

  /**
   * @param byFault whether get_mempolicy may be asked where move_pages is refused, though that brings pages in
   * @param batch as large as the chunks; overwritten by each look
   */
  Locator(MemoryMigrator migrator, Access access, boolean byFault, int pageShift, PageBatch batch) {
    this.migrator = migrator;
    this.access = access;
    this.byFault = byFault;
    this.pageShift = pageShift;
    this.batch = batch;
  }

  /** Writes the status of each page to {@code into}, by index; {@link StatusTally#UNKNOWN} where it cannot be had. */
  void look(Chunk chunk, int[] into) {
    if (access.canMovePages()) {
      try {
        query(chunk, into);
        return;
      } catch (MemoryCallException e) {
        if (!Access.isRefusal(e)) {
          throw e;
        }
        access.refuseMovePages(e);
      }
    }
    if (byFault) {
      access.note("placements are read with get_mempolicy, which brings in pages that were not there");
      fault(chunk, into);
    } else {
      Arrays.fill(into, 0, chunk.pages(), StatusTally.UNKNOWN);
    }
  }

  private void query(Chunk chunk, int[] into) {
    batch.clear();
    for (int piece = 0; piece < chunk.pieces(); piece++) {
      batch.addRun(chunk.first(piece) << pageShift, 1L << pageShift, chunk.count(piece));
    }
    migrator.queryPages(MemoryMigrator.SELF, batch);
    batch.copyStatuses(into, 0);
  }

  private void fault(Chunk chunk, int[] into) {
    int index = 0;
    for (int piece = 0; piece < chunk.pieces(); piece++) {
      for (int i = 0; i < chunk.count(piece); i++) {
        into[index++] = nodeAt((chunk.first(piece) + i) << pageShift);
      }
    }
  }

  private int nodeAt(long address) {
    try {
      return migrator.nodeAt(address);
    } catch (MemoryCallException e) {
      if (Access.isRefusal(e)) {
        throw e;
      }
      return PageStatus.of(e.errno());
    }
  }
}
