package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.Vma;
import org.jspecify.annotations.Nullable;

/**
 * {@code mbind(2)} and {@code migrate_pages(2)} since 6.7: every page that cannot be isolated is counted, of any call
 * (1cb5d11a370f), and a page's new place follows from the policy and the page's index, not from the VMA that it is found in
 * (ddc1a5cbc05d, 88c91dc58582). {@code mmap_lock} is free while pages move (72e315f7a750).
 */
class MbindByFolio extends MbindQueueing {

  MbindByFolio(Kernel k) {
    super(k);
  }

  @Override
  protected void fail(QueuePages qp) {
    qp.failed++;
  }

  /** Holes are told whatever else there is. */
  @Override
  protected int queuePagesRange(Mm mm, QueuePages qp) {
    return walkPageRange(mm, qp);
  }

  /** A strict call that could not isolate all pages says so in the first place. */
  @Override
  protected int bindError(int error, QueuePages qp) {
    return qp.failed != 0 && qp.has(MPOL_MF_STRICT) ? -Err.EIO : error;
  }

  /** Since ebb34f78d72c (6.9) it is guessed as for {@code move_pages(2)}. */
  @Override
  protected boolean mayNotMove(int page) {
    return k.profile.huge().sharing() == HugeProfile.Sharing.OF_PART ? super.mayNotMove(page) : k.migrate.isShared(page);
  }

  /** Each huge page is queued, or fails, once. */
  @Override
  protected boolean queuePart(int page, QueuePages qp) {
    int head = frames.compoundHead(page);
    if (head == qp.large) {
      return true;
    }
    qp.large = frames.nrPages(head) > 1 ? head : qp.large;
    return queue(head, qp);
  }

  @Override
  protected int moveQueued(Mm mm, long start, long end, @Nullable Policy policy, PageList pagelist) {
    if (pagelist.isEmpty()) {
      return 0;
    }
    Policy target = policy == null ? k.mempolicy.getTaskPolicy() : policy;
    long base = Mempolicy.isInterleave(target) ? interleaveBase(mm, start, end, pagelist) : 0;
    k.locks.upWrite(mm);
    int failed = k.migrate.migratePages(pagelist, page -> allocByMpol(page, target, base), false);
    k.locks.downWrite(mm);
    return failed;
  }

  @Override
  protected int moveToNode(Mm mm, PageList pagelist, int dest) {
    k.locks.upRead(mm);
    int stayed = super.moveToNode(mm, pagelist, dest);
    k.locks.downRead(mm);
    return stayed;
  }

  /** {@code alloc_migration_target_by_mpol()}. */
  private int allocByMpol(int page, Policy policy, long base) {
    long number = base + indexInOwnSize(page);
    if (frames.has(page, PageFlag.HUGETLB)) {
      return k.hugetlb.allocForMigrationMpol(policy, number);
    }
    return frames.has(page, PageFlag.HEAD)
        ? k.hugeMemory.allocByPolicy(policy, number)
        : k.mempolicy.allocPageMpol(Gfp.HIGHUSER_MOVABLE, policy, number);
  }

  /** {@code folio->index >> order}. */
  private long indexInOwnSize(int page) {
    return Integer.toUnsignedLong(frames.index(page)) / (frames.has(page, PageFlag.HEAD) ? Hugetlb.PAGES : 1);
  }

  /**
   * What must be added to a page's index to interleave as a fault would in the VMA of the first page moved; KSM's pages have no
   * VMA of their own.
   */
  private long interleaveBase(Mm mm, long start, long end, PageList pagelist) {
    int page = pagelist.first();
    while (page != 0 && frames.ksm(page)) {
      page = pagelist.next(page);
    }
    for (Vma vma = mm.findVma(start); page != 0 && vma != null && vma.start < end; vma = vma.next) {
      long address = k.rmap.pageAddressInVma(page, vma);
      if (address != Rmap.NO_ADDRESS) {
        long number = frames.has(page, PageFlag.HEAD)
            ? HugeMemory.interleaveIndex(vma, address) : k.mempolicy.interleaveIndex(vma, address);
        return number - indexInOwnSize(page);
      }
    }
    return 0;
  }
}
