package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.fuzz.World.Region;
import io.github.pageferry.it.workload.PageSelector;
import io.github.pageferry.it.workload.PageSelector.Hole;
import io.github.pageferry.it.workload.PageSelector.Null;
import io.github.pageferry.it.workload.PageSelector.Pages;
import io.github.pageferry.it.workload.Step.Backing;
import java.util.ArrayList;
import java.util.List;

/** Draws page selectors. */
final class Selections {

  /** What tables and lists of the kernel hold: a pagevec (14, later 15 and 31), a chunk of move_pages (16; 169). */
  private static final int[] BORDERS = {14, 15, 16, 17, 31, 32, 168, 169, 170, 338, 339};

  private final Draw draw;
  private final Mood mood;
  private final World world;

  Selections(Draw draw, Mood mood, World world) {
    this.draw = draw;
    this.mood = mood;
    this.world = world;
  }

  /** For calls that take addresses one by one: in any order, with duplicates, holes, null and odd addresses. */
  List<PageSelector> scattered() {
    if (draw.percent(40)) {
      return List.of(whole(world.region(draw), 0));
    }
    if (draw.percent(2)) {
      return List.of();
    }
    List<PageSelector> parts = new ArrayList<>();
    Region region = world.region(draw);
    int count = draw.oneOf(1, 1, 2, 3, 4, 6);
    for (int i = 0; i < count; i++) {
      region = draw.percent(60) ? region : world.region(draw);
      parts.add(draw.percent(mood.odd) ? odd(region) : some(region, 0));
      if (draw.percent(10)) {
        parts.add(draw.oneOf(parts));
      }
    }
    if (draw.percent(3)) {
      fillToBorder(parts, region);
    }
    return parts;
  }

  /** Repeats single pages until the call has just as many entries as some table of the kernel. */
  private void fillToBorder(List<PageSelector> parts, Region region) {
    int wanted = draw.oneOf(BORDERS);
    List<PageSelector> pages = List.of(page(region, 0), page(region, 0), page(region, 0), new Hole(0));
    int count = parts.stream().mapToInt(part -> count(part, world)).sum();
    for (int i = 0; count < wanted; i++, count++) {
      parts.add(pages.get(i % (mood.odd > 0 ? 4 : 3)));
    }
  }

  /** For calls on ranges and single accesses: mostly one run of pages. */
  List<PageSelector> ranges() {
    Region region = world.region(draw);
    if (draw.percent(50)) {
      return List.of(whole(region, 0));
    }
    if (draw.percent(mood.odd / 5)) {
      return draw.percent(20) ? List.of() : List.of(odd(region));
    }
    PageSelector first = some(region, 0);
    return draw.percent(85) ? List.of(first) : List.of(first, some(world.region(draw), 0));
  }

  /**
   * For calls that divide a mapping where the range ends inside of it. Of a device's mapping that is up to its driver:
   * a perf event's buffer cannot be divided, /dev/mem can. So it is taken as a whole.
   */
  List<PageSelector> dividing() {
    return wholeDevices(ranges());
  }

  private List<PageSelector> wholeDevices(List<PageSelector> parts) {
    return parts.stream().map(part -> isDevice(part) ? new Pages(((Pages) part).region(), 0, Pages.TO_THE_END, 0) : part)
        .toList();
  }

  boolean isDevice(PageSelector part) {
    return part instanceof Pages pages && world.regions().stream()
        .anyMatch(region -> region.name.equals(pages.region()) && region.backing == Backing.DEVICE);
  }

  /** Pages of a region as they are, and now and then what is no page; never an odd address. */
  List<PageSelector> aligned(int most) {
    if (draw.percent(mood.odd / 5)) {
      return List.of(draw.percent(50) ? new Hole(0) : new Null(0));
    }
    Region region = world.region(draw);
    int length = Math.min(region.pages, draw.between(1, most));
    return List.of(run(region, draw.below(region.pages - length + 1), length, 0));
  }

  /** One contiguous run. */
  List<PageSelector> run(Region region) {
    int offset = draw.percent(mood.odd / 10) ? offset() : 0;
    if (draw.percent(mood.odd / 10)) {
      return List.of(draw.percent(50) ? new Hole(0) : new Null(0));
    }
    return wholeDevices(List.of(draw.percent(40) ? whole(region, offset) : some(region, offset)));
  }

  private PageSelector odd(Region region) {
    return switch (draw.below(6)) {
      case 0, 1 -> new Hole(draw.percent(20) ? offset() : 0);
      case 2 -> new Null(draw.percent(20) ? offset() : 0);
      case 3 -> some(region, offset());
      default -> page(region, offset());
    };
  }

  private int offset() {
    return draw.oneOf(1, 8, 100, 2048, 4095);
  }

  private PageSelector whole(Region region, int offset) {
    return new Pages(region.name, 0, Pages.TO_THE_END, offset);
  }

  private PageSelector some(Region region, int offset) {
    if (draw.percent(40)) {
      return page(region, offset);
    }
    int length = draw.between(1, draw.percent(70) ? Math.min(region.pages, 12) : region.pages);
    return run(region, draw.below(region.pages - length + 1), length, offset);
  }

  /** Often at one of the borders. */
  private PageSelector page(Region region, int offset) {
    int last = region.pages - 1;
    int page = draw.percent(20) ? draw.oneOf(0, last, Math.min(168, last)) : draw.below(region.pages);
    return run(region, page, 1, offset);
  }

  private static PageSelector run(Region region, int first, int length, int offset) {
    return new Pages(region.name, first, first + length - 1, offset);
  }

  /** How many addresses it names. */
  static int count(PageSelector part, World world) {
    if (!(part instanceof Pages pages)) {
      return 1;
    }
    if (pages.last() != Pages.TO_THE_END) {
      return pages.last() - pages.first() + 1;
    }
    return world.regions().stream().filter(region -> region.name.equals(pages.region()))
        .mapToInt(region -> region.pages).findFirst().orElseThrow();
  }
}
