package io.github.pageferry.it.sim;

import io.github.pageferry.sim.mm.VmFile;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A region of a workload on a simulated machine, and the books of what its pages should hold. */
final class SimRegion {

  static final int PAGE = 4096;

  /** Of a page that has no copy of its own: it holds what its file does. */
  static final long NO_COPY = -2;

  final String name;
  final long base;
  final int pages;
  final boolean shared;
  final boolean device;
  /** The file behind it, null for private anonymous memory. */
  final @Nullable VmFile file;
  /** What the file's pages should hold; shared by all regions that map it. */
  final long[] fileContents;
  private final long[] own;
  private final boolean[] readable;
  private final boolean[] unmapped;
  private int unmappedCount;

  SimRegion(
      String name, long base, int pages, boolean shared, boolean device, boolean readable, @Nullable VmFile file,
      long[] fileContents) {
    this.name = name;
    this.base = base;
    this.pages = pages;
    this.shared = shared;
    this.device = device;
    this.file = file;
    this.fileContents = fileContents;
    own = new long[pages];
    Arrays.fill(own, NO_COPY);
    this.readable = new boolean[pages];
    Arrays.fill(this.readable, readable);
    unmapped = new boolean[pages];
  }

  long address(int page) {
    return base + (long) page * PAGE;
  }

  void written(int page, long pattern) {
    if (shared) {
      fileContents[page] = pattern;
    } else {
      own[page] = pattern;
    }
  }

  /** The page's own copy is gone. */
  void dropped(int page) {
    own[page] = NO_COPY;
  }

  void isReadable(int page, boolean now) {
    readable[page] = now;
  }

  void unmapped(int page) {
    if (!unmapped[page]) {
      unmapped[page] = true;
      unmappedCount++;
    }
  }

  boolean isMapped(int page) {
    return !unmapped[page];
  }

  boolean isGone() {
    return unmappedCount == pages;
  }

  /** Whether the page may be looked at: mapped, readable, and there by this status or because it was written. */
  boolean canLook(int page, int status) {
    boolean there = status >= 0 || !shared && own[page] != NO_COPY;
    return !device && !unmapped[page] && readable[page] && there;
  }

  long expected(int page) {
    return shared || own[page] == NO_COPY ? fileContents[page] : own[page];
  }
}
