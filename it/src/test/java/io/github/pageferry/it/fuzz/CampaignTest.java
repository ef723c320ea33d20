package io.github.pageferry.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.fuzz.Finding.Alone;
import io.github.pageferry.it.fuzz.Finding.Reduction;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.sim.SimTestbed;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.CancelledException;
import io.github.pageferry.it.testbed.TestbedBackend;
import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.PageSelector;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadWriter;
import io.github.pageferry.sim.MachineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CampaignTest {

  private static final int NODES = 2;
  private static final Duration OWN_LIMIT = Duration.ofMinutes(10);

  private final List<String> told = new ArrayList<>();
  private BooleanSupplier cancelled = () -> false;
  private final List<Duration> waited = new ArrayList<>();
  private final TreeSet<Duration> limits = new TreeSet<>();
  private Duration now = Duration.ofDays(1);
  private Duration limit = OWN_LIMIT;
  private boolean hung;

  private static Backend simulator(String name) {
    return new TestbedBackend(name, new SimTestbed("6.12", new MachineSpec(NODES, 64L << 20, 1), true), () -> false);
  }

  /** A simulator whose answers are changed on their way, which stands for a defect in it. */
  private final class Defective implements Backend {

    private final Backend sound;
    private final BiFunction<Workload, Trace, Trace> defect;
    private final BooleanSupplier renewal;

    Defective(Backend sound, BiFunction<Workload, Trace, Trace> defect) {
      this(sound, defect, () -> false);
    }

    Defective(Backend sound, BiFunction<Workload, Trace, Trace> defect, BooleanSupplier renewal) {
      this.sound = sound;
      this.defect = defect;
      this.renewal = renewal;
    }

    @Override
    public boolean renew() {
      return renewal.getAsBoolean();
    }

    @Override
    public String name() {
      return "defective";
    }

    @Override
    public String kernel() {
      return sound.kernel();
    }

    @Override
    public String description() {
      return sound.description();
    }

    @Override
    public Trace run(Workload workload) {
      return defect.apply(workload, sound.run(workload));
    }

    @Override
    public void limitAnswers(Optional<Duration> most) {
      limit = most.orElse(OWN_LIMIT);
      most.ifPresent(limits::add);
    }

    @Override
    public boolean hasHung() {
      return hung;
    }

    @Override
    public void close() {
      sound.close();
    }
  }

  /** As if mlock(2) failed for all regions of at least 15 pages. */
  private static Trace withoutLongLocks(Workload workload, Trace trace) {
    List<Outcome> outcomes = new ArrayList<>(trace.outcomes());
    for (int i = 0; i < outcomes.size(); i++) {
      Outcome outcome = outcomes.get(i);
      Step step = workload.steps().get(i);
      if (step instanceof Step.Lock lock && outcome.returned() == 0
          && lock.pages().stream().anyMatch(part -> isOfManyPages(part, outcome))) {
        outcomes.set(i, new Outcome(outcome.step(), -12, null, outcome.placement(), outcome.intact()));
      }
    }
    return trace.skipped().isPresent() ? trace : Trace.ran(trace.workload(), trace.kernel(), trace.nodes(), outcomes);
  }

  private static boolean isOfManyPages(PageSelector part, Outcome outcome) {
    return part instanceof PageSelector.Pages pages
        && outcome.placement().getOrDefault(pages.region(), new int[0]).length >= 15;
  }

  private Campaign run(Backend on, Backend against, int count) {
    return run(on, against, 500, count);
  }

  private Campaign run(Backend on, Backend against, int tries, int count) {
    Campaign campaign = new Campaign(on, against, tries, () -> cancelled.getAsBoolean(), new Campaign.Listener() {
      @Override
      public void beginning(Workload workload) {
        told.add("beginning " + workload.name());
      }

      @Override
      public void shrinking(Workload workload, String symptom) {
        told.add("shrinking " + symptom);
      }

      @Override
      public void found(Finding finding) {
        told.add("found " + finding.symptom());
      }
    }, () -> now.toNanos());
    campaign.run(new Generator(3, NODES), 0, count);
    return campaign;
  }

  @Test
  void aSimulatorAgreesWithItself() {
    try (Backend on = simulator("one"); Backend against = simulator("other")) {
      Campaign campaign = run(on, against, 60);
      assertThat(campaign.findings()).isEmpty();
      assertThat(campaign.summary().isSuccess()).isTrue();
      assertThat(campaign.summary().equivalent()).isEqualTo(campaign.summary().ran()).isPositive();
      assertThat(campaign.summary().total()).isEqualTo(60);
      assertThat(told).hasSize(60).first().isEqualTo("beginning fuzz-3-0");
    }
  }

  @Test
  void aDefectIsFoundAndReducedToItsLeastForm() {
    try (Backend on = simulator("sound"); Backend against = new Defective(simulator("sim"), CampaignTest::withoutLongLocks)) {
      Campaign campaign = run(on, against, 150);
      assertThat(campaign.findings()).hasSize(1);
      assertThat(campaign.symptoms()).containsOnlyKeys("lock: returned a number against ENOMEM");
      Finding finding = campaign.findings().get(0);
      assertThat(finding.reduction()).isEqualTo(Reduction.LEAST);
      assertThat(finding.alone()).as("no new machine is to be had").isEqualTo(Alone.ALONE);
      assertThat(finding.workload().steps()).hasSize(2);
      assertThat(WorkloadWriter.format(finding.workload().steps().get(0))).matches("map: \\{as: ., pages: 15}");
      assertThat(WorkloadWriter.format(finding.workload().steps().get(1))).startsWith("lock: {pages: ");
      assertThat(finding.workload().about()).startsWith("Found at random, sim:6.12 against sim:6.12. Lock: returned");
      assertThat(campaign.summary().diverged()).isEqualTo(campaign.symptoms().values().iterator().next());
      assertThat(campaign.summary().isSuccess()).isFalse();
    }
  }

  /** A machine that is sound until 20 workloads have run on it, or one that never is; another can be had of each. */
  @ParameterizedTest
  @CsvSource({"20, ONLY_AFTER_OTHERS", "0, ALONE"})
  void whatANewMachineDoesNotShowIsSaidToNeedWhatRanBefore(int sound, Alone alone) {
    int[] runs = {0};
    try (Backend on = simulator("sound"); Backend against = new Defective(simulator("sim"),
        (workload, trace) -> runs[0]++ < sound ? trace : withoutLongLocks(workload, trace), () -> {
          runs[0] = 0;
          return true;
        })) {
      Finding finding = run(on, against, 150).findings().get(0);
      assertThat(finding.lasting()).isTrue();
      assertThat(finding.workload().steps()).hasSize(2);
      assertThat(finding.alone()).isEqualTo(alone);
    }
  }

  @Test
  void aBackendThatDiesIsAFindingAndNotTheEnd() {
    try (Backend on = simulator("sound"); Backend against = new Defective(simulator("sim"), (workload, trace) -> {
      if (workload.steps().stream().anyMatch(step -> step instanceof Step.Pin)) {
        throw new IllegalStateException("the guest has died in " + workload.name());
      }
      return trace;
    })) {
      Campaign campaign = run(on, against, 60);
      assertThat(campaign.symptoms())
          .containsOnlyKeys("defective broke: java.lang.IllegalStateException: the guest has died in it");
      assertThat(campaign.summary().broken()).isGreaterThan(1);
      assertThat(campaign.summary().equivalent()).isPositive();
      assertThat(campaign.findings().get(0).workload().steps()).hasSize(2).last().isInstanceOf(Step.Pin.class);
      assertThat(campaign.summary().isSuccess()).isFalse();
    }
  }

  @Test
  void whatDoesNotComeAgainIsKeptAsItWas() {
    int[] runs = {0};
    try (Backend on = simulator("sound"); Backend against = new Defective(simulator("sim"), (workload, trace) -> {
      if (runs[0]++ == 4) {
        throw new IllegalStateException("once");
      }
      return trace;
    })) {
      Campaign campaign = run(on, against, 20);
      Finding finding = campaign.findings().get(0);
      assertThat(campaign.findings()).hasSize(1);
      assertThat(finding.lasting()).isFalse();
      assertThat(finding.reduction()).isEqualTo(Reduction.NOT_AGAIN);
      assertThat(finding.alone()).isEqualTo(Alone.UNKNOWN);
      assertThat(finding.workload().steps()).isEqualTo(new Generator(3, NODES).workload(finding.number()).steps());
      assertThat(finding.failure()).hasValueSatisfying(failure -> assertThat(failure).contains("once"));
    }
  }

  @Test
  void theUserMayEndItAndKeepsTheTotals() {
    cancelled = () -> told.size() >= 7;
    try (Backend on = simulator("one"); Backend against = simulator("other")) {
      Campaign campaign = run(on, against, 1000);
      assertThat(campaign.isInterrupted()).isTrue();
      assertThat(campaign.summary().total()).isEqualTo(7);
    }
  }

  @Test
  void aBackendThatCanRunNothingMoreEndsItAndItIsSaidWhereToGoOn() {
    int[] runs = {0};
    try (Backend on = simulator("sound"); Backend against = new Defective(simulator("sim"), (workload, trace) -> {
      if (runs[0]++ == 5) {
        throw new CannotRunException("does not boot");
      }
      return trace;
    })) {
      Campaign campaign = run(on, against, 10);
      assertThat(campaign.stopped()).contains("does not boot");
      assertThat(campaign.isInterrupted()).isFalse();
      assertThat(campaign.findings()).isEmpty();
      assertThat(campaign.summary().total()).isEqualTo(campaign.next()).isGreaterThanOrEqualTo(5);
      assertThat(told).last().isEqualTo("beginning fuzz-3-" + campaign.next());
    }
  }

  @Test
  void aBackendThatIsGoneWhileAFindingIsReducedLeavesWhatWasFound() {
    int[] runs = {0};
    try (Backend on = simulator("sound"); Backend against = new Defective(simulator("sim"), (workload, trace) -> {
      if (runs[0]++ == 3) {
        throw new CannotRunException("does not boot");
      }
      throw new IllegalStateException("always");
    })) {
      Campaign campaign = run(on, against, 10);
      assertThat(campaign.stopped()).contains("does not boot");
      assertThat(campaign.findings()).hasSize(1);
      assertThat(campaign.findings().get(0).reduction()).isEqualTo(Reduction.CUT_SHORT);
      assertThat(campaign.next()).as("the one that broke it is not to be run again")
          .isEqualTo(campaign.findings().get(0).number() + 1);
    }
  }

  @Test
  void anEndInTheMiddleOfReducingKeepsWhatWasFound() {
    int[] runs = {0};
    try (Backend on = simulator("sound"); Backend against = new Defective(simulator("sim"), (workload, trace) -> {
      if (runs[0]++ == 3) {
        throw new CancelledException();
      }
      throw new IllegalStateException("always");
    })) {
      Campaign campaign = run(on, against, 10);
      assertThat(campaign.isInterrupted()).isTrue();
      assertThat(campaign.findings()).hasSize(1);
    }
  }

  /** The machine is given up when the campaign begins, and again for the reduced finding: the end comes on that new one. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anEndBeforeANewMachineHasShownItLeavesOpenWhetherItDoes(boolean cancel) {
    int[] renewals = {0};
    try (Backend on = simulator("sound"); Backend against = new Defective(simulator("sim"), (workload, trace) -> {
      if (renewals[0] == 2) {
        throw cancel ? new CancelledException() : new CannotRunException("does not boot");
      }
      return withoutLongLocks(workload, trace);
    }, () -> ++renewals[0] > 0)) {
      Campaign campaign = run(on, against, 150);
      assertThat(campaign.isInterrupted()).isEqualTo(cancel);
      assertThat(campaign.findings()).hasSize(1);
      assertThat(campaign.findings().get(0).reduction()).isEqualTo(Reduction.LEAST);
      assertThat(campaign.findings().get(0).alone()).isEqualTo(Alone.UNKNOWN);
    }
  }

  /** By then it has come again, which is all that can be known where there is no new machine. */
  @ParameterizedTest
  @CsvSource({"false, ALONE", "true, UNKNOWN"})
  void anEndWhileItIsReducedLeavesOpenWhetherANewMachineShowsItWhereThereAreSome(boolean renewable, Alone alone) {
    int[] runs = {0};
    try (Backend on = simulator("sound"); Backend against = new Defective(simulator("sim"), (workload, trace) -> {
      if (runs[0]++ == 3) {
        throw new CancelledException();
      }
      throw new IllegalStateException("always");
    }, () -> renewable)) {
      Finding finding = run(on, against, 10).findings().get(0);
      assertThat(finding.reduction()).isEqualTo(Reduction.CUT_SHORT);
      assertThat(finding.alone()).isEqualTo(alone);
    }
  }

  @Test
  void anEndBeforeAFindingWasRepeatedIsNotTakenForOneThatDidNotComeAgain() {
    int[] runs = {0};
    try (Backend on = simulator("sound"); Backend against = new Defective(simulator("sim"), (workload, trace) -> {
      if (runs[0]++ == 1) {
        throw new CancelledException();
      }
      throw new IllegalStateException("always");
    })) {
      Campaign campaign = run(on, against, 10);
      assertThat(campaign.findings().get(0).reduction()).isEqualTo(Reduction.NOT_REPEATED);
      assertThat(campaign.findings().get(0).lasting()).isFalse();
      assertThat(campaign.findings().get(0).alone()).isEqualTo(Alone.UNKNOWN);
    }
  }

  /** Answers after a while by the test's clock, or hangs for as long as it may. */
  private Backend slow(Duration usual, Predicate<Workload> hanging) {
    return slow(usual, hanging, false);
  }

  private Backend slow(Duration usual, Predicate<Workload> hanging, boolean renewable) {
    return new Defective(simulator("sim"), (workload, trace) -> {
      if (hanging.test(workload)) {
        waited.add(limit);
        now = now.plus(limit);
        throw new IllegalStateException("no answer");
      }
      now = now.plus(usual);
      return trace;
    }, () -> renewable);
  }

  private static boolean pins(Workload workload) {
    return workload.steps().stream().anyMatch(step -> step instanceof Step.Pin);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHangIsRepeatedWithoutWaitingForItAsLongAsAtFirst(boolean renewable) {
    cancelled = () -> told.get(told.size() - 1).startsWith("found");
    told.add("the campaign begins");
    try (Backend on = simulator("sound"); Backend slow = slow(Duration.ofSeconds(6), CampaignTest::pins, renewable)) {
      Finding finding = run(on, slow, 5000, 60).findings().get(0);
      assertThat(finding.reduction()).isEqualTo(Reduction.LEAST);
      assertThat(finding.alone()).isEqualTo(Alone.ALONE);
      assertThat(finding.workload().steps()).hasSize(2).last().isInstanceOf(Step.Pin.class);
      assertThat(waited).first().isEqualTo(OWN_LIMIT);
      assertThat(waited.subList(1, waited.size())).as("ten times six seconds when it is repeated, reduced and run anew")
          .hasSizeGreaterThan(2).containsOnly(Duration.ofSeconds(60));
      assertThat(limit).as("later").isEqualTo(OWN_LIMIT);
    }
  }

  /** What breaks late without being a hang may be something new each time. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHangThatIsKnownIsNotWaitedForAsLongWhereTheMachineIsNotNew(boolean isHang) {
    List<Duration> onKnown = new ArrayList<>();
    List<Duration> onNew = new ArrayList<>();
    boolean[] isNew = {true};
    try (Backend on = simulator("sound"); Backend slow = new Defective(simulator("sim"), (workload, trace) -> {
      boolean breaks = pins(workload);
      if (breaks && told.stream().anyMatch(line -> line.startsWith("found"))) {
        (isNew[0] ? onNew : onKnown).add(limit);
      }
      now = now.plus(breaks ? limit : Duration.ofSeconds(6));
      isNew[0] = breaks;
      hung = breaks && isHang;
      if (breaks) {
        throw new IllegalStateException("no answer");
      }
      return trace;
    })) {
      Campaign campaign = run(on, slow, 5000, 200);
      assertThat(campaign.findings()).hasSize(1);
      assertThat(onNew).isNotEmpty().containsOnly(OWN_LIMIT);
      assertThat(onKnown).isNotEmpty().containsOnly(isHang ? Duration.ofSeconds(60) : OWN_LIMIT);
      assertThat(campaign.summary().broken()).isEqualTo(1 + onNew.size() + onKnown.size());
    }
  }

  @Test
  void whatIsNoHangMayTakeAsLongWhenItIsRepeated() {
    int[] runs = {0};
    try (Backend on = simulator("sound"); Backend slow = new Defective(simulator("sim"), (workload, trace) -> {
      // the first two are the finding and its repetition, before it is known how long an answer takes
      if (runs[0]++ < 2) {
        limits.add(limit);
      }
      return Trace.ran(trace.workload(), trace.kernel(), trace.nodes() + 1, trace.outcomes());
    })) {
      assertThat(run(on, slow, 0, 1).findings()).singleElement().extracting(Finding::lasting).isEqualTo(true);
      assertThat(limits).containsExactly(OWN_LIMIT);
    }
  }

  private static Trace withoutForks(Trace trace) {
    List<Outcome> outcomes = trace.outcomes().stream().map(outcome -> outcome.step().equals("fork")
        ? new Outcome("fork", -11, null, outcome.placement(), outcome.intact()) : outcome).toList();
    return trace.skipped().isPresent() ? trace : Trace.ran(trace.workload(), trace.kernel(), trace.nodes(), outcomes);
  }

  @Test
  void theBootOfANewMachineIsNotTakenForAnAnswer() {
    boolean[] isBooted = {false};
    try (Backend on = simulator("sound"); Backend slow = new Defective(simulator("sim"), (workload, trace) -> {
      now = now.plus(isBooted[0] ? Duration.ofSeconds(6) : Duration.ofMinutes(5));
      isBooted[0] = true;
      return withoutLongLocks(workload, withoutForks(trace));
    }, () -> {
      isBooted[0] = false;
      return true;
    })) {
      Campaign campaign = run(on, slow, 150);
      assertThat(campaign.findings()).hasSizeGreaterThan(1)
          .allSatisfy(finding -> assertThat(finding.alone()).isEqualTo(Alone.ALONE));
      assertThat(limits).containsExactly(Duration.ofSeconds(60));
    }
  }

  @Test
  void aQuickMachineIsWaitedForToo() {
    try (Backend on = simulator("sound"); Backend slow = slow(Duration.ofMillis(2), CampaignTest::pins)) {
      run(on, slow, 5000, 60);
      assertThat(waited).containsOnly(Duration.ofSeconds(30), OWN_LIMIT);
    }
  }

  @Test
  void aReductionThatTakesTooLongEnds() {
    try (Backend on = simulator("sound");
        Backend slow = slow(Duration.ofMinutes(2), workload -> workload.steps().size() > 3)) {
      Duration before = now;
      Campaign campaign = run(on, slow, 1_000_000, 1);
      assertThat(campaign.findings().get(0).reduction()).isEqualTo(Reduction.CUT_SHORT);
      assertThat(now.minus(before)).as("once as long as it may, then half an hour, what is being run and what was repeated")
          .isBetween(Duration.ofMinutes(10 + 30), Duration.ofMinutes(10 + 30 + 20 + 1));
    }
  }
}
