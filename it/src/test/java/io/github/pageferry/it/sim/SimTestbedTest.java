package io.github.pageferry.it.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import io.github.pageferry.sim.MachineSpec;
import org.junit.jupiter.api.Test;

class SimTestbedTest {

  @Test
  void workloadsThatWantMoreMemoryThanTheMachineHasDoNotRun() {
    Workload workload = WorkloadReader.parse("w", """
        workload: w
        steps:
          - map: {as: a, pages: 20480}
          - touch: {pages: a}
        """).get(0);
    try (SimTestbed small = new SimTestbed("6.18", new MachineSpec(2, 32 << 20, 1), false);
        SimTestbed large = new SimTestbed("6.18", new MachineSpec(2, 64 << 20, 1), false)) {
      assertThat(small.lacks(workload)).contains("needs up to 80 MiB of memory, the simulated machine has 64 MiB");
      assertThat(large.lacks(workload)).isEmpty();
    }
  }
}
