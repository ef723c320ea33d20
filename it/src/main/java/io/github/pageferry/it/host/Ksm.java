package io.github.pageferry.it.host;

import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.NodeSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Kernel samepage merging (Documentation/admin-guide/mm/ksm.rst), made to run only when a step asks for it and to have
 * merged everything by then. While one of these is open nothing else is merged on the machine.
 */
final class Ksm implements AutoCloseable {

  private static final Path DIRECTORY = Path.of("/sys/kernel/mm/ksm");
  private static final Path RUN = DIRECTORY.resolve("run");
  private static final Path OWN_MERGED = Path.of("/proc/self/ksm_merging_pages");
  private static final String STOP = "0";
  private static final String MERGE = "1";
  private static final String UNMERGE = "2";

  /** A page is merged in the second scan that finds it unchanged; equal counters for this many scans are the end. */
  private static final int CALM_SCANS = 4;
  /** Enough where other processes' pages (a virtual machine's, say) keep the counters changing. */
  private static final int MOST_SCANS = 12;
  /** Two minutes. */
  private static final int LOOKS = 60_000;

  private static final int LOOK_MILLIS = 2;

  private final MachineLock lock;
  private final BooleanSupplier givenUp;
  private final KernelSettings settings = new KernelSettings();
  /** A page that is never there, and may be merged: without a mapping of the kind the kernel makes no scans. */
  private final long mergeable;

  /** Why pages cannot be merged here, or empty where they can. */
  static Optional<String> lacks() {
    if (!Files.exists(RUN)) {
      return Optional.of("the kernel has no KSM");
    }
    return Files.isWritable(RUN) ? Optional.empty() : Optional.of(RUN + " cannot be written to");
  }

  /**
   * Separates all merged pages, stops merging and makes scans quick.
   *
   * @param givenUp whether there is no more point in waiting for anything
   */
  Ksm(BooleanSupplier givenUp) {
    this.givenUp = givenUp;
    lock = new MachineLock(DIRECTORY, givenUp);
    // first, so that it is put back last: some of the others can only be set while nothing is merged
    settings.set(RUN, UNMERGE);
    settings.set(DIRECTORY.resolve("advisor_mode"), "none");
    settings.set(DIRECTORY.resolve("pages_to_scan"), "100000");
    settings.set(DIRECTORY.resolve("sleep_millisecs"), "1");
    settings.set(DIRECTORY.resolve("smart_scan"), "0");
    settings.set(DIRECTORY.resolve("merge_across_nodes"), "1");
    settings.set(DIRECTORY.resolve("use_zero_pages"), "0");
    KernelFile.write(RUN, STOP);
    mergeable = Libc.must("mmap of a page to merge",
        Libc.mmap(0, Libc.PAGE_SIZE, Libc.PROT_READ, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0));
    Libc.madvise(mergeable, Libc.PAGE_SIZE, Libc.MADV_MERGEABLE);
  }

  /** Lets the kernel scan until there is nothing left to merge. Returns 0, or ETIMEDOUT negated. */
  long settle(MemoryMigrator migrator) {
    // A page that still waits to be put on an LRU list has a reference too many, and kernels before 6.x leave it out.
    // This moves nothing and empties those waiting lists; a node that the cpuset forbids would be refused before that.
    NodeSet allowed = NodeSet.of(migrator.allowedNodes().first());
    migrator.migratePages(MemoryMigrator.SELF, allowed, allowed);
    KernelFile.write(RUN, MERGE);
    try {
      return awaitCalm() ? 0 : Errnos.ETIMEDOUT;
    } finally {
      // returns once ksmd has finished the scan that it is at
      KernelFile.write(RUN, STOP);
    }
  }

  private boolean awaitCalm() {
    long scans = counter("full_scans");
    long merged = -1;
    int calm = 0;
    long seen = 0;
    for (int i = 0; i < LOOKS && calm < CALM_SCANS && seen < MOST_SCANS && !givenUp.getAsBoolean(); i++) {
      Pause.millis(LOOK_MILLIS);
      long now = counter("full_scans");
      if (now > scans) {
        seen += now - scans;
        scans = now;
        long mergedNow = merged();
        calm = mergedNow == merged ? calm + 1 : 0;
        merged = mergedNow;
      }
    }
    return calm >= CALM_SCANS || seen >= MOST_SCANS;
  }

  /** A count of merged pages, of this process alone where the kernel has it (5.19). */
  private static long merged() {
    return KernelFile.readNumber(OWN_MERGED)
        .orElseGet(() -> counter("pages_shared") << 32 | counter("pages_sharing"));
  }

  private static long counter(String name) {
    return KernelFile.readNumber(DIRECTORY.resolve(name)).orElse(0L);
  }

  /** Separates the merged pages and puts the settings back. */
  @Override
  public void close() {
    KernelFile.write(RUN, UNMERGE);
    Libc.munmap(mergeable, Libc.PAGE_SIZE);
    try {
      settings.close();
    } finally {
      lock.close();
    }
  }
}
