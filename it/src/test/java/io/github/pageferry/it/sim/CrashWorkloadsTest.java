package io.github.pageferry.it.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.Oracle;
import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.mm.KernelBug;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Workloads that bring a real 2.6.36 down: its {@code mbind_range()} loses the part of a VMA below the range, whose pages stay
 * mapped though no VMA maps them, so that {@code mm/filemap.c:128} stops the kernel when their file goes.
 */
class CrashWorkloadsTest {

  private static final MachineSpec RECORDED_ON = new MachineSpec(4, 256L << 20, 1);

  private static Workload workload(String name) {
    String file = "crash/" + name + WorkloadReader.SUFFIX;
    return WorkloadReader.parse(file, Oracle.text(file)).get(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"c-min", "random-1001-1311"})
  void theLastStepLosesAMappingAndTheInvariantsSaySo(String name) {
    Workload workload = workload(name);
    List<Step> steps = workload.steps();
    try (SimTestbed testbed = new SimTestbed("2.6.36", RECORDED_ON, true)) {
      Session session = testbed.open(workload);
      steps.subList(0, steps.size() - 1).forEach(session::execute);
      assertThatThrownBy(() -> session.execute(steps.get(steps.size() - 1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("belongs to no VMA");
      assertThatThrownBy(session::close)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("has mapcount 1 but 0 entries map it");
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
}
