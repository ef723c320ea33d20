package io.github.pageferry.it.host;

import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Step.Advice;
import java.util.OptionalInt;

/** The steps that touch, lock, protect, unmap, advise and sync. All return the first failure, an errno negated, or 0. */
final class RangeCalls {

  /** A system call on a range of addresses: −1 where it fails. */
  private interface RangeCall {
    int make(long address, long length);
  }

  private final Regions regions;
  private final UserMemory memory;
  private final PageMap pageMap;
  private final PageCalls pageCalls;

  RangeCalls(Regions regions, UserMemory memory, PageMap pageMap, PageCalls pageCalls) {
    this.regions = regions;
    this.memory = memory;
    this.pageMap = pageMap;
    this.pageCalls = pageCalls;
  }

  long touch(Step.Touch step) {
    Selection pages = Selection.of(step.pages(), regions);
    OptionalInt node = step.node();
    if (node.isEmpty()) {
      return touchAll(pages, step);
    }
    long bound = pageCalls.bindThread(node.getAsInt());
    if (bound < 0) {
      return bound;
    }
    try {
      return touchAll(pages, step);
    } finally {
      pageCalls.unbindThread();
    }
  }

  private long touchAll(Selection pages, Step.Touch step) {
    long first = 0;
    for (int i = 0; i < pages.size(); i++) {
      long result = step.write() ? write(pages, i, step.same()) : memory.read(pages.pageAddress(i));
      first = first < 0 ? first : result;
    }
    return first;
  }

  private long write(Selection pages, int index, boolean same) {
    Region region = pages.region(index);
    int page = pages.page(index);
    long pattern = same || region == null ? Pattern.SAME : Pattern.of(region.name, page);
    long result = memory.write(pages.pageAddress(index), pattern);
    if (result == 0 && region != null) {
      region.wrote(page, pattern);
    }
    return result;
  }

  long lock(Step.Lock step) {
    return overRuns(Selection.of(step.pages(), regions), Libc::mlock);
  }

  long unlock(Step.Unlock step) {
    return overRuns(Selection.of(step.pages(), regions), Libc::munlock);
  }

  long protect(Step.Protect step) {
    Selection pages = Selection.of(step.pages(), regions);
    int protection = Mapper.protection(step.prot());
    long first = 0;
    for (int i = 0; i < pages.size(); ) {
      int end = pages.endOfRun(i);
      long result = Libc.result(Libc.mprotect(pages.address(i), length(i, end), protection));
      noteProtection(pages, i, end, step.prot(), result);
      first = first < 0 ? first : result;
      i = end;
    }
    return first;
  }

  /** At a page that is not mapped the kernel stops with ENOMEM; those before it have been changed. */
  private static void noteProtection(Selection pages, int from, int end, Step.Prot prot, long result) {
    if (result == 0 || result == Errnos.ENOMEM) {
      for (int i = from; i < end; i++) {
        Region region = pages.region(i);
        if (region == null || !region.isMapped(pages.page(i))) {
          return;
        }
        region.protect(pages.page(i), prot);
      }
    }
  }

  long advise(Step.Advise step) {
    Selection pages = Selection.of(step.pages(), regions);
    if (step.advice() == Advice.MERGEABLE) {
      return overRuns(pages, (address, length) -> Libc.madvise(address, length, Libc.MADV_MERGEABLE));
    }
    long result = overRuns(pages, (address, length) -> Libc.madvise(address, length, Libc.MADV_DONTNEED));
    // a call that failed may have thrown some of the pages away
    for (int i = 0; i < pages.size(); i++) {
      Region region = pages.region(i);
      if (region != null && region.hasOwn(pages.page(i)) && pageMap.state(pages.address(i)) == PageMap.State.NONE) {
        region.dropped(pages.page(i));
      }
    }
    return result;
  }

  long unmap(Step.Unmap step) {
    Selection pages = Selection.of(step.pages(), regions);
    long first = 0;
    for (int i = 0; i < pages.size(); i++) {
      long result = Libc.result(Libc.munmap(pages.address(i), Libc.PAGE_SIZE));
      Region region = pages.region(i);
      if (result == 0 && region != null) {
        region.unmapped(pages.page(i));
      }
      first = first < 0 ? first : result;
    }
    return first;
  }

  long sync(Step.Sync step) {
    Region region = regions.get(step.region());
    return Libc.result(Libc.msync(region.base, (long) region.pages * Libc.PAGE_SIZE, Libc.MS_SYNC));
  }

  /** Makes one call for each contiguous run of what was selected. */
  private static long overRuns(Selection pages, RangeCall call) {
    long first = 0;
    for (int i = 0; i < pages.size(); ) {
      int end = pages.endOfRun(i);
      long result = Libc.result(call.make(pages.address(i), length(i, end)));
      first = first < 0 ? first : result;
      i = end;
    }
    return first;
  }

  private static long length(int from, int end) {
    return (long) (end - from) * Libc.PAGE_SIZE;
  }
}
