package io.github.pageferry.it.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.run.Verdict.Kind;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.CancelledException;
import io.github.pageferry.it.testbed.ScriptedTestbed;
import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.testbed.TestbedBackend;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class RunnerTest {

  private static final Workload QUERY = workload("query", "query: {pages: a}");
  private static final Workload PIN = workload("pin", "pin: {pages: a}");
  private static final Workload FORK = workload("fork", "fork: {as: c}");

  private final List<String> events = new ArrayList<>();

  private static Workload workload(String name, String step) {
    return WorkloadReader.parse(name, "workload: " + name + "\nsteps:\n  - map: {as: a, pages: 1}\n  - " + step + "\n").get(0);
  }

  private static Backend backend(String name, Function<Step, Session.Result> answers) {
    return new TestbedBackend(name, new ScriptedTestbed("k-" + name, w -> Optional.empty(), answers), () -> false);
  }

  private static Backend skipping(String name, String workload) {
    return new TestbedBackend(name, new ScriptedTestbed("k",
        w -> w.name().equals(workload) ? Optional.of("cannot " + workload) : Optional.empty(), ScriptedTestbed::obey),
        () -> false);
  }

  private List<Verdict> run(Backend on, Backend against) {
    return new Runner(on, against, w -> events.add("begin " + w.name()), v -> events.add("end " + v.workload()))
        .run(List.of(QUERY, PIN, FORK));
  }

  @Test
  void equalAnswersAreEquivalent() {
    List<Verdict> verdicts = run(backend("a", ScriptedTestbed::obey), backend("b", ScriptedTestbed::obey));
    assertThat(verdicts).extracting(Verdict::kind).containsOnly(Kind.EQUIVALENT);
    assertThat(Summary.of(verdicts)).isEqualTo(new Summary(3, 0, 0, 0));
    assertThat(Summary.of(verdicts).isSuccess()).isTrue();
    assertThat(events)
        .containsExactly("begin query", "end query", "begin pin", "end pin", "begin fork", "end fork");
  }

  @Test
  void otherAnswersDivergeAndTheOthersAreStillRun() {
    List<Verdict> verdicts = run(backend("a", ScriptedTestbed::obey),
        backend("b", step -> step instanceof Step.Pin ? Session.Result.of(-14) : ScriptedTestbed.obey(step)));
    assertThat(verdicts).extracting(Verdict::kind).containsExactly(Kind.EQUIVALENT, Kind.DIVERGED, Kind.EQUIVALENT);
    assertThat(verdicts.get(1).divergences())
        .containsExactly(new Divergence(2, "pin: {pages: a}", "returned", "", "0", "EFAULT"));
    assertThat(Summary.of(verdicts).isSuccess()).isFalse();
  }

  @Test
  void aSkipNamesTheSideAndTheReason() {
    Backend willing = backend("willing", ScriptedTestbed::obey);
    Verdict first = run(skipping("lazy", "pin"), willing).get(1);
    assertThat(List.of(first.kind(), first.by(), first.reason())).containsExactly(Kind.SKIPPED, "lazy", "cannot pin");
    assertThat(first.evidence().against()).as("is not asked").isEmpty();
    Verdict second = run(willing, skipping("lazy", "pin")).get(1);
    assertThat(List.of(second.kind(), second.by(), second.reason())).containsExactly(Kind.SKIPPED, "lazy", "cannot pin");
    assertThat(second.evidence().on().orElseThrow().outcomes()).as("was asked").isNotEmpty();
  }

  @Test
  void whatBreaksIsReportedAndTheRunGoesOn() {
    List<Verdict> verdicts = run(backend("a", ScriptedTestbed::obey), backend("b", step -> {
      if (step instanceof Step.Pin) {
        throw new AssertionError("a count is wrong");
      }
      return ScriptedTestbed.obey(step);
    }));
    assertThat(verdicts).extracting(Verdict::kind).containsExactly(Kind.EQUIVALENT, Kind.BROKEN, Kind.EQUIVALENT);
    assertThat(verdicts.get(1).by()).isEqualTo("b");
    assertThat(verdicts.get(1).reason()).startsWith("java.lang.AssertionError: a count is wrong\nat ");
    assertThat(Summary.of(verdicts)).isEqualTo(new Summary(2, 0, 0, 1));
    assertThat(Summary.of(verdicts).isSuccess()).isFalse();
  }

  @Test
  void aSignalEndsTheWholeRun() {
    Backend cancelled =
        new TestbedBackend("a", ScriptedTestbed.obedient("k"), () -> events.contains("end query"));
    assertThatThrownBy(() -> run(cancelled, backend("b", ScriptedTestbed::obey))).isInstanceOf(CancelledException.class);
    assertThat(events).containsExactly("begin query", "end query", "begin pin");
  }

  @Test
  void aBackendThatCanRunNothingMoreEndsTheWholeRun() {
    Backend gone = backend("b", step -> {
      if (step instanceof Step.Pin) {
        throw new CannotRunException("does not boot");
      }
      return ScriptedTestbed.obey(step);
    });
    assertThatThrownBy(() -> run(backend("a", ScriptedTestbed::obey), gone)).isInstanceOf(CannotRunException.class)
        .hasMessage("does not boot");
    assertThat(events).containsExactly("begin query", "end query", "begin pin");
  }

  @Test
  void aRunThatRanNothingIsNoSuccess() {
    assertThat(new Summary(0, 0, 7, 0).isSuccess()).isFalse();
    assertThat(new Summary(1, 0, 7, 0).isSuccess()).isTrue();
    assertThat(new Summary(1, 0, 0, 1).isSuccess()).isFalse();
    assertThat(new Summary(3, 1, 7, 2)).hasToString("13 workloads, 4 ran: 3 equivalent, 1 diverged, 2 broken; 7 skipped");
    assertThat(new Summary(1, 0, 0, 0)).hasToString("1 workload, 1 ran: 1 equivalent, 0 diverged; 0 skipped");
  }
}
