package io.github.pageferry.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.Oracle;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceDiffTest {

  private static Trace trace(String... outcomes) {
    StringBuilder text = new StringBuilder("workload: w\nkernel: k\noutcomes:\n");
    for (String outcome : outcomes) {
      text.append("  - {").append(outcome).append("}\n");
    }
    return TraceReader.parse("t", text.toString()).get(0);
  }

  private static List<Divergence> diff(Trace on, Trace against) {
    return TraceDiff.compare(Optional.empty(), on, against);
  }

  private static List<Divergence> diffOne(String on, String against) {
    return diff(trace(on), trace(against));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6.18", "2.6.36", "5.10", "6.1", "6.12", "6.18", "7.3"})
  void everyRecordedTraceIsEquivalentToItself(String kernel) {
    String text = Oracle.text("corpus." + kernel + ".traces.yaml");
    List<Trace> on = TraceReader.parse("on", text);
    List<Trace> against = TraceReader.parse("against", text);
    for (int i = 0; i < on.size(); i++) {
      assertThat(diff(on.get(i), against.get(i))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"0, some, true", "7, some, true", "some, 0, true", "some, some, true", "EPERM, some, false", "some, EINVAL, false",
      "0, 1, false", "0, 0, true", "EPERM, EPERM, true", "EPERM, EINVAL, false"})
  void someEqualsEveryCountButNoError(String a, String b, boolean equal) {
    List<Divergence> found = diffOne("step: migrate, returned: " + a + ", placement: {}",
        "step: migrate, returned: " + b + ", placement: {}");
    if (equal) {
      assertThat(found).isEmpty();
    } else {
      assertThat(found).containsExactly(new Divergence(1, "migrate", "returned", "", a, b));
    }
  }

  @Test
  void statusesThatDifferInTheSameWayAreFoldedIntoRuns() {
    assertThat(diffOne(
        "step: move, returned: 0, status: [EACCES, EACCES, 1, EACCES, untouched, 0], placement: {}",
        "step: move, returned: 0, status: [1, 1, 1, 1, 1, 0], placement: {}"))
        .containsExactly(
            new Divergence(1, "move", "status", "entries 0-1", "EACCES", "1"),
            new Divergence(1, "move", "status", "entry 3", "EACCES", "1"),
            new Divergence(1, "move", "status", "entry 4", "untouched", "1"));
  }

  @Test
  void arraysOfDifferentLengthsDifferWhereOneHasEnded() {
    assertThat(diffOne("step: query, returned: 0, status: [0], placement: {}",
        "step: query, returned: 0, status: [0, 0, 0], placement: {}"))
        .containsExactly(new Divergence(1, "query", "status", "entries 1-2", "nothing", "0"));
  }

  @Test
  void pagesOnOtherNodesAreNamedByRegionAndIndex() {
    assertThat(diffOne("step: touch, returned: 0, placement: {a: [0, 0, 1], b: [ENOENT]}",
        "step: touch, returned: 0, placement: {b: [EFAULT], a: [0, 1, 0]}"))
        .containsExactly(
            new Divergence(1, "touch", "placement", "a[1]", "0", "1"),
            new Divergence(1, "touch", "placement", "a[2]", "1", "0"),
            new Divergence(1, "touch", "placement", "b[0]", "ENOENT", "EFAULT"));
  }

  @Test
  void aRegionThatIsMappedOnOneSideAloneIsNamed() {
    assertThat(diffOne("step: unmap, returned: 0, placement: {}", "step: unmap, returned: 0, placement: {a: [0, 0]}"))
        .containsExactly(new Divergence(1, "unmap", "placement", "a", "nothing", "2 pages"));
  }

  @Test
  void lostContentDiffers() {
    assertThat(diffOne("step: touch, returned: 0, placement: {}, intact: false", "step: touch, returned: 0, placement: {}"))
        .containsExactly(new Divergence(1, "touch", "intact", "", "false", "true"));
    assertThat(diffOne("step: touch, returned: 0, placement: {}, intact: false",
        "step: touch, returned: 0, placement: {}, intact: false")).isEmpty();
  }

  @Test
  void everyStepIsComparedAndNumberedFromOne() {
    Trace on = trace("step: map, returned: 0", "step: lock, returned: 0, placement: {}", "step: pin, returned: 0, placement: {}");
    Trace against =
        trace("step: map, returned: ENOMEM", "step: lock, returned: 0, placement: {}", "step: pin, returned: 1, placement: {}");
    assertThat(diff(on, against)).extracting(Divergence::step).containsExactly(1, 3);
  }

  @Test
  void anOutcomeThatIsMissingEndsTheComparison() {
    Trace one = trace("step: map, returned: 0");
    Trace two = trace("step: map, returned: 0", "step: fork, returned: 0, placement: {}");
    assertThat(diff(one, two)).containsExactly(new Divergence(2, "fork", "step", "", "nothing", "fork"));
    assertThat(diff(two, one)).containsExactly(new Divergence(2, "fork", "step", "", "fork", "nothing"));
  }

  @Test
  void tracesThatAreBothTooShortForTheWorkloadAreNotEquivalent() {
    Workload workload = WorkloadReader.parse("w", "workload: w\nsteps:\n  - map: {as: a, pages: 1}\n  - touch: {pages: a}\n").get(0);
    Trace one = trace("step: map, returned: 0");
    assertThat(TraceDiff.compare(Optional.of(workload), one, one))
        .containsExactly(new Divergence(2, "touch: {pages: a}", "step", "", "nothing", "nothing"));
  }

  @Test
  void otherStepsMeanAnotherWorkload() {
    assertThat(diffOne("step: pin, returned: 0, placement: {}", "step: unpin, returned: 5, placement: {}"))
        .containsExactly(new Divergence(1, "pin", "step", "", "pin", "unpin"));
  }

  @Test
  void otherNodesMeanAnotherWorkload() {
    Trace two = new Trace("w", "k", 2, Optional.empty(), trace("step: map, returned: 0").outcomes());
    assertThat(diff(two, trace("step: map, returned: 0"))).containsExactly(new Divergence(0, "", "nodes", "", "2", "1"));
  }

  @Test
  void entriesAreNamedByTheirPagesWhereTheWorkloadIsKnown() {
    Workload workload = WorkloadReader.parse("w", """
        workload: w
        steps:
          - map: {as: s, pages: 3, sharing: shared}
          - map: {as: t, of: s}
          - query: {pages: [hole, t, "s[1]+7"]}
        """).get(0);
    String maps = "step: map, returned: 0";
    Trace on = trace(maps, maps, "step: query, returned: 0, status: [EFAULT, 0, 0, 0, 0], placement: {}");
    Trace against = trace(maps, maps, "step: query, returned: 0, status: [ENOENT, 0, 1, 1, 2], placement: {}");
    String text = "query: {pages: [hole, t, \"s[1]+7\"]}";
    assertThat(TraceDiff.compare(Optional.of(workload), on, against)).containsExactly(
        new Divergence(3, text, "status", "entry 0 (hole)", "EFAULT", "ENOENT"),
        new Divergence(3, text, "status", "entries 2-3 (t[1] to t[2])", "0", "1"),
        new Divergence(3, text, "status", "entry 4 (s[1]+7)", "0", "2"));
  }

  /** What is known to differ between two real kernels: 6.1 answers EFAULT where nothing was brought in, 6.12 ENOENT. */
  @Test
  void realKernelsDivergeWhereTheyAreKnownTo() {
    Trace old = find("corpus.6.1.traces.yaml", "never-touched");
    Trace young = find("corpus.6.12.traces.yaml", "never-touched");
    assertThat(diff(old, young)).isNotEmpty().allSatisfy(divergence -> {
      assertThat(divergence.on()).isEqualTo("EFAULT");
      assertThat(divergence.against()).isEqualTo("ENOENT");
    });
  }

  private static Trace find(String file, String workload) {
    return TraceReader.parse(file, Oracle.text(file)).stream()
        .filter(trace -> trace.workload().equals(workload)).findFirst().orElseThrow();
  }
}
