package io.github.pageferry.it.host;

import io.github.pageferry.it.workload.Step.Prot;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A mapping of the run, and what the run knows of each of its pages. */
final class Region {

  final String name;
  final long base;
  final int pages;
  final boolean shared;
  /** Whether it maps a device: its content is nobody's to check. */
  final boolean device;
  /** What its pages belong to where they are shared or of a file; null for private anonymous memory and devices. */
  final @Nullable PageSource source;

  private final @Nullable Prot[] protection;
  private final long[] own;
  private int mapped;

  Region(String name, long base, int pages, boolean shared, boolean device, @Nullable PageSource source, Prot prot) {
    this.name = name;
    this.base = base;
    this.pages = pages;
    this.shared = shared;
    this.device = device;
    this.source = source;
    protection = new Prot[pages];
    Arrays.fill(protection, prot);
    own = new long[pages];
    Arrays.fill(own, Pattern.INHERITED);
    mapped = pages;
  }

  long address(int page) {
    return base + (long) page * Libc.PAGE_SIZE;
  }

  boolean hasMappedPage() {
    return mapped > 0;
  }

  void protect(int page, Prot prot) {
    if (isMapped(page)) {
      protection[page] = prot;
    }
  }

  void unmapped(int page) {
    if (isMapped(page)) {
      protection[page] = null;
      mapped--;
    }
  }

  /** Whether the page is mapped and may be read. */
  boolean readable(int page) {
    return protection[page] == Prot.R || protection[page] == Prot.RW;
  }

  /** What was last written to the page through this mapping. */
  void wrote(int page, long pattern) {
    if (shared && source != null) {
      source.patterns[page] = pattern;
    } else {
      own[page] = pattern;
    }
  }

  /** The page's own copy has been thrown away. */
  void dropped(int page) {
    own[page] = Pattern.INHERITED;
  }

  boolean isMapped(int page) {
    return protection[page] != null;
  }

  /** Whether a private page was written and not thrown away since. */
  boolean hasOwn(int page) {
    return !shared && own[page] != Pattern.INHERITED;
  }

  /** What the page should hold. */
  long expected(int page) {
    if (hasOwn(page)) {
      return own[page];
    }
    return source == null ? Pattern.ZERO : source.patterns[page];
  }
}
