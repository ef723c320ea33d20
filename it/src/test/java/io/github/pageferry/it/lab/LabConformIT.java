package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import io.github.pageferry.it.Oracle;
import io.github.pageferry.it.run.Corpus;
import io.github.pageferry.it.run.Divergence;
import io.github.pageferry.it.run.RememberingBackend;
import io.github.pageferry.it.run.Runner;
import io.github.pageferry.it.run.TraceDiff;
import io.github.pageferry.it.run.Verdict;
import io.github.pageferry.it.run.Verdict.Kind;
import io.github.pageferry.it.sim.SimTestbed;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.TestbedBackend;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.Profiles;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real kernels with several nodes answer the whole corpus as their profiles do, and as was recorded. */
class LabConformIT {

  private static final List<Workload> CORPUS = Corpus.builtIn();

  @ParameterizedTest(name = "Linux {0}")
  @ValueSource(strings = {"6.1", "6.12", "7.3"})
  void answersAsItsProfileAndAsRecordedOnFourNodesAndOnTwo(String kernel) throws Exception {
    // Each machine keeps one CPU busy.
    ExecutorService executor = Executors.newFixedThreadPool(2);
    List<String> notes = Collections.synchronizedList(new ArrayList<>());
    try (LabBackend four = LabMachines.open(kernel, LabTopology.of(4), notes);
        LabBackend two = LabMachines.open(kernel, LabTopology.of(2), notes)) {
      // both have ended before a machine is closed, whichever fails: another thread must not use it then
      List<Future<Object>> halves = executor.invokeAll(List.of(
          Executors.callable(() -> answersAsItsProfileAndAsRecorded(four, kernel, 4)),
          Executors.callable(() -> answersAsItsProfileAndAsRecorded(two, kernel, 2))));
      assertAll(halves.stream().map(half -> half::get));
    } finally {
      executor.shutdownNow();
    }
    notes.forEach(System.out::println);
  }

  private static void answersAsItsProfileAndAsRecorded(LabBackend lab, String kernel, int nodes) {
    Map<String, Trace> recorded = recorded(kernel);
    RememberingBackend answers = new RememberingBackend(lab);
    try (Backend model = new TestbedBackend("sim:" + kernel,
        new SimTestbed(Profiles.find(kernel), new MachineSpec(nodes, 256L << 20, 1), true), () -> false)) {
      List<Verdict> verdicts = new Runner(answers, model, workload -> { }, verdict -> { }).run(CORPUS);
      assertThat(verdicts).filteredOn(verdict -> verdict.kind() == Kind.DIVERGED || verdict.kind() == Kind.BROKEN).isEmpty();
      assertThat(verdicts).filteredOn(verdict -> verdict.kind() == Kind.SKIPPED)
          .as("skipped for want of nodes alone").allMatch(verdict -> verdict.nodes() > nodes);
      assertThat(verdicts).hasSameSizeAs(CORPUS);
    }
    Map<String, List<Divergence>> differences = new LinkedHashMap<>();
    int compared = 0;
    for (Workload workload : CORPUS) {
      Trace expected = recorded.get(workload.name());
      if (expected != null && workload.nodes() <= nodes && expected.skipped().isEmpty()) {
        List<Divergence> difference = TraceDiff.compare(Optional.of(workload), answers.run(workload), expected);
        if (!difference.isEmpty()) {
          differences.put(workload.name(), difference);
        }
        compared++;
      }
    }
    assertThat(differences).isEmpty();
    assertThat(compared).isGreaterThan(100);
  }

  /** On four nodes. */
  private static Map<String, Trace> recorded(String kernel) {
    Map<String, Trace> traces = new LinkedHashMap<>();
    String file = "corpus." + kernel + ".traces.yaml";
    TraceReader.parse(file, Oracle.text(file)).forEach(trace -> traces.put(trace.workload(), trace));
    return traces;
  }
}
