package io.github.pageferry.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.fuzz.Coverage.Cell;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoverageTest {

  private static final Workload WORKLOAD = WorkloadReader.parse("w", """
      workload: w
      steps:
        - map: {as: a, pages: 2, backing: ext4}
        - map: {as: b, of: a, sharing: private}
        - move: {pages: ["a", hole, "b[1]"], to: [0, 0, 0, 64]}
        - move: {pages: ["a[0]"], to: 0}
        - sync: {region: a}
        - migrate: {from: [0], to: [0]}
        - move: {pages: [], to: 0}
      """).get(0);

  private static final Trace TRACE = TraceReader.parse("t", """
      workload: w
      kernel: "6.12"
      nodes: 1
      outcomes:
        - {step: map, returned: 0}
        - {step: map, returned: 0}
        - {step: move, returned: ENODEV, status: [0, 0, EFAULT, untouched], placement: {a: [0, 0], b: [ENOENT, ENOENT]}}
        - {step: move, returned: 3, status: [0], placement: {a: [0, 0], b: [ENOENT, ENOENT]}}
        - {step: sync, returned: 0, placement: {a: [0, 0], b: [ENOENT, ENOENT]}}
        - {step: migrate, returned: some, placement: {a: [0, 0], b: [ENOENT, ENOENT]}}
        - {step: move, returned: 0, status: [], placement: {a: [0, 0], b: [ENOENT, ENOENT]}}
      """).get(0);

  private final Coverage coverage = new Coverage();

  @Test
  void eachStepCountsForEachKindOfItsPages() {
    coverage.add(WORKLOAD, TRACE);
    assertThat(coverage.cells().get(new Cell("map", "ext4")).times()).isEqualTo(1);
    assertThat(coverage.cells().get(new Cell("map", "ext4-private")).times()).isEqualTo(1);
    assertThat(coverage.cells().get(new Cell("move", "ext4")).returned()).hasToString("{ENODEV=1, count=1}");
    assertThat(coverage.cells().get(new Cell("move", "ext4")).statuses()).hasToString("{node=3}");
    assertThat(coverage.cells().get(new Cell("move", "ext4-private")).statuses()).hasToString("{untouched=1}");
    assertThat(coverage.cells().get(new Cell("move", "hole")).statuses()).hasToString("{EFAULT=1}");
    assertThat(coverage.cells().get(new Cell("move", "-")).returned()).hasToString("{0=1}");
    assertThat(coverage.cells().get(new Cell("migrate", "-")).returned()).hasToString("{some=1}");
    assertThat(coverage.cells().get(new Cell("sync", "ext4")).times()).isEqualTo(1);
  }

  @Test
  void whatWasNeverSeenIsNamed() {
    assertThat(coverage.unseenAnswers().get("migrate")).contains("some", "ESRCH");
    assertThat(coverage.unseen()).contains(new Cell("pin", "hugetlb"), new Cell("fork", "-"), new Cell("move", "ext4"));
    coverage.add(WORKLOAD, TRACE);
    assertThat(coverage.unseen())
        .contains(new Cell("pin", "hugetlb"), new Cell("fork", "-"), new Cell("sync", "vfat-private"))
        .doesNotContain(new Cell("move", "ext4"), new Cell("sync", "anon"), new Cell("map", "hole"));
    assertThat(coverage.unseenAnswers().get("move"))
        .contains("EPERM", "status EBUSY")
        .doesNotContain("ENODEV", "count", "status EFAULT", "status untouched");
    assertThat(coverage.unseenAnswers().get("migrate")).contains("ESRCH").doesNotContain("some");
    assertThat(coverage.unseenAnswers()).containsEntry("sync", List.of("ENOMEM"));
  }
}
