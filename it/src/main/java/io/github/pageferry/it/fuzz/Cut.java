package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.workload.PageSelector;
import io.github.pageferry.it.workload.PageSelector.Pages;
import io.github.pageferry.it.workload.Step;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes steps away or makes regions smaller, and mends what is left: selectors lose the pages that are gone, and steps that
 * have nothing left to be about go, too.
 */
final class Cut {

  private final BitSet dropped;
  private final Map<Integer, Integer> newSizes;
  private final Map<String, Integer> sizesBefore = new HashMap<>();
  private final Map<String, Integer> sizes = new HashMap<>();
  /** How many pages regions have lost at their beginning. */
  private final Map<String, Integer> lost = new HashMap<>();
  private final boolean atBeginning;
  private final Set<String> children = new HashSet<>();
  private final List<Step> kept = new ArrayList<>();

  private Cut(BitSet dropped, Map<Integer, Integer> newSizes, boolean atBeginning) {
    this.dropped = dropped;
    this.newSizes = newSizes;
    this.atBeginning = atBeginning;
  }

  /** What is left without the steps of these indexes. */
  static List<Step> drop(List<Step> steps, int from, int to) {
    BitSet dropped = new BitSet();
    dropped.set(from, to);
    return new Cut(dropped, Map.of(), false).of(steps);
  }

  /**
   * What is left where the region of the {@code map} step of this index has so many pages.
   *
   * @param atBeginning whether its first pages are gone, and not its last
   */
  static List<Step> shrink(List<Step> steps, int map, int pages, boolean atBeginning) {
    return new Cut(new BitSet(), Map.of(map, pages), atBeginning).of(steps);
  }

  private List<Step> of(List<Step> steps) {
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step instanceof Step.Map map) {
        map(i, map);
      } else if (!dropped.get(i)) {
        keep(step);
      }
    }
    return kept;
  }

  private void map(int index, Step.Map map) {
    boolean second = !map.of().isEmpty();
    sizesBefore.put(map.as(), second ? sizesBefore.getOrDefault(map.of(), 0) : map.pages());
    if (dropped.get(index) || second && !sizes.containsKey(map.of())) {
      sizes.remove(map.as());
      return;
    }
    int pages = second ? sizes.get(map.of()) : newSizes.getOrDefault(index, map.pages());
    sizes.put(map.as(), pages);
    lost.put(map.as(), second ? lost.get(map.of()) : atBeginning ? map.pages() - pages : 0);
    kept.add(second ? map
        : new Step.Map(map.as(), pages, map.backing(), map.sharing(), map.prot(), map.of(), map.huge()));
  }

  private void keep(Step step) {
    if (step instanceof Step.Fork fork) {
      children.add(fork.as());
      kept.add(step);
    } else if (step instanceof Step.Exit exit) {
      if (children.remove(exit.process())) {
        kept.add(step);
      }
    } else if (step instanceof Step.Sync sync) {
      if (sizes.containsKey(sync.region())) {
        kept.add(step);
      }
    } else if (hasProcess(step)) {
      pages(step).ifPresent(kept::add);
    }
  }

  private boolean hasProcess(Step step) {
    String process = step instanceof Step.Move s ? s.process()
        : step instanceof Step.Query s ? s.process()
        : step instanceof Step.Migrate s ? s.process()
        : "self";
    return Set.of("self", "kernel", "absent").contains(process) || children.contains(process);
  }

  /** The step on the pages that are left; empty where there is none. */
  private Optional<Step> pages(Step step) {
    Optional<List<PageSelector>> before = StepPages.of(step);
    if (before.isEmpty()) {
      return Optional.of(step);
    }
    Targets targets = Targets.of(step, sizesBefore);
    List<PageSelector> after = new ArrayList<>();
    List<Integer> to = new ArrayList<>();
    for (int i = 0; i < before.get().size(); i++) {
      PageSelector part = before.get().get(i);
      if (!(part instanceof Pages pages)) {
        after.add(part);
        to.addAll(targets.ofPart(i));
      } else if (sizes.containsKey(pages.region())) {
        keep(pages, targets.ofPart(i), after, to);
      }
    }
    return after.isEmpty() && !before.get().isEmpty() ? Optional.empty()
        : Optional.of(StepPages.with(step, after, targets.joined(to)));
  }

  /** Adds what is left of a run and of its nodes. */
  private void keep(Pages pages, List<Integer> nodes, List<PageSelector> after, List<Integer> to) {
    int shift = lost.get(pages.region());
    int size = sizes.get(pages.region());
    boolean whole = pages.last() == Pages.TO_THE_END;
    int first = Math.max(pages.first() - shift, 0);
    int last = whole ? size - 1 : Math.min(pages.last() - shift, size - 1);
    if (first <= last) {
      after.add(whole ? pages : new Pages(pages.region(), first, last, pages.offset()));
      int skipped = first + shift - pages.first();
      to.addAll(nodes.isEmpty() ? nodes : nodes.subList(skipped, skipped + last - first + 1));
    }
  }
}
