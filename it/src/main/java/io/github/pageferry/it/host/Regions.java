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

  void add(Region region) {
    byName.put(region.name, region);
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  /**
   * The region of this name.
   *
   * @throws IllegalArgumentException where there is none
   */
  Region get(String name) {
    Region region = byName.get(name);
    if (region == null) {
      throw new IllegalArgumentException("there is no region " + name);
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
