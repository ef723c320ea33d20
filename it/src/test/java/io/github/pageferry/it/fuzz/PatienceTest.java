package io.github.pageferry.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PatienceTest {

  private static final Workload WORKLOAD = new Workload("w", "", 1, Set.of(), List.of(new Step.Fork("a")));
  private static final Optional<Trace> RAN = Optional.of(Trace.ran("w", "6.1", 1, List.of()));
  private static final Optional<Trace> SKIPPED = Optional.of(Trace.skipped("w", "6.1", 1, "no swap"));

  private static final Trial BOTH_ANSWERED = new Trial(RAN, RAN, List.of(), "", Optional.empty());
  private static final Trial FIRST_SKIPPED = new Trial(SKIPPED, Optional.empty(), List.of(), "on", Optional.empty());
  private static final Trial SECOND_SKIPPED = new Trial(RAN, SKIPPED, List.of(), "against", Optional.empty());
  private static final Trial SECOND_BROKE = new Trial(RAN, Optional.empty(), List.of(), "against", Optional.of("died"));

  private Duration now = Duration.ofDays(1);
  private final Patience patience = new Patience(() -> now.toNanos());

  private void takes(int seconds, Trial trial) {
    patience.time(workload -> {
      now = now.plusSeconds(seconds);
      return trial;
    }, WORKLOAD);
  }

  private void assertWaitsFor(int seconds) {
    assertThat(patience.forAnAnswer()).hasSeconds(seconds);
  }

  @Test
  void whatMachinesAreBootedForIsNoAnswer() {
    takes(200, BOTH_ANSWERED);
    assertWaitsFor(30);
    takes(6, BOTH_ANSWERED);
    assertWaitsFor(60);
    takes(4, BOTH_ANSWERED);
    assertWaitsFor(60);
  }

  @Test
  void aSecondMachineIsBootedWhenTheFirstDoesNotSkipTheWorkload() {
    takes(100, FIRST_SKIPPED);
    takes(200, BOTH_ANSWERED);
    assertWaitsFor(30);
    takes(6, SECOND_SKIPPED);
    assertWaitsFor(60);
    takes(7, FIRST_SKIPPED);
    takes(8, BOTH_ANSWERED);
    assertWaitsFor(80);
  }

  @Test
  void aMachineThatBreaksIsBootedAnew() {
    takes(200, BOTH_ANSWERED);
    takes(600, SECOND_BROKE);
    takes(200, BOTH_ANSWERED);
    assertWaitsFor(30);
    takes(6, BOTH_ANSWERED);
    assertWaitsFor(60);
  }

  @Test
  void onlyMachinesThatHaveAnsweredBeforeAreKnown() {
    takes(200, BOTH_ANSWERED);
    assertThat(patience.knowsTheirTime()).as("the boot was part of it").isFalse();
    takes(6, BOTH_ANSWERED);
    assertThat(patience.knowsTheirTime()).isTrue();
    takes(600, SECOND_BROKE);
    assertThat(patience.knowsTheirTime()).isFalse();
    takes(200, BOTH_ANSWERED);
    assertThat(patience.knowsTheirTime()).isTrue();
    patience.machinesAreNew();
    assertThat(patience.knowsTheirTime()).isFalse();
  }

  @Test
  void machinesThatAreGivenUpAreBootedAnew() {
    takes(200, BOTH_ANSWERED);
    patience.machinesAreNew();
    takes(200, BOTH_ANSWERED);
    assertWaitsFor(30);
    takes(6, BOTH_ANSWERED);
    assertWaitsFor(60);
  }
}
