package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageList;
import io.github.pageferry.sim.mm.ZoneStat;
import java.util.ArrayList;
import java.util.BitSet;
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
  private final BitSet anonOnTheMove = new BitSet();
  private final Map<Mm, Rss> uncountedMigrating = new HashMap<>();
  private final Set<Integer> journalledAfterTruncation = new LinkedHashSet<>();

  /**
   * Addresses whose entries stay though no VMA maps them any longer.
   *
   * @param start the first one
   * @param end the first one above
   */
  public record LostMapping(Mm mm, long start, long end) {}

  /**
   * By how much the counters of an address space are too high, in pages; negative where they are too low.
   *
   * @param anon {@code MM_ANONPAGES}
   * @param file {@code MM_FILEPAGES}
   */
  public record Rss(long anon, long file) {

    private static final Rss RIGHT = new Rss(0, 0);

    private Rss plus(Rss other) {
      return new Rss(anon + other.anon, file + other.file);
    }
  }

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

  /** A migration entry leads to this page now. Which of a process's counters knows of it cannot be told once it has been replaced. */
  void onTheMove(int page, boolean anon) {
    anonOnTheMove.set(page, anon);
  }

  /** An address space got one more migration entry of this page, or one less, and its counters were left as they are. */
  void uncountedMigrating(Mm mm, int page, int delta) {
    Rss excess = anonOnTheMove.get(page) ? new Rss(-delta, 0) : new Rss(0, -delta);
    uncountedMigrating.merge(mm, excess, Rss::plus);
  }

  /** This page was truncated, and has buffers that the journal writes all the same. Nobody can free it any longer. */
  void journalledAfterTruncation(int page) {
    journalledAfterTruncation.add(page);
  }

  /** The pages that nobody will put back, in the order in which they were isolated. */
  public Set<Integer> neverPutBack() {
    return Collections.unmodifiableSet(neverPutBack);
  }

  /** By how much a node's counter is too high; negative where it is too low. */
  public long miscounted(ZoneStat stat, int node) {
    return miscounted.getOrDefault(stat, Map.of()).getOrDefault(node, 0L);
  }

  /** By how much the counters of an address space are wrong since pages on the move are not counted. */
  public Rss uncountedMigrating(Mm mm) {
    return uncountedMigrating.getOrDefault(mm, Rss.RIGHT);
  }

  /** The pages that were journalled after they were truncated, in that order. */
  public Set<Integer> journalledAfterTruncation() {
    return Collections.unmodifiableSet(journalledAfterTruncation);
  }

  /** What lost its VMA, in that order. */
  public List<LostMapping> lostMappings() {
    return Collections.unmodifiableList(lostMappings);
  }
}
