package io.github.pageferry.sim.sched;

import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.kernel.PageAlloc;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Scheduler.At;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Tells from what happens at the primitives which {@link Branch}es a run takes. */
final class BranchWatch {

  private static final int PASSES = 10;

  /** What a task did last, and how often it has tried to lock each page since its migration began. */
  private static final class Past {
    At at = At.USER;
    int page;
    boolean success;
    At before = At.USER;
    boolean successBefore;
    final Map<Integer, Integer> tries = new HashMap<>();
  }

  private final Kernel k;
  private final Set<Branch> seen = EnumSet.noneOf(Branch.class);
  private final Map<Integer, Past> pasts = new HashMap<>();

  BranchWatch(Kernel k) {
    this.k = k;
  }

  Set<Branch> seen() {
    return seen;
  }

  void see(Branch branch) {
    seen.add(branch);
  }

  private Past past(SimTask task) {
    return pasts.computeIfAbsent(task.index, index -> new Past());
  }

  /** {@code PF_SWAPWRITE}: set from the beginning of migrate_pages() to its end. */
  private boolean isMigrating() {
    return k.current.swapwrite;
  }

  void point(SimTask task, At at, int page) {
    Past past = past(task);
    if (!isMigrating()) {
      past.tries.clear();
    } else if (at == At.UNLOCK_PAGE && past.at == At.TRYLOCK_PAGE && past.page == page && past.success
        && k.frames.has(page, PageFlag.WRITEBACK)) {
      see(Branch.WRITEBACK_LATER);
    }
    if (past.at == At.MIGRATION_ENTRY_WAIT && at != At.WAIT_ON_PAGE_LOCKED) {
      see(Branch.ENTRY_GONE);
    }
    if (at != At.TRYLOCK_PAGE && at != At.PUTBACK_LRU_PAGE) {
      note(past, at, page, true);
    }
  }

  void outcome(SimTask task, At at, int page, boolean success) {
    Past past = past(task);
    switch (at) {
      case TRYLOCK_PAGE -> tried(past, page, success);
      case PUTBACK_LRU_PAGE -> {
        if (isMigrating() && past.at == At.ALLOC_PAGES) {
          see(Branch.FREED);
        }
      }
      case FREE_PAGE -> {
        // Since 5.5 nothing is allocated for such a page. One that has moved is freed when the new one has gone to its list.
        if (isMigrating() && k.frames.anon(page) && past.at != At.PUTBACK_LRU_PAGE) {
          see(Branch.FREED);
        }
      }
      case FREEZE_REFS -> {
        if (!success && isMigrating()) {
          see(Branch.FREEZE_FAILED);
        }
      }
      case GET_SPECULATIVE -> see(Branch.FROZEN_MET);
      default -> { }
    }
    note(past, at, page, success);
  }

  private void tried(Past past, int page, boolean success) {
    if (!isMigrating() || k.frames.content(page) == PageAlloc.POISON) {
      // A new page is nobody's yet.
      return;
    }
    if (past.tries.merge(page, 1, Integer::sum) == PASSES) {
      see(Branch.TEN_PASSES);
    }
    if (!success) {
      see(Branch.LOCK_CONTENTION);
    } else if (k.frames.mapping(page) == 0) {
      see(Branch.TRUNCATED);
    } else if (k.frames.anon(page) && !k.frames.mapped(page)) {
      see(Branch.UNMAPPED);
    }
  }

  void sleeps(SimTask task, At at, int page) {
    Past past = past(task);
    switch (at) {
      case LOCK_PAGE -> {
        if (isMigrating() && past.before == At.TRYLOCK_PAGE && !past.successBefore) {
          see(Branch.FORCED);
        }
      }
      case WAIT_ON_PAGE_WRITEBACK -> see(isMigrating() ? Branch.WRITEBACK_WAITED : Branch.SYNC_WAITED);
      case WAIT_ON_PAGE_LOCKED -> {
        if (past.before == At.MIGRATION_ENTRY_WAIT) {
          see(Branch.ENTRY_WAITED);
        }
      }
      case MMAP_SEM -> see(Branch.SEMAPHORE_WAITED);
      case RMAP_LOCK -> see(Branch.RMAP_WAITED);
      default -> { }
    }
  }

  private static void note(Past past, At at, int page, boolean success) {
    past.before = past.at;
    past.successBefore = past.success;
    past.at = at;
    past.page = page;
    past.success = success;
  }
}
