package io.github.pageferry.it.host;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The regions of a run by name, in the order of mapping. */
final class Regions {

  private final AddressWindow window;
  private final Map<String, Region> byName = new LinkedHashMap<>();

  Regions(AddressWindow window) {
    this.window = window;
  }

  /** Adds a region, whose name may have been that of one of which nothing is mapped any more. */
  void add(Region region) {
    byName.remove(region.name);
    byName.put(region.name, region);
  }

  boolean hasMapped(String name) {
    Region region = byName.get(name);
    return region != null && region.hasMappedPage();
  }

  /**
   * The region of this name.
   *
   * @throws IllegalArgumentException where there is none
   */
  Region get(String name) {
    Region region = byName.get(name);
    if (region == null) {
      throw new IllegalArgumentException("there is no region " + name + ", or it could not be mapped");
    }
    return region;
  }

  /** All of them, also those of which nothing is mapped any more. */
  Collection<Region> all() {
    return byName.values();
  }

  /** A page-aligned address that nothing maps, with mappings above it. */
  long hole() {
    return window.hole();
  }
}
