package io.github.pageferry.it.workload;

import io.github.pageferry.it.workload.PageSelector.Pages;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The most that a workload can come to hold of a machine's memory, all its processes together: an upper bound, told from its
 * steps without running them. Huge pages of the pool and a device's memory are no part of it.
 */
public final class MemoryDemand {

  private static final int HUGE_PAGES = 512;

  /** What a region holds at most, and on which nodes it can be. */
  private static final class Region {
    final long size;
    final boolean huge;
    final Set<Integer> nodes = new TreeSet<>();
    /** How many of each page there can be, since each process can have its own; 0 where its memory does not count. */
    long copies = 1;
    long held;

    Region(long size, boolean huge) {
      this.size = huge ? (size + HUGE_PAGES - 1) / HUGE_PAGES * HUGE_PAGES : size;
      this.huge = huge;
    }

    void bringIn(long pages) {
      held = Math.min(held + (huge ? Math.max(pages, size) : pages), size * copies);
    }
  }

  private final Map<String, Region> regions = new HashMap<>();
  /** Regions of those names before, which children may still hold. */
  private long former;
  private final Set<Integer> everywhere = new TreeSet<>();
  /** Numbers that a trace of it has, at least. */
  private long traced;

  private MemoryDemand() {}

  /** Goes through the steps of a workload. */
  public static MemoryDemand of(Workload workload) {
    MemoryDemand demand = new MemoryDemand();
    for (Step step : workload.steps()) {
      demand.add(step);
    }
    return demand;
  }

  /** How many base pages it can hold at once. */
  public long pages() {
    return former + regions.values().stream().mapToLong(region -> region.held).sum();
  }

  /** How many of them can be on one node at once, for each node that is named or that memory comes from by itself (node 0). */
  public Map<Integer, Long> pagesByNode() {
    Map<Integer, Long> byNode = new TreeMap<>();
    byNode.put(0, former);
    for (Region region : regions.values()) {
      Set<Integer> nodes = new TreeSet<>(region.nodes);
      nodes.addAll(everywhere);
      nodes.forEach(node -> byNode.merge(node, region.held, Long::sum));
    }
    return byNode;
  }

  /** How many statuses and placements a trace of it holds: after each step one for each page of each region. */
  public long traced() {
    return traced;
  }

  private void add(Step step) {
    if (step instanceof Step.Map map) {
      map(map);
    } else if (step instanceof Step.Touch touch) {
      bringIn(touch.pages(), touch.node().isPresent() ? Set.of(touch.node().getAsInt()) : Set.of(0));
    } else if (step instanceof Step.Lock lock) {
      bringIn(lock.pages(), Set.of(0));
    } else if (step instanceof Step.Pin pin) {
      bringIn(pin.pages(), Set.of(0));
    } else if (step instanceof Step.Fork) {
      regions.values().forEach(region -> region.copies += region.copies > 0 ? 1 : 0);
    } else if (step instanceof Step.Move move) {
      traced += reach(move.pages(), move.to());
    } else if (step instanceof Step.Query query) {
      traced += reach(query.pages(), List.of());
    } else if (step instanceof Step.Bind bind) {
      reach(bind.pages(), bind.nodes());
    } else if (step instanceof Step.Migrate migrate) {
      everywhere.addAll(migrate.to());
    } else if (step instanceof Step.Cpuset cpuset) {
      everywhere.addAll(cpuset.mems());
    }
    traced += regions.values().stream().mapToLong(region -> region.size).sum();
  }

  private void map(Step.Map map) {
    Optional<Region> same = Optional.ofNullable(regions.get(map.of()));
    Region region = new Region(same.isPresent() ? same.get().size : map.pages(), map.huge());
    if (map.backing() == Step.Backing.DEVICE || map.backing() == Step.Backing.HUGETLB) {
      region.copies = 0;
    } else if (same.isEmpty() && map.backing() != Step.Backing.ANON) {
      // a file's pages are in memory from the beginning; a private mapping can have its own beside them
      region.bringIn(region.size);
      region.nodes.add(0);
      region.copies = map.sharing() == Step.Sharing.PRIVATE ? 2 : 1;
    }
    Region before = regions.put(map.as(), region);
    former += before == null || before.copies <= 1 ? 0 : before.held;
  }

  private void bringIn(List<PageSelector> pages, Set<Integer> nodes) {
    for (PageSelector part : pages) {
      Region region = region(part);
      if (region != null) {
        region.bringIn(count(part, region));
        region.nodes.addAll(nodes);
      }
    }
  }

  /** Takes note of where pages can go, and says how many are named. */
  private long reach(List<PageSelector> pages, List<Integer> nodes) {
    long named = 0;
    for (PageSelector part : pages) {
      Region region = region(part);
      named += region == null ? 1 : count(part, region);
      if (region != null) {
        region.nodes.addAll(nodes);
      }
    }
    return named;
  }

  private @Nullable Region region(PageSelector part) {
    return part instanceof Pages pages ? regions.get(pages.region()) : null;
  }

  private static long count(PageSelector part, Region region) {
    return part instanceof Pages pages && pages.last() != Pages.TO_THE_END
        ? pages.last() - (long) pages.first() + 1 : region.size;
  }
}
