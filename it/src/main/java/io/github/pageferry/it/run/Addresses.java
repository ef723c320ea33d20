package io.github.pageferry.it.run;

import io.github.pageferry.it.workload.PageSelector;
import io.github.pageferry.it.workload.PageSelector.Pages;
import io.github.pageferry.it.workload.Selectors;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Which page each entry of a call's array names. */
final class Addresses {

  private Addresses() {}

  /** The selector of the page that entry {@code i} of a {@code move} or {@code query} names; empty for other steps. */
  static IntFunction<String> labels(Workload workload, Step step) {
    List<PageSelector> pages = step instanceof Step.Move move ? move.pages()
        : step instanceof Step.Query query ? query.pages()
        : List.of();
    List<String> labels = new ArrayList<>();
    Map<String, Integer> sizes = pages.isEmpty() ? Map.of() : sizes(workload, step);
    for (PageSelector part : pages) {
      if (part instanceof Pages run) {
        int last = run.last() == Pages.TO_THE_END ? sizes.getOrDefault(run.region(), 0) - 1 : run.last();
        for (int page = run.first(); page <= last; page++) {
          labels.add(Selectors.format(new Pages(run.region(), page, page, run.offset())));
        }
      } else {
        labels.add(Selectors.format(part));
      }
    }
    return i -> i < labels.size() ? labels.get(i) : "";
  }

  private static Map<String, Integer> sizes(Workload workload, Step until) {
    Map<String, Integer> sizes = new HashMap<>();
    for (Step step : workload.steps()) {
      if (step == until) {
        break;
      }
      if (step instanceof Step.Map map) {
        sizes.put(map.as(), map.of().isEmpty() ? map.pages() : sizes.getOrDefault(map.of(), 0));
      }
    }
    return sizes;
  }
}
