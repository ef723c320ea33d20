package io.github.pageferry.it.workload;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;

/** One step of a workload. Sizes are in base pages; lists of pages are selectors. */
public sealed interface Step {

  /** The step's name in a workload file, for example {@code move}. */
  default String word() {
    return getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  /** What stands behind a region. */
  enum Backing {
    ANON,
    TMPFS,
    RAMFS,
    EXT4,
    VFAT,
    DEVICE,
    HUGETLB
  }

  /** How a mapping shares its pages: MAP_PRIVATE or MAP_SHARED. */
  enum Sharing {
    PRIVATE,
    SHARED
  }

  /** Access that a mapping allows: PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE. */
  enum Prot {
    NONE,
    R,
    RW
  }

  /** Flags of a {@code move} step; without any the call is made with MPOL_MF_MOVE. */
  enum CallFlag {
    /** MPOL_MF_MOVE_ALL in place of MPOL_MF_MOVE. */
    ALL,
    /** No flag at all. */
    NONE,
    /** Bit 30, which no kernel knows. */
    BOGUS
  }

  /** Flags of a {@code bind} step. */
  enum BindFlag {
    STRICT,
    MOVE,
    ALL
  }

  /** Modes of a {@code bind} step. */
  enum BindMode {
    BIND,
    PREFERRED,
    INTERLEAVE,
    DEFAULT
  }

  /** Arrays of move_pages(2) for which an inaccessible pointer can be passed. */
  enum BadArray {
    PAGES,
    NODES,
    STATUS
  }

  /** Advice of an {@code advise} step. */
  enum Advice {
    DONTNEED,
    MERGEABLE
  }

  /**
   * A new region.
   *
   * @param as the region's name
   * @param pages its size; 0 where {@code of} gives it
   * @param of the region whose pages are mapped a second time, or empty
   * @param huge whether transparent huge pages are allowed in it
   */
  record Map(String as, int pages, Backing backing, Sharing sharing, Prot prot, String of, boolean huge) implements Step {}

  /**
   * One access to each page, in order.
   *
   * @param node under a strict bind of the thread's policy to that node
   * @param same whether the pattern written is the one that all such pages share
   */
  record Touch(List<PageSelector> pages, boolean write, OptionalInt node, boolean same) implements Step {}

  /**
   * move_pages(2) with a node array.
   *
   * @param to a node for each page, or one for all
   * @param process {@code self}, a child's name, {@code kernel} or {@code absent}
   * @param uid whose credentials, or empty for the caller's own
   */
  record Move(
      List<PageSelector> pages, List<Integer> to, Set<CallFlag> flags, String process, OptionalInt uid, Set<BadArray> bad)
      implements Step {}

  /** move_pages(2) without a node array. */
  record Query(List<PageSelector> pages, String process, OptionalInt uid, Set<BadArray> bad) implements Step {}

  /** migrate_pages(2). */
  record Migrate(List<Integer> from, List<Integer> to, String process, OptionalInt uid) implements Step {}

  /** mbind(2) of one contiguous run of pages. */
  record Bind(List<PageSelector> pages, BindMode mode, List<Integer> nodes, Set<BindFlag> flags) implements Step {}

  /** mlock(2). */
  record Lock(List<PageSelector> pages) implements Step {}

  /** munlock(2). */
  record Unlock(List<PageSelector> pages) implements Step {}

  /** mprotect(2). */
  record Protect(List<PageSelector> pages, Prot prot) implements Step {}

  /** munmap(2) of each page. */
  record Unmap(List<PageSelector> pages) implements Step {}

  /** madvise(2); {@code MERGEABLE} waits until equal pages have been merged. */
  record Advise(List<PageSelector> pages, Advice advice) implements Step {}

  /** msync(MS_SYNC) of a file region. */
  record Sync(String region) implements Step {}

  /** One extra reference on each page. */
  record Pin(List<PageSelector> pages) implements Step {}

  /** Drops it again. */
  record Unpin(List<PageSelector> pages) implements Step {}

  /** A child that shares everything and sleeps. */
  record Fork(String as) implements Step {}

  /** Ends a child and reaps it. */
  record Exit(String process) implements Step {}

  /** Confines {@code self} to these memory nodes. */
  record Cpuset(List<Integer> mems) implements Step {}
}
