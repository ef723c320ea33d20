package io.github.pageferry.it.fuzz;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What steps can answer on one kernel or another, as the corpus and the kernels' sources show it. Some need several nodes,
 * some an old release; what no step can ask for (a full node, a bad mask) is left out.
 *
 * @param returned as {@link Coverage} calls it
 * @param statuses of single pages
 */
record PossibleAnswers(List<String> returned, List<String> statuses) {

  static final Map<String, PossibleAnswers> BY_STEP = byStep();

  private static Map<String, PossibleAnswers> byStep() {
    Map<String, PossibleAnswers> answers = new LinkedHashMap<>();
    answers.put("touch", only("0", "EFAULT", "EINVAL"));
    answers.put("move", new PossibleAnswers(
        List.of("0", Coverage.COUNT, "EACCES", "EFAULT", "EINVAL", "ENODEV", "EPERM", "ESRCH"),
        List.of(Coverage.NODE, "EACCES", "EAGAIN", "EBUSY", "EFAULT", "EINVAL", "ENOENT", "untouched")));
    answers.put("query", new PossibleAnswers(
        List.of("0", "EFAULT", "EINVAL", "EPERM", "ESRCH"),
        List.of(Coverage.NODE, "EFAULT", "ENOENT", "untouched")));
    answers.put("migrate", only("some", "EINVAL", "EPERM", "ESRCH"));
    answers.put("bind", only("0", "EFAULT", "EINVAL", "EIO"));
    answers.put("lock", only("0", "ENOMEM"));
    answers.put("unlock", only("0", "ENOMEM"));
    answers.put("protect", only("0", "EINVAL", "ENOMEM"));
    answers.put("unmap", only("0", "EINVAL"));
    answers.put("advise", only("0", "EINVAL", "ENOMEM"));
    answers.put("sync", only("0", "ENOMEM"));
    answers.put("pin", only("0", "EFAULT"));
    answers.put("unpin", only("0", "ENOENT"));
    answers.put("cpuset", only("0", "EINVAL"));
    return Collections.unmodifiableMap(answers);
  }

  private static PossibleAnswers only(String... returned) {
    return new PossibleAnswers(List.of(returned), List.of());
  }
}
