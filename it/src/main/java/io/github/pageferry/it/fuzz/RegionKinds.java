package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.workload.PageSelector;
import io.github.pageferry.it.workload.PageSelector.Hole;
import io.github.pageferry.it.workload.PageSelector.Pages;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Step.Backing;
import io.github.pageferry.it.workload.Step.Sharing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What stands behind the addresses that steps name, as tables of coverage call it. Follows a workload step by step. */
final class RegionKinds {

  /** Where a step names no address. */
  static final String NONE = "-";

  private static final String HOLE = "hole";
  private static final String NULL = "null";

  /** All kinds, in the order of the tables. */
  static final List<String> ALL = all();

  private record Region(Backing backing, boolean shared, boolean huge, int pages) {}

  private final Map<String, Region> regions = new HashMap<>();

  private static List<String> all() {
    List<String> all = new ArrayList<>();
    for (Backing backing : Backing.values()) {
      all.add(kind(backing, hasPrivateAsDefault(backing) ? Sharing.PRIVATE : Sharing.SHARED, false));
      if (backing != Backing.DEVICE) {
        all.add(kind(backing, hasPrivateAsDefault(backing) ? Sharing.SHARED : Sharing.PRIVATE, false));
      }
    }
    all.add(kind(Backing.ANON, Sharing.PRIVATE, true));
    all.add(HOLE);
    all.add(NULL);
    return List.copyOf(all);
  }

  private static boolean hasPrivateAsDefault(Backing backing) {
    return backing == Backing.ANON || backing == Backing.HUGETLB;
  }

  /** The backing; and the sharing where it is not the usual one. */
  private static String kind(Backing backing, Sharing sharing, boolean huge) {
    boolean usual = (sharing == Sharing.PRIVATE) == hasPrivateAsDefault(backing);
    return (huge ? "thp" : backing.name().toLowerCase(Locale.ROOT))
        + (usual ? "" : "-" + sharing.name().toLowerCase(Locale.ROOT));
  }

  /** Takes note of a {@code map} step. */
  void map(Step.Map map) {
    Region of = regions.get(map.of());
    boolean shared = map.sharing() == Sharing.SHARED;
    regions.put(map.as(), of == null
        ? new Region(map.backing(), shared, map.huge(), map.pages())
        : new Region(of.backing, shared, map.huge(), of.pages));
  }

  String ofRegion(String name) {
    Region region = regions.get(name);
    return region == null ? NONE
        : kind(region.backing, region.shared ? Sharing.SHARED : Sharing.PRIVATE,
            region.huge && region.backing == Backing.ANON);
  }

  private String of(PageSelector part) {
    return part instanceof Pages pages ? ofRegion(pages.region()) : part instanceof Hole ? HOLE : NULL;
  }

  /** The kind of each address that is selected, in order. */
  List<String> ofEach(List<PageSelector> selected) {
    List<String> kinds = new ArrayList<>();
    for (PageSelector part : selected) {
      String kind = of(part);
      for (int i = count(part); i > 0; i--) {
        kinds.add(kind);
      }
    }
    return kinds;
  }

  private int count(PageSelector part) {
    if (!(part instanceof Pages pages)) {
      return 1;
    }
    if (pages.last() != Pages.TO_THE_END) {
      return pages.last() - pages.first() + 1;
    }
    Region region = regions.get(pages.region());
    return region == null ? 0 : region.pages;
  }
}
