package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.workload.PageSelector;
import io.github.pageferry.it.workload.PageSelector.Pages;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Step.Backing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Ways to make the steps of a workload fewer, shorter or simpler, those that take most away first. */
final class Reductions {

  /** Each gives the lists of steps to try in place of a list. */
  static final List<Function<List<Step>, List<List<Step>>>> ALL =
      List.of(Reductions::fewerSteps, Reductions::smallerRegions, Reductions::shorterSelectors, Reductions::simplerFields);

  private static final int HUGE_PAGE = 512;

  private Reductions() {}

  /** Without each half, each quarter, … each single step. */
  static List<List<Step>> fewerSteps(List<Step> steps) {
    List<List<Step>> results = new ArrayList<>();
    for (int length = steps.size() / 2; length > 0; length /= 2) {
      // From the end: what comes after the divergence is not needed.
      for (int end = steps.size(); end > 0; end -= length) {
        results.add(Cut.drop(steps, Math.max(0, end - length), end));
      }
    }
    return results;
  }

  private static List<List<Step>> smallerRegions(List<Step> steps) {
    List<List<Step>> results = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) instanceof Step.Map map && map.of().isEmpty()) {
        int unit = map.backing() == Backing.HUGETLB ? HUGE_PAGE : 1;
        int units = map.pages() / unit;
        Set<Integer> sizes = new LinkedHashSet<>(List.of(1, 2, units / 2, units - units / 4, units - 1));
        for (int size : sizes) {
          if (size > 0 && size < units) {
            results.add(Cut.shrink(steps, i, size * unit, false));
            results.add(Cut.shrink(steps, i, size * unit, true));
          }
        }
      }
    }
    return results;
  }

  private static List<List<Step>> shorterSelectors(List<Step> steps) {
    List<List<Step>> results = new ArrayList<>();
    Map<String, Integer> sizes = new HashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step instanceof Step.Map map) {
        sizes.put(map.as(), map.of().isEmpty() ? map.pages() : sizes.getOrDefault(map.of(), 0));
      }
      List<PageSelector> parts = StepPages.of(step).orElse(List.of());
      Targets targets = Targets.of(step, sizes);
      for (int length = parts.size() / 2; length > 0; length /= 2) {
        for (int from = 0; from < parts.size(); from += length) {
          results.add(replaced(steps, i, without(step, parts, targets, from, Math.min(from + length, parts.size()))));
        }
      }
      for (int j = 0; j < parts.size(); j++) {
        if (parts.get(j) instanceof Pages pages) {
          for (Pages shorter : shorter(pages, sizes.getOrDefault(pages.region(), 0))) {
            results.add(replaced(steps, i, withPart(step, parts, targets, j, pages, shorter)));
          }
        }
      }
    }
    return results;
  }

  private static Step without(Step step, List<PageSelector> parts, Targets targets, int from, int until) {
    List<PageSelector> kept = new ArrayList<>();
    List<Integer> to = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      if (i < from || i >= until) {
        kept.add(parts.get(i));
        to.addAll(targets.ofPart(i));
      }
    }
    return StepPages.with(step, kept, targets.joined(to));
  }

  private static Step withPart(Step step, List<PageSelector> parts, Targets targets, int index, Pages before, Pages after) {
    List<PageSelector> kept = new ArrayList<>(parts);
    kept.set(index, after);
    List<Integer> to = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      List<Integer> part = targets.ofPart(i);
      int from = after.first() - before.first();
      boolean isWhole = after.last() == Pages.TO_THE_END;
      boolean same = i != index || part.isEmpty() || isWhole;
      to.addAll(same ? part : part.subList(from, from + after.last() - after.first() + 1));
    }
    return StepPages.with(step, kept, targets.joined(to));
  }

  /** The halves, the ends taken off, and the same pages at even addresses. */
  private static List<Pages> shorter(Pages pages, int size) {
    List<Pages> results = new ArrayList<>();
    int first = pages.first();
    int last = pages.last() == Pages.TO_THE_END ? size - 1 : pages.last();
    int count = last - first + 1;
    if (count > 1) {
      int half = first + count / 2;
      results.add(new Pages(pages.region(), first, half - 1, pages.offset()));
      results.add(new Pages(pages.region(), half, last, pages.offset()));
      results.add(new Pages(pages.region(), first + 1, last, pages.offset()));
      results.add(new Pages(pages.region(), first, last - 1, pages.offset()));
    }
    if (pages.offset() > 0) {
      results.add(new Pages(pages.region(), first, pages.last(), 0));
    }
    if (first == 0 && count == size && pages.last() != Pages.TO_THE_END) {
      results.add(new Pages(pages.region(), 0, Pages.TO_THE_END, pages.offset()));
    }
    return results;
  }

  private static List<List<Step>> simplerFields(List<Step> steps) {
    List<List<Step>> results = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      for (Step simpler : SimplerFields.of(steps.get(i))) {
        results.add(replaced(steps, i, simpler));
      }
    }
    return results;
  }

  private static List<Step> replaced(List<Step> steps, int index, Step step) {
    List<Step> copy = new ArrayList<>(steps);
    copy.set(index, step);
    return copy;
  }
}
