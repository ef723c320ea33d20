package io.github.pageferry.it.report;

import io.github.pageferry.it.run.Comparison;
import io.github.pageferry.it.run.Verdict;
import io.github.pageferry.it.run.Verdict.Kind;
import io.github.pageferry.it.workload.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A workload and what came of it in every pair.
 *
 * @param name the workload's
 * @param verdicts in the order of the pairs; empty where a pair does not have it
 */
record Row(String name, List<Optional<Verdict>> verdicts) {

  /** From the one that should be looked at first on. */
  private static final List<Kind> BY_WEIGHT = List.of(Kind.DIVERGED, Kind.BROKEN, Kind.EQUIVALENT, Kind.SKIPPED);

  /** All workloads of all pairs: those that diverged first, then those that broke, that are equivalent, that were skipped. */
  static List<Row> of(List<Comparison> pairs) {
    Map<String, List<Optional<Verdict>>> rows = new LinkedHashMap<>();
    for (int i = 0; i < pairs.size(); i++) {
      for (Verdict verdict : pairs.get(i).verdicts()) {
        rows.computeIfAbsent(verdict.workload(), name -> empty(pairs.size())).set(i, Optional.of(verdict));
      }
    }
    List<Row> all = new ArrayList<>();
    rows.forEach((name, verdicts) -> all.add(new Row(name, verdicts)));
    all.sort(Comparator.comparingInt(row -> BY_WEIGHT.indexOf(row.kind())));
    return all;
  }

  private static List<Optional<Verdict>> empty(int count) {
    List<Optional<Verdict>> verdicts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      verdicts.add(Optional.empty());
    }
    return verdicts;
  }

  /** The gravest that came of it. */
  Kind kind() {
    return verdicts.stream().flatMap(Optional::stream).map(Verdict::kind)
        .min(Comparator.comparingInt(BY_WEIGHT::indexOf)).orElse(Kind.SKIPPED);
  }

  boolean isWrong() {
    return kind() == Kind.DIVERGED || kind() == Kind.BROKEN;
  }

  int nodes() {
    return verdicts.stream().flatMap(Optional::stream).mapToInt(Verdict::nodes).findFirst().orElse(1);
  }

  Optional<Workload> workload() {
    return verdicts.stream().flatMap(Optional::stream).flatMap(verdict -> verdict.evidence().workload().stream()).findFirst();
  }

  /** What it checks; empty where that is not known. */
  String about() {
    return workload().map(Workload::about).orElse("");
  }

  /** The address of its details on the page. */
  String anchor() {
    return "w-" + name;
  }

  /** Pairs of which there is the same to be seen, with the same verdict. */
  List<List<Integer>> alike() {
    Map<List<Object>, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < verdicts.size(); i++) {
      int pair = i;
      verdicts.get(i).ifPresent(verdict -> groups.computeIfAbsent(shown(verdict), key -> new ArrayList<>()).add(pair));
    }
    return groups.values().stream()
        .sorted(Comparator.comparingInt(group -> BY_WEIGHT.indexOf(verdict(group.get(0)).kind())))
        .toList();
  }

  Verdict verdict(int pair) {
    return verdicts.get(pair).orElseThrow();
  }

  private static List<Object> shown(Verdict verdict) {
    return List.of(
        verdict.kind(),
        verdict.reason(),
        verdict.evidence().workload(),
        verdict.evidence().on().map(trace -> trace.outcomes()),
        verdict.evidence().against().map(trace -> trace.outcomes()));
  }
}
