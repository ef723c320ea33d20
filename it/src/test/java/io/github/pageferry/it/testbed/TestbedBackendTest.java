package io.github.pageferry.it.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.trace.Defect;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.trace.TraceWriter;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TestbedBackendTest {

  private static final Workload WORKLOAD = WorkloadReader.parse("w", """
      workload: w
      steps:
        - map: {as: a, pages: 1}
        - touch: {pages: a}
        - query: {pages: a}
      """).get(0);

  @Test
  void everyStepIsMadeAndPlacedInOrderAndTheSessionClosed() {
    ScriptedTestbed testbed = ScriptedTestbed.obedient("k");
    Trace trace = new TestbedBackend("name", testbed, () -> false).run(WORKLOAD);
    assertThat(testbed.calls)
        .containsExactly("open w", "map", "touch", "placement", "query", "placement", "close session");
    assertThat(TraceWriter.format(trace)).isEqualTo("""
        workload: w
        kernel: "k"
        nodes: 1
        outcomes:
          - {step: map, returned: 0}
          - {step: touch, returned: 0, placement: {a: [0]}}
          - {step: query, returned: 0, status: [0], placement: {a: [0]}}
        """);
  }

  @Test
  void eachKnownDefectIsToldOfTheStepThatShowsItFirst() {
    Map<String, String> defects = new LinkedHashMap<>();
    ScriptedTestbed testbed = new ScriptedTestbed("k", w -> Optional.empty(), step -> {
      defects.put("leaks", defects.size() + 1 + " pages");
      defects.computeIfAbsent("miscounts", cause -> step instanceof Step.Query ? "by 3" : null);
      return ScriptedTestbed.obey(step);
    });
    testbed.knownDefects = defects;
    Trace trace = new TestbedBackend("name", testbed, () -> false).run(WORKLOAD);
    assertThat(trace.defects()).containsExactly(new Defect(1, "leaks", "1 pages"), new Defect(3, "miscounts", "by 3"));
    assertThat(TraceReader.parse("t", TraceWriter.format(trace)).get(0).defects()).as("in the file").isEmpty();
  }

  @Test
  void whatTheTestbedLacksIsTheReasonOfTheSkip() {
    ScriptedTestbed testbed = new ScriptedTestbed("k", w -> Optional.of("no " + w.name()), ScriptedTestbed::obey);
    assertThat(new TestbedBackend("name", testbed, () -> false).run(WORKLOAD))
        .isEqualTo(Trace.skipped("w", "k", 1, "no w"));
    assertThat(testbed.calls).isEmpty();
  }

  @Test
  void theSessionIsClosedWhereAStepBreaks() {
    ScriptedTestbed testbed = new ScriptedTestbed("k", w -> Optional.empty(), step -> {
      throw new IllegalStateException("broken");
    });
    assertThatThrownBy(() -> new TestbedBackend("name", testbed, () -> false).run(WORKLOAD)).hasMessage("broken");
    assertThat(testbed.calls).containsExactly("open w", "map", "close session");
  }

  @Test
  void aSignalEndsTheRunBetweenTwoStepsAndClosesTheSession() {
    boolean[] signalled = {false};
    ScriptedTestbed testbed = new ScriptedTestbed("k", w -> Optional.empty(), step -> {
      signalled[0] = step instanceof Step.Touch;
      return ScriptedTestbed.obey(step);
    });
    assertThatThrownBy(() -> new TestbedBackend("name", testbed, () -> signalled[0]).run(WORKLOAD))
        .isInstanceOf(CancelledException.class);
    assertThat(testbed.calls).containsExactly("open w", "map", "touch", "placement", "close session");
  }

  @Test
  void whatFailsBecauseOfTheSignalIsNoFailure() {
    boolean[] signalled = {false};
    ScriptedTestbed gone = new ScriptedTestbed("k", w -> {
      signalled[0] = true;
      throw new IllegalStateException("closed");
    }, ScriptedTestbed::obey);
    assertThatThrownBy(() -> new TestbedBackend("name", gone, () -> signalled[0]).run(WORKLOAD))
        .isInstanceOf(CancelledException.class);
  }
}
