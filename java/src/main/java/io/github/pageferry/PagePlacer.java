package io.github.pageferry;

import java.util.Set;

/**
 * Moves pages of a chunk to their targets with move_pages(2), page by page. Used by one thread.
 *
 * <p>What the kernel answers is not taken for where the pages are: a huge page moves as a whole though all but one of
 * its addresses are EBUSY, and a call that stops early writes no status even for pages that did move. So after each
 * pass the caller looks where the pages are, and what is not in place is tried again.
 */
final class PagePlacer {

  /** No call has said anything of the page. */
  static final int NO_OUTCOME = Integer.MAX_VALUE;

  /** The page is one of a run that the kernel tried to move, of which some stayed: which and why it does not say. */
  static final int UNEXPLAINED = Integer.MAX_VALUE - 1;

  private static final int STEP_BETWEEN_ROUNDS = 37;

  private final MemoryMigrator migrator;
  private final Access access;
  private final Operation operation;
  private final Set<MoveFlag> flags;
  private final int pageShift;
  private final NodeSet nodes;
  private final HugePageFinder hugePages;
  private final Scratch scratch;

  PagePlacer(
      MemoryMigrator migrator,
      Access access,
      Operation operation,
      Set<MoveFlag> flags,
      PageGeometry geometry,
      PagePlan plan,
      Scratch scratch) {
    this.migrator = migrator;
    this.access = access;
    this.operation = operation;
    this.flags = flags;
    this.scratch = scratch;
    pageShift = geometry.shift();
    nodes = plan.nodes();
    hugePages = new HugePageFinder(scratch, plan, geometry.blockPages());
  }

  /** What is known of huge pages. */
  HugePageFinder hugePages() {
    return hugePages;
  }

  /**
   * Chooses the pages that are there, not in place, and may yet get there; of a huge page that seems stuck only one.
   *
   * @param round another one each time that it is tried again, so that it is another of those pages
   * @return how many they are; their indices are in {@link Scratch#order}, all with the same target together, since the
   *     kernel moves runs with the same target at once
   */
  int choose(int round) {
    int pages = scratch.chunk.pages();
    int chosen = 0;
    for (int node = nodes.first(); node >= 0; node = nodes.next(node)) {
      for (int i = 0; i < pages; i++) {
        if (scratch.stuck[i]) {
          int end = hugePages.blockEnd(i);
          int start = chosen;
          while (i < end) {
            chosen = chooseIfWanted(i++, node, chosen);
          }
          i--;
          chosen = keepOne(start, chosen, round);
        } else {
          chosen = chooseIfWanted(i, node, chosen);
        }
      }
    }
    return chosen;
  }

  private int chooseIfWanted(int i, int node, int chosen) {
    if (scratch.target[i] == node) {
      if (scratch.after[i] == node) {
        scratch.outcome[i] = node;
      } else if (scratch.isMisplaced(i) && mayMoveYet(scratch.outcome[i])) {
        scratch.order[chosen] = i;
        return chosen + 1;
      }
    }
    return chosen;
  }

  private int keepOne(int start, int end, int round) {
    if (start == end) {
      return start;
    }
    scratch.order[start] = scratch.order[start + round * STEP_BETWEEN_ROUNDS % (end - start)];
    return start + 1;
  }

  /** What failed for a reason that time does not change fails again. */
  private static boolean mayMoveYet(int outcome) {
    return outcome >= 0
        || outcome == PageStatus.of(Errno.EBUSY)
        || outcome == PageStatus.of(Errno.EAGAIN)
        || outcome == PageStatus.NOT_ATTEMPTED;
  }

  /**
   * Moves the pages that were chosen, in as many calls as it takes: since Linux 4.17 one stops at the first run of
   * which a page stays, and the next one goes on behind it. Leaves what each page was answered in {@link
   * Scratch#outcome}.
   *
   * @throws MemoryCallException where a call fails as a whole; its errno is the outcome of what it did not get to
   */
  void move(int chosen) {
    int left = chosen;
    if (left > 0) {
      access.used(SystemCall.MOVE_PAGES);
    }
    while (left > 0) {
      if (operation.stopping()) {
        for (int i = 0; i < left; i++) {
          scratch.outcome[scratch.order[i]] = PageStatus.NOT_ATTEMPTED;
        }
        return;
      }
      PageBatch batch = scratch.batch;
      batch.clear();
      for (int i = 0; i < left; i++) {
        int index = scratch.order[i];
        batch.add(scratch.page[index] << pageShift, scratch.target[index]);
      }
      try {
        migrator.movePages(MemoryMigrator.SELF, batch, flags);
      } catch (MemoryCallException e) {
        if (e.errno() == Errno.ENOENT) {
          // What Linux said up to 2.6.27 where there was nothing to move, of pages that others map, say.
          settleFailedCall(left, UNEXPLAINED);
          return;
        }
        settleFailedCall(left, PageStatus.of(e.errno()));
        throw e;
      }
      left = settle(left);
    }
  }

  private void settleFailedCall(int count, int outcome) {
    scratch.batch.copyStatuses(scratch.status, 0);
    for (int i = 0; i < count; i++) {
      int status = scratch.status[i];
      scratch.outcome[scratch.order[i]] = status == PageStatus.NOT_ATTEMPTED ? outcome : status;
    }
  }

  /**
   * Notes what a call answered. The first entries without a status, up to one with a status or another target, are the
   * run that the kernel tried and stopped at (do_pages_move, move_pages_and_store_status).
   *
   * @return how many pages the call did not get to; they are the first in {@link Scratch#order} now
   */
  private int settle(int count) {
    int[] order = scratch.order;
    int[] status = scratch.status;
    scratch.batch.copyStatuses(status, 0);
    int i = 0;
    while (i < count && status[i] != PageStatus.NOT_ATTEMPTED) {
      scratch.outcome[order[i]] = status[i];
      i++;
    }
    int start = i;
    while (i < count && status[i] == PageStatus.NOT_ATTEMPTED
        && scratch.target[order[i]] == scratch.target[order[start]]) {
      scratch.outcome[order[i]] = UNEXPLAINED;
      i++;
    }
    boolean stuck = i == start + 1 && i < count && status[i] == PageStatus.of(Errno.EBUSY)
        && hugePages.suspectStuck(order[start], order[i]);
    int left = 0;
    for (; i < count; i++) {
      int index = order[i];
      if (stuck && scratch.stuck[index]) {
        continue;
      }
      if (status[i] == PageStatus.NOT_ATTEMPTED) {
        order[left++] = index;
      } else {
        scratch.outcome[index] = status[i];
      }
    }
    return left;
  }
}
