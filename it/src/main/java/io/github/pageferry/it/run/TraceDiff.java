package io.github.pageferry.it.run;

import io.github.pageferry.it.trace.Codes;
import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Compares two traces of one workload that was run on both sides.
 *
 * <p>They are equivalent where every step returned the same value, every status is the same, every page sits on the same
 * node (or is missing for the same reason) and content was intact or not alike. {@code some} equals every value from 0 up.
 */
public final class TraceDiff {

  /** Stands for a value that one side does not have. */
  private static final String NONE = "nothing";

  private final Optional<Workload> workload;
  private final List<Divergence> found = new ArrayList<>();
  private int number;
  private String text = "";

  private TraceDiff(Optional<Workload> workload) {
    this.workload = workload;
  }

  /**
   * Says where two traces differ, in the order of the steps.
   *
   * @param workload whose traces they are, for the text of the steps; empty where it is not known
   * @param on the trace of the examined backend, not skipped
   * @param against that of the other one, not skipped
   * @return empty where they are equivalent
   */
  public static List<Divergence> compare(Optional<Workload> workload, Trace on, Trace against) {
    TraceDiff diff = new TraceDiff(workload);
    diff.compare(on, against);
    return List.copyOf(diff.found);
  }

  private void compare(Trace on, Trace against) {
    if (on.nodes() != against.nodes()) {
      differs("nodes", "", "" + on.nodes(), "" + against.nodes());
    }
    int steps = Math.max(on.outcomes().size(), against.outcomes().size());
    if (workload.isPresent()) {
      steps = Math.max(steps, workload.get().steps().size());
    }
    for (number = 1; number <= steps; number++) {
      Outcome a = number <= on.outcomes().size() ? on.outcomes().get(number - 1) : null;
      Outcome b = number <= against.outcomes().size() ? against.outcomes().get(number - 1) : null;
      String word = a != null ? a.step() : b != null ? b.step() : "";
      Optional<Step> step = workload.filter(w -> number <= w.steps().size()).map(w -> w.steps().get(number - 1));
      text = step.map(WorkloadWriter::format).orElse(word);
      String expectedWord = step.map(Step::word).orElse(word);
      if (a == null || b == null || !a.step().equals(expectedWord) || !b.step().equals(expectedWord)) {
        differs("step", "", a == null ? NONE : a.step(), b == null ? NONE : b.step());
        // What follows is of another workload, or an end that is too early: no use in comparing.
        return;
      }
      compare(step, a, b);
    }
  }

  private void compare(Optional<Step> step, Outcome a, Outcome b) {
    if (!a.returnedLike(b)) {
      differs("returned", "", Codes.returned(a.returned()), Codes.returned(b.returned()));
    }
    IntFunction<String> label = step.map(s -> Addresses.labels(workload.get(), s)).orElse(i -> "");
    codes("status", a.status(), b.status(), (first, last) -> entries(first, last, label));
    placements(a.placement(), b.placement());
    if (a.intact() != b.intact()) {
      differs("intact", "", "" + a.intact(), "" + b.intact());
    }
  }

  private static String entries(int first, int last, IntFunction<String> label) {
    String from = label.apply(first);
    String to = label.apply(last);
    String names = from.isEmpty() ? "" : first == last ? " (" + from + ")" : " (" + from + " to " + to + ")";
    return (first == last ? "entry " + first : "entries " + first + "-" + last) + names;
  }

  private void placements(@Nullable Map<String, int[]> a, @Nullable Map<String, int[]> b) {
    Map<String, int[]> on = Objects.requireNonNullElse(a, Map.of());
    Map<String, int[]> against = Objects.requireNonNullElse(b, Map.of());
    Set<String> regions = new LinkedHashSet<>(on.keySet());
    regions.addAll(against.keySet());
    for (String region : regions) {
      codes("placement", on.get(region), against.get(region), (first, last) ->
          first == 0 && last == Integer.MAX_VALUE
              ? region
              : region + "[" + first + (first == last ? "" : "-" + last) + "]");
    }
  }

  private interface Place {
    String of(int first, int last);
  }

  /** Compares two arrays; neighbours that differ in the same way are one divergence. */
  private void codes(String field, int @Nullable [] a, int @Nullable [] b, Place place) {
    if (a == null || b == null) {
      if (a != b) {
        differs(field, field.equals("placement") ? place.of(0, Integer.MAX_VALUE) : "", summary(a), summary(b));
      }
      return;
    }
    int length = Math.max(a.length, b.length);
    for (int first = 0; first < length; ) {
      String on = code(a, first);
      String against = code(b, first);
      int last = first;
      while (last + 1 < length && code(a, last + 1).equals(on) && code(b, last + 1).equals(against)) {
        last++;
      }
      if (!on.equals(against)) {
        differs(field, place.of(first, last), on, against);
      }
      first = last + 1;
    }
  }

  private static String code(int[] codes, int index) {
    return index < codes.length ? Codes.status(codes[index]) : NONE;
  }

  private static String summary(int @Nullable [] codes) {
    return codes == null ? NONE : codes.length + (codes.length == 1 ? " page" : " pages");
  }

  private void differs(String field, String where, String on, String against) {
    found.add(new Divergence(number, text, field, where, on, against));
  }
}
