package io.github.pageferry.it.host;

import io.github.pageferry.it.workload.Need;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Step.Backing;
import io.github.pageferry.it.workload.Step.Prot;
import io.github.pageferry.it.workload.Step.Sharing;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code map} step: new mappings, and the files and devices behind them. */
final class Mapper implements AutoCloseable {

  private final AddressWindow window;
  private final Regions regions;
  private final FileSystems fileSystems;
  private final List<PageSource> sources = new ArrayList<>();

  Mapper(AddressWindow window, Regions regions, FileSystems fileSystems) {
    this.window = window;
    this.regions = regions;
    this.fileSystems = fileSystems;
  }

  /** Makes the region. Returns 0 or an errno negated. */
  long map(Step.Map step) {
    if (regions.hasMapped(step.as())) {
      throw new IllegalArgumentException("there is a region " + step.as() + " already");
    }
    Attempt attempt = step.of().isEmpty() ? mapNew(step) : mapAgain(step, regions.get(step.of()));
    if (attempt.region == null) {
      return attempt.result;
    }
    regions.add(attempt.region);
    if (!attempt.region.device) {
      long length = (long) attempt.region.pages * Libc.PAGE_SIZE;
      // refused where the kernel has no transparent huge pages
      Libc.madvise(attempt.region.base, length, step.huge() ? Libc.MADV_HUGEPAGE : Libc.MADV_NOHUGEPAGE);
    }
    return 0;
  }

  /** A region, or the errno negated of the call that failed. */
  private record Attempt(@Nullable Region region, long result) {

    static Attempt of(long mapped, Region region) {
      return mapped < 0 ? new Attempt(null, mapped) : new Attempt(region, 0);
    }
  }

  private Attempt mapNew(Step.Map step) {
    long length = (long) step.pages() * Libc.PAGE_SIZE;
    long at = window.reserve(length);
    boolean shared = step.sharing() == Sharing.SHARED;
    int prot = protection(step.prot());
    int sharing = shared ? Libc.MAP_SHARED : Libc.MAP_PRIVATE;
    switch (step.backing()) {
      case ANON, HUGETLB -> {
        int huge = step.backing() == Backing.HUGETLB ? Libc.MAP_HUGETLB | Libc.MAP_HUGE_2MB : 0;
        long mapped = map(at, length, prot, sharing | Libc.MAP_ANONYMOUS | huge, -1);
        PageSource source = shared ? source(PageSource.ANONYMOUS, step.pages()) : null;
        return Attempt.of(mapped, new Region(step.as(), at, step.pages(), shared, false, source, step.prot()));
      }
      case DEVICE -> {
        long mapped = Device.map(at, step.pages(), prot & Libc.PROT_READ);
        return Attempt.of(mapped, new Region(step.as(), at, step.pages(), true, true, null, step.prot()));
      }
      default -> {
        long fd = fileSystems.createFile(Need.valueOf(step.backing().name()));
        if (fd < 0) {
          return new Attempt(null, fd);
        }
        PageSource source = source((int) fd, step.pages());
        long filled = fill((int) fd, step.pages());
        long mapped = filled < 0 ? filled : map(at, length, prot, sharing, (int) fd);
        return Attempt.of(mapped, new Region(step.as(), at, step.pages(), shared, false, source, step.prot()));
      }
    }
  }

  private Attempt mapAgain(Step.Map step, Region original) {
    PageSource source = original.source;
    if (source == null) {
      throw new IllegalArgumentException("region " + original.name + " has no pages that can be mapped twice");
    }
    long length = (long) original.pages * Libc.PAGE_SIZE;
    long at = window.reserve(length);
    boolean anonymous = source.fd == PageSource.ANONYMOUS;
    boolean shared = anonymous || step.sharing() == Sharing.SHARED;
    // of a shared mapping mremap(2) with an old size of 0 makes a second one
    long mapped = anonymous
        ? Libc.result(Libc.mremap(original.base, 0, length, Libc.MREMAP_MAYMOVE | Libc.MREMAP_FIXED, at))
        : map(at, length, protection(step.prot()), shared ? Libc.MAP_SHARED : Libc.MAP_PRIVATE, source.fd);
    return Attempt.of(mapped, new Region(step.as(), at, original.pages, shared, false, source, step.prot()));
  }

  /** mmap(2) at an address that nothing is mapped at, or nowhere. */
  static long map(long at, long length, int prot, int flags, int fd) {
    long mapped = Libc.result(Libc.mmap(at, length, prot, flags | Libc.MAP_FIXED_NOREPLACE, fd, 0));
    if (mapped >= 0 && mapped != at) {
      // kernels before 4.17 take the address for a hint
      Libc.munmap(mapped, length);
      return Errnos.EEXIST;
    }
    return mapped;
  }

  static int protection(Prot prot) {
    return switch (prot) {
      case NONE -> 0;
      case R -> Libc.PROT_READ;
      case RW -> Libc.PROT_READ | Libc.PROT_WRITE;
    };
  }

  private PageSource source(int fd, int pages) {
    PageSource source = new PageSource(fd, pages);
    sources.add(source);
    return source;
  }

  /** Writes zeroes page by page, so that the page cache holds no larger units, and has them written back. */
  private static long fill(int fd, int pages) {
    try (ScratchMemory zeroes = new ScratchMemory(Libc.PAGE_SIZE)) {
      for (int page = 0; page < pages; page++) {
        long written = Libc.result(Libc.pwrite(fd, zeroes.address(), Libc.PAGE_SIZE, (long) page * Libc.PAGE_SIZE));
        if (written != Libc.PAGE_SIZE) {
          return written < 0 ? written : Errnos.ENOSPC;
        }
      }
    }
    return Libc.result(Libc.fsync(fd));
  }

  /** Closes the files. */
  @Override
  public void close() {
    sources.forEach(PageSource::close);
    sources.clear();
  }
}
