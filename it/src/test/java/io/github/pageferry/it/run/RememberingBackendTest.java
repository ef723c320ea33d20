package io.github.pageferry.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.ScriptedTestbed;
import io.github.pageferry.it.testbed.TestbedBackend;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Workload;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RememberingBackendTest {

  private static final Workload WORKLOAD = new Workload("w", "", 1, Set.of(), List.of());

  private final ScriptedTestbed machine = ScriptedTestbed.obedient("release");

  /** Whose machine is given up, or is not. */
  private Backend backend(boolean renews) {
    Backend runs = new TestbedBackend("lab", machine, () -> false);
    return new Backend() {
      @Override
      public String name() {
        return runs.name();
      }

      @Override
      public String kernel() {
        return runs.kernel();
      }

      @Override
      public String description() {
        return runs.description();
      }

      @Override
      public Trace run(Workload workload) {
        return runs.run(workload);
      }

      @Override
      public boolean renew() {
        return renews;
      }

      @Override
      public void close() {
        runs.close();
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"true, 2", "false, 1"})
  void onAnotherMachineAWorkloadRunsAgain(boolean renews, int runs) {
    try (Backend remembering = new RememberingBackend(backend(renews))) {
      remembering.run(WORKLOAD);
      remembering.run(WORKLOAD);
      assertThat(machine.calls).filteredOn("open w"::equals).hasSize(1);
      assertThat(remembering.renew()).isEqualTo(renews);
      remembering.run(WORKLOAD);
      assertThat(machine.calls).filteredOn("open w"::equals).hasSize(runs);
    }
  }
}
