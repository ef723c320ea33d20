package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.trace.Codes;
import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.PageSelector;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.StepWords;
import io.github.pageferry.it.workload.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which part of the vocabulary has been run: each step with what stands behind its pages and what it answered. A step that
 * names pages of several kinds counts for each; a status counts for the kind of its own page.
 */
public final class Coverage {

  /** Steps that name no page. */
  private static final Set<String> WITHOUT_PAGES = Set.of("migrate", "fork", "exit", "cpuset");

  /** A node number among statuses; a positive count among returned values. */
  static final String NODE = "node";
  static final String COUNT = "count";

  /**
   * A step on one kind of region.
   *
   * @param step its word
   * @param kind what stands behind the pages, for example {@code ext4-private}; {@code -} for steps without pages
   */
  public record Cell(String step, String kind) {}

  /**
   * What was seen of a cell.
   *
   * @param returned how often the step returned what: {@code 0}, {@code count}, {@code some}, an errno's name
   * @param statuses how often a page had which status: {@code node}, {@code untouched}, an errno's name
   */
  public record Seen(Map<String, Integer> returned, Map<String, Integer> statuses) {

    Seen() {
      this(new TreeMap<>(ZERO_FIRST), new TreeMap<>());
    }

    /** How often the step was run. */
    public int times() {
      return returned.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  private static final Comparator<String> ZERO_FIRST =
      Comparator.comparing((String word) -> !Character.isDigit(word.charAt(0))).thenComparing(Comparator.naturalOrder());

  private final Map<Cell, Seen> cells = new LinkedHashMap<>();

  /** With every cell that there can be, unseen. */
  public Coverage() {
    for (String step : StepWords.ALL) {
      for (String kind : kinds(step)) {
        cells.put(new Cell(step, kind), new Seen());
      }
    }
  }

  private static List<String> kinds(String step) {
    if (WITHOUT_PAGES.contains(step)) {
      return List.of(RegionKinds.NONE);
    }
    List<String> regions = RegionKinds.ALL.subList(0, RegionKinds.ALL.size() - 2);
    return switch (step) {
      case "map" -> regions;
      case "sync" -> regions.stream().filter(kind -> kind.matches("(tmpfs|ramfs|ext4|vfat).*")).toList();
      // Nothing can be selected only where addresses are a list.
      default -> RegionKinds.ALL;
    };
  }

  /** Adds what a backend answered to a workload that was run to its end. */
  public void add(Workload workload, Trace trace) {
    RegionKinds kinds = new RegionKinds();
    int steps = Math.min(workload.steps().size(), trace.outcomes().size());
    for (int i = 0; i < steps; i++) {
      Step step = workload.steps().get(i);
      Outcome outcome = trace.outcomes().get(i);
      if (step instanceof Step.Map map) {
        kinds.map(map);
      }
      List<String> each = each(step, kinds);
      for (String kind : new LinkedHashSet<>(each)) {
        boolean counts = outcome.returned() > 0 && outcome.returned() != Outcome.SOME;
        count(seen(step, kind).returned, counts ? COUNT : Codes.returned(outcome.returned()));
      }
      int[] statuses = outcome.status();
      for (int j = 0; statuses != null && j < Math.min(statuses.length, each.size()); j++) {
        count(seen(step, each.get(j)).statuses, statuses[j] >= 0 ? NODE : Codes.status(statuses[j]));
      }
    }
  }

  private static List<String> each(Step step, RegionKinds kinds) {
    if (step instanceof Step.Map map) {
      return List.of(kinds.ofRegion(map.as()));
    } else if (step instanceof Step.Sync sync) {
      return List.of(kinds.ofRegion(sync.region()));
    }
    Optional<List<PageSelector>> pages = StepPages.of(step);
    List<String> each = pages.map(kinds::ofEach).orElse(List.of());
    return each.isEmpty() ? List.of(RegionKinds.NONE) : each;
  }

  private Seen seen(Step step, String kind) {
    return cells.computeIfAbsent(new Cell(step.word(), kind), cell -> new Seen());
  }

  private static void count(Map<String, Integer> counts, String what) {
    counts.merge(what, 1, Integer::sum);
  }

  /** Every cell, in the order of the vocabulary, those that were never seen among them. */
  public Map<Cell, Seen> cells() {
    Map<Cell, Seen> sorted = new LinkedHashMap<>();
    for (String step : StepWords.ALL) {
      cells.forEach((cell, seen) -> {
        if (cell.step().equals(step)) {
          sorted.put(cell, seen);
        }
      });
    }
    return sorted;
  }

  /** The cells that no workload has been in. */
  public List<Cell> unseen() {
    return cells().entrySet().stream().filter(entry -> entry.getValue().times() == 0).map(Map.Entry::getKey).toList();
  }

  /** For each step that can answer so, the answers that were not seen; a step that has answered all is left out. */
  public Map<String, List<String>> unseenAnswers() {
    Map<String, List<String>> unseen = new LinkedHashMap<>();
    PossibleAnswers.BY_STEP.forEach((step, answers) -> {
      List<String> missing = new ArrayList<>(answers.returned());
      List<String> missingStatuses = new ArrayList<>(answers.statuses());
      cells.forEach((cell, seen) -> {
        if (cell.step().equals(step)) {
          missing.removeAll(seen.returned.keySet());
          missingStatuses.removeAll(seen.statuses.keySet());
        }
      });
      missingStatuses.forEach(status -> missing.add("status " + status));
      if (!missing.isEmpty()) {
        unseen.put(step, List.copyOf(missing));
      }
    });
    return unseen;
  }
}
