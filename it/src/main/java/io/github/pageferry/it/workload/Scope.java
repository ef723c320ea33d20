package io.github.pageferry.it.workload;

import io.github.pageferry.it.workload.PageSelector.Pages;
import io.github.pageferry.it.workload.Step.Backing;
import io.github.pageferry.it.workload.Step.Sharing;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The regions and processes that the steps read so far have made. */
final class Scope {

  /** What regions and children are called. */
  static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  /** Words of selectors, which no region can be called. */
  private static final Set<String> NO_REGIONS = Set.of("hole", "null");

  private static final Set<String> NO_CHILDREN = Set.of("self", "kernel", "absent");

  /** As a region's size: not known, since its step is wrong. */
  static final int UNKNOWN = -1;

  private final Map<String, Region> regions = new HashMap<>();
  private final Map<String, Boolean> children = new HashMap<>();

  /**
   * A region.
   *
   * @param pages its size, or {@link #UNKNOWN}
   * @param unmapped which of its pages have been unmapped
   */
  record Region(int pages, Backing backing, Sharing sharing, BitSet unmapped) {

    Region(int pages, Backing backing, Sharing sharing) {
      this(pages, backing, sharing, new BitSet());
    }

    boolean isGone() {
      return unmapped.cardinality() == pages;
    }

    boolean isFile() {
      return switch (backing) {
        case TMPFS, RAMFS, EXT4, VFAT -> true;
        case ANON, DEVICE, HUGETLB -> false;
      };
    }

    boolean isSharedAnonymous() {
      return backing == Backing.ANON && sharing == Sharing.SHARED;
    }
  }

  Optional<Region> region(String name) {
    return Optional.ofNullable(regions.get(name));
  }

  /** Why a new region cannot be called so. */
  Optional<String> whyNotNewRegion(String name) {
    if (NO_REGIONS.contains(name)) {
      return Optional.of("'" + name + "' is a selector of its own and cannot name a region");
    }
    Region before = regions.get(name);
    return before == null || before.isGone()
        ? Optional.empty()
        : Optional.of("region '" + name + "' is there already");
  }

  /** Adds a region; its name may have been that of one that is gone. */
  void map(String name, Region region) {
    Region before = regions.get(name);
    if (before == null || before.isGone()) {
      regions.put(name, region);
    }
  }

  /** Takes note of pages that are no longer mapped; munmap(2) refuses odd addresses and parts of huge pages. */
  void unmap(List<PageSelector> selected) {
    for (PageSelector part : selected) {
      if (part instanceof Pages pages && pages.offset() == 0) {
        Region region = regions.get(pages.region());
        if (region != null && region.pages() != UNKNOWN && region.backing() != Backing.HUGETLB) {
          region.unmapped().set(pages.first(), Math.min(last(pages), region.pages() - 1) + 1);
        }
      }
    }
  }

  /** Why a new child cannot be called so. */
  Optional<String> whyNotNewChild(String name) {
    if (NO_CHILDREN.contains(name)) {
      return Optional.of("'" + name + "' is a process of its own and cannot name a child");
    }
    return children.getOrDefault(name, false)
        ? Optional.of("child '" + name + "' is there already")
        : Optional.empty();
  }

  void fork(String name) {
    children.put(name, true);
  }

  void exit(String name) {
    children.put(name, false);
  }

  /** Why no child of this name can be spoken of. */
  Optional<String> whyNoChild(String name) {
    Boolean alive = children.get(name);
    if (alive == null) {
      return Optional.of("there is no process '" + name + "' at this step");
    }
    return alive ? Optional.empty() : Optional.of("process '" + name + "' has exited before this step");
  }

  /** Why this process cannot be spoken of. */
  Optional<String> whyNoProcess(String name) {
    return NO_CHILDREN.contains(name) ? Optional.empty() : whyNoChild(name);
  }

  /** How many addresses are selected, or {@link #UNKNOWN}. */
  long count(List<PageSelector> selected) {
    long count = 0;
    for (PageSelector part : selected) {
      long more = part instanceof Pages pages ? last(pages) - (long) pages.first() + 1 : 1;
      if (part instanceof Pages pages && last(pages) == UNKNOWN) {
        return UNKNOWN;
      }
      count += more;
    }
    return count;
  }

  private int last(Pages pages) {
    if (pages.last() != Pages.TO_THE_END) {
      return pages.last();
    }
    Region region = regions.get(pages.region());
    return region == null || region.pages() == UNKNOWN ? UNKNOWN : region.pages() - 1;
  }

  /** Whether what is selected is one run of pages, each right after the one before; true where that is not known. */
  boolean isContiguous(List<PageSelector> selected) {
    if (selected.isEmpty()) {
      return false;
    }
    for (int i = 1; i < selected.size(); i++) {
      if (!(selected.get(i - 1) instanceof Pages before)
          || !(selected.get(i) instanceof Pages after)
          || !before.region().equals(after.region())
          || before.offset() != after.offset()) {
        return false;
      }
      int last = last(before);
      if (last != UNKNOWN && last + 1 != after.first()) {
        return false;
      }
    }
    return true;
  }
}
