package io.github.pageferry.it.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.Errno;
import io.github.pageferry.it.Oracle;
import io.github.pageferry.it.run.TraceDiff;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.testbed.TestbedBackend;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.check.KnownDefect;
import io.github.pageferry.sim.mm.KernelBug;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Workloads that bring a real 2.6.36 down: its {@code mbind_range()} loses the part of a VMA below the range, whose pages stay
 * mapped though no VMA maps them, so that {@code mm/filemap.c:128} stops the kernel when their file goes.
 */
class CrashWorkloadsTest {

  private static final MachineSpec RECORDED_ON = new MachineSpec(4, 256L << 20, 1);

  private static final String CAUSE = KnownDefect.MAPPING_LOST.toString();

  private static Workload workload(String name) {
    String file = "crash/" + name + WorkloadReader.SUFFIX;
    return WorkloadReader.parse(file, Oracle.text(file)).get(0);
  }

  /** The last step begins inside a VMA; of its region, lost is what lies before: one page of the first, three of the second. */
  @ParameterizedTest
  @CsvSource({"c-min, 1000000000 to 1000001000", "random-1001-1311, 1040000000 to 1040003000"})
  void theLastStepLosesAMappingAndTheInvariantsSaySo(String name, String lost) {
    Workload workload = workload(name);
    List<Step> steps = workload.steps();
    try (SimTestbed testbed = new SimTestbed("2.6.36", RECORDED_ON, true)) {
      Session session = testbed.open(workload);
      steps.subList(0, steps.size() - 1).forEach(session::execute);
      assertThat(session.knownDefects()).isEmpty();
      assertThatThrownBy(() -> session.execute(steps.get(steps.size() - 1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("belongs to no VMA", CAUSE);
      assertThat(session.knownDefects()).isEqualTo(Map.of(CAUSE, "no VMA maps " + lost + " any longer"));
      assertThatThrownBy(session::close)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("has mapcount 1 but 0 entries map it", CAUSE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"c-min", "random-1001-1311"})
  void everyStepAnswersAndThenTheTruncationAtExitStopsTheKernel(String name) {
    Workload workload = workload(name);
    try (SimTestbed testbed = new SimTestbed("2.6.36", RECORDED_ON, false)) {
      Session session = testbed.open(workload);
      for (Step step : workload.steps()) {
        assertThat(session.execute(step).returned()).as(step.toString()).isZero();
      }
      assertThatThrownBy(session::close)
          .isInstanceOf(KernelBug.class)
          .hasMessageMatching("kernel BUG: mm/filemap.c:128: page \\d+ is still mapped");
    }
  }

  @Test
  void aLostPageAnswersDoesNotMoveAndOutlivesItsUnmapping() {
    Workload workload = WorkloadReader.parse("lost", """
        workload: lost
        nodes: 2
        needs: [ext4]
        steps:
          - map: {as: b, pages: 4, backing: ext4}
          - touch: {pages: "b[0]", node: 0}
          - bind: {pages: "b[3]", mode: preferred, nodes: [0]}
          - bind: {pages: "b[2]", mode: preferred, nodes: [0]}
          - touch: {pages: "b[1]"}
          - query: {pages: "b[0]"}
          - touch: {pages: "b[0]"}
          - move: {pages: "b[0]", to: 1}
          - unmap: {pages: "b[0]"}
          - query: {pages: "b[0]"}
        """).get(0);
    try (SimTestbed testbed = new SimTestbed("2.6.36", RECORDED_ON, false)) {
      Session session = testbed.open(workload);
      List<Session.Result> results = workload.steps().stream().map(session::execute).toList();
      assertThat(results.get(4).returned()).as("the first touch of a lost page").isEqualTo(-Errno.EFAULT.number());
      assertThat(results.get(5).status()).containsExactly(0);
      assertThat(results.get(6).returned()).as("another touch").isZero();
      assertThat(results.get(7).status()).containsExactly(-Errno.EAGAIN.number());
      assertThat(results.get(8).returned()).as("munmap()").isZero();
      assertThat(results.get(9).status()).containsExactly(0);
      assertThatThrownBy(session::close).isInstanceOf(KernelBug.class).hasMessageContaining("mm/filemap.c:128");
    }
  }

  /** Kernels of 3.11 and later survive them. */
  @ParameterizedTest
  @ValueSource(strings = {"5.10", "6.1", "6.12", "6.18", "7.3"})
  void laterKernelsAnswerAsRecorded(String kernel) {
    String file = "crash/" + kernel + ".traces.yaml";
    List<Trace> recorded = TraceReader.parse(file, Oracle.text(file));
    assertThat(recorded).hasSize(2);
    try (Backend backend = new TestbedBackend("sim", new SimTestbed(kernel, RECORDED_ON, true), () -> false)) {
      for (Trace trace : recorded) {
        Workload workload = workload(trace.workload());
        assertThat(TraceDiff.compare(Optional.of(workload), trace, backend.run(workload))).isEmpty();
      }
    }
  }
}
