package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.workload.Step.Backing;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** What a workload in the making has: regions, children, extra references. */
final class World {

  private static final int MOST_REGIONS = 6;
  private static final List<String> CHILDREN = List.of("childx", "childy", "childz");

  private final List<Region> regions = new ArrayList<>();
  private final List<String> children = new ArrayList<>();
  /** Huge pages of the pool that regions have reserved. */
  int hugePages;
  /** Pages that have been pinned. */
  int pins;
  /** How often pages have been merged. */
  int merges;
  /** Pages of files on disks, whose room is small in virtual machines. */
  int diskPages;

  /** A region, of which pages may have been unmapped. */
  static final class Region {
    final String name;
    final int pages;
    final Backing backing;
    final boolean shared;
    private final BitSet unmapped = new BitSet();

    Region(String name, int pages, Backing backing, boolean shared) {
      this.name = name;
      this.pages = pages;
      this.backing = backing;
      this.shared = shared;
    }

    boolean isFile() {
      return backing != Backing.ANON && backing != Backing.DEVICE && backing != Backing.HUGETLB;
    }

    /** Shared anonymous memory is found again by its first page, mremap(2). */
    boolean canBeMappedAgain() {
      return isFile() || backing == Backing.ANON && shared && !unmapped.get(0);
    }

    /** Shared memory in the kernel's sense: tmpfs, or what stands behind shared anonymous mappings. */
    boolean isShmem() {
      return backing == Backing.TMPFS || backing == Backing.ANON && shared;
    }

    /** Of the pool a page cannot be unmapped by itself. */
    void unmapped(int first, int last) {
      if (backing != Backing.HUGETLB) {
        unmapped.set(first, last + 1);
      }
    }

    boolean isGone() {
      return unmapped.cardinality() == pages;
    }
  }

  List<Region> regions() {
    return regions;
  }

  boolean hasRoom() {
    return regions.size() < MOST_REGIONS;
  }

  Region region(Draw draw) {
    return draw.oneOf(regions);
  }

  /** A name that no region has; one that is gone has left its own. */
  String newName() {
    for (char name = 'a'; ; name++) {
      String candidate = String.valueOf(name);
      if (regions.stream().noneMatch(region -> region.name.equals(candidate))) {
        return candidate;
      }
    }
  }

  void map(Region region) {
    regions.removeIf(before -> before.name.equals(region.name));
    regions.add(region);
  }

  /** Lets regions go of which no page is left, so that their names are free again. */
  void forgetGone() {
    // One region is kept, so that steps have something to be about.
    if (regions.size() > 1) {
      regions.removeIf(region -> region.isGone() && regions.size() > 1);
    }
  }

  List<String> children() {
    return children;
  }

  List<String> childrenToCome() {
    return CHILDREN.stream().filter(name -> !children.contains(name)).toList();
  }
}
