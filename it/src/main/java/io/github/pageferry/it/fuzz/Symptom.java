package io.github.pageferry.it.fuzz;

import io.github.pageferry.it.run.Divergence;
import org.apache.commons.lang3.StringUtils;

/**
 * What kind of divergence or failure a trial showed: how its first step that differs does so. Numbers are left out, since
 * they change when the workload becomes smaller. Two trials with the same symptom mostly have the same cause.
 *
 * @param text on one line, for people, too
 */
record Symptom(String text) {

  private static final int LENGTH = 200;

  /** Whatever differs from one crash to the next: all numbers but that of a line of the kernel's source. */
  private static final String NUMBER =
      "0x[0-9a-f]+|\\b(?<!\\.[chS]:)(?=[a-f]*[0-9])[0-9a-f]+\\b|(?<!\\.[chS]:[0-9]{0,6})[0-9]+";

  /** The symptom of a trial that is a finding. */
  static Symptom of(Trial trial) {
    if (trial.failure().isPresent()) {
      String first = trial.failure().get().lines().findFirst().orElse("");
      String text = first.replaceAll(NUMBER, "N").replaceAll("fuzz-N-N", "it").replaceAll("\\s+", " ");
      return new Symptom(StringUtils.abbreviate(trial.by() + " broke: " + text, LENGTH));
    }
    Divergence first = trial.divergences().get(0);
    String word = StringUtils.substringBefore(first.text(), ":");
    return new Symptom(word + ": " + first.field() + " " + answer(first.on()) + " against " + answer(first.against()));
  }

  /** An errno's name as it is; a number as 0 or more, or less. */
  private static String answer(String answer) {
    return answer.matches("[0-9]+( pages?)?") ? "a number" : answer.matches("-[0-9]+") ? "an unknown errno" : answer;
  }
}
