package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What this kernel has done wrong, as the real one of its release does, each written down by the code that does it. No part of the
 * kernel, which never asks: the checkers do, to tell what has a known cause from what has none.
 */
public final class Defects {

  private final Set<Integer> neverPutBack = new LinkedHashSet<>();
  private final Map<ZoneStat, Map<Integer, Long>> miscounted = new EnumMap<>(ZoneStat.class);
  private final List<LostMapping> lostMappings = new ArrayList<>();

  /**
   * Addresses whose entries stay though no VMA maps them any longer.
   *
   * @param start the first one
   * @param end the first one above
   */
  public record LostMapping(Mm mm, long start, long end) {}

  Defects() {}

  /** All pages of this list stay isolated for good, each with the isolation's reference. */
  void neverPutBack(PageList isolated) {
    for (int page = isolated.first(); page != 0; page = isolated.next(page)) {
      neverPutBack.add(page);
    }
  }

  /** A page that went from one node to another was counted so that one counter is 1 too high now and the other 1 too low. */
  void miscounted(ZoneStat stat, int high, int low) {
    Map<Integer, Long> nodes = miscounted.computeIfAbsent(stat, it -> new HashMap<>());
    nodes.merge(high, 1L, Long::sum);
    nodes.merge(low, -1L, Long::sum);
  }

  /** The entries from {@code start} on, up to {@code end}, stay without a VMA. */
  void lostMapping(Mm mm, long start, long end) {
    lostMappings.add(new LostMapping(mm, start, end));
  }

  /** The pages that nobody will put back, in the order in which they were isolated. */
  public Set<Integer> neverPutBack() {
    return Collections.unmodifiableSet(neverPutBack);
  }

  /** By how much a node's counter is too high; negative where it is too low. */
  public long miscounted(ZoneStat stat, int node) {
    return miscounted.getOrDefault(stat, Map.of()).getOrDefault(node, 0L);
  }

  /** What lost its VMA, in that order. */
  public List<LostMapping> lostMappings() {
    return Collections.unmodifiableList(lostMappings);
  }
}
