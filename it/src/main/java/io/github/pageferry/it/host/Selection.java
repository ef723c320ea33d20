package io.github.pageferry.it.host;

import io.github.pageferry.it.workload.PageSelector;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The addresses that a list of page selectors stands for, in order, each with the page that it is in, if any. */
final class Selection {

  /** What {@code null+OFFSET} may reach: below this no process maps anything (vm.mmap_min_addr). */
  private static final int LOWEST_MAPPING = 1 << 16;

  private long[] addresses = new long[16];
  private @Nullable Region[] regions = new Region[16];
  private int[] pages = new int[16];
  private int size;

  /**
   * Looks the selectors up.
   *
   * @throws IllegalArgumentException where a selector names a page that its region does not have
   */
  static Selection of(List<PageSelector> selectors, Regions known) {
    Selection selection = new Selection();
    for (PageSelector selector : selectors) {
      if (selector instanceof PageSelector.Pages wanted) {
        selection.add(wanted, known.get(wanted.region()));
      } else if (selector instanceof PageSelector.Hole) {
        selection.add(known.hole() + selector.offset(), null, 0);
      } else if (selector.offset() >= 0 && selector.offset() < LOWEST_MAPPING) {
        selection.add(selector.offset(), null, 0);
      } else {
        // this JVM's own memory may begin there
        throw new IllegalArgumentException("null+" + selector.offset() + " is not in the first 64 KiB of addresses");
      }
    }
    return selection;
  }

  private void add(PageSelector.Pages wanted, Region region) {
    int last = wanted.last() == PageSelector.Pages.TO_THE_END ? region.pages - 1 : wanted.last();
    if (wanted.first() < 0 || last >= region.pages || wanted.first() > last) {
      throw new IllegalArgumentException("pages " + wanted.first() + "-" + last + " are not in region " + region.name
          + " of " + region.pages + " pages");
    }
    int further = Math.floorDiv(wanted.offset(), Libc.PAGE_SIZE);
    for (int page = wanted.first(); page <= last; page++) {
      int reached = page + further;
      boolean inside = reached >= 0 && reached < region.pages;
      add(region.address(page) + wanted.offset(), inside ? region : null, inside ? reached : 0);
    }
  }

  private void add(long address, @Nullable Region region, int page) {
    if (size == addresses.length) {
      addresses = Arrays.copyOf(addresses, 2 * size);
      regions = Arrays.copyOf(regions, 2 * size);
      pages = Arrays.copyOf(pages, 2 * size);
    }
    addresses[size] = address;
    regions[size] = region;
    pages[size] = page;
    size++;
  }

  int size() {
    return size;
  }

  long address(int index) {
    return addresses[index];
  }

  /** The first byte of the page that the address is in. */
  long pageAddress(int index) {
    return addresses[index] & -Libc.PAGE_SIZE;
  }

  /** The region that the address is in; null where it is in none. */
  @Nullable Region region(int index) {
    return regions[index];
  }

  /** Which page of its region the address is in. */
  int page(int index) {
    return pages[index];
  }

  /** The index after the last entry of the run of neighbouring pages that begins at this index. */
  int endOfRun(int index) {
    int end = index + 1;
    while (end < size && addresses[end] == addresses[end - 1] + Libc.PAGE_SIZE) {
      end++;
    }
    return end;
  }
}
