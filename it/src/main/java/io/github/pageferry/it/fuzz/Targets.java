package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.workload.PageSelector;
import io.github.pageferry.it.workload.PageSelector.Pages;
import io.github.pageferry.it.workload.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The nodes of a {@code move}, part by part of its selector; of other steps nothing. */
final class Targets {

  private final List<List<Integer>> parts;
  private final List<Integer> all;

  private Targets(List<List<Integer>> parts, List<Integer> all) {
    this.parts = parts;
    this.all = all;
  }

  /**
   * Takes them apart.
   *
   * @param sizes of the regions at that step
   */
  static Targets of(Step step, Map<String, Integer> sizes) {
    List<PageSelector> selected = StepPages.of(step).orElse(List.of());
    List<Integer> to = step instanceof Step.Move move ? move.to() : List.of();
    List<List<Integer>> parts = new ArrayList<>();
    int at = 0;
    for (PageSelector part : selected) {
      int count = count(part, sizes);
      if (to.size() == 1) {
        parts.add(Collections.nCopies(count, to.get(0)));
      } else {
        int end = Math.min(at + count, to.size());
        parts.add(to.subList(Math.min(at, end), end));
        at = end;
      }
    }
    return new Targets(parts, to);
  }

  /** How many addresses a part of a selector names. */
  static int count(PageSelector part, Map<String, Integer> sizes) {
    if (!(part instanceof Pages pages)) {
      return 1;
    }
    return pages.last() == Pages.TO_THE_END
        ? sizes.getOrDefault(pages.region(), 0) : pages.last() - pages.first() + 1;
  }

  List<Integer> ofPart(int part) {
    return parts.get(part);
  }

  /** One node for all where they are alike, which is the same array; for no page at all, what was there. */
  List<Integer> joined(List<Integer> to) {
    if (to.isEmpty()) {
      return all.subList(0, Math.min(1, all.size()));
    }
    return to.stream().distinct().count() == 1 ? List.of(to.get(0)) : List.copyOf(to);
  }
}
