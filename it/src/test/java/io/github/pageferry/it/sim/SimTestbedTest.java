package io.github.pageferry.it.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.Profiles;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource({"hugetlb, 2.6.31, 2.6.32", "ksm, 2.6.31, 2.6.32", "thp, 2.6.37, 2.6.38"})
  void aReleaseThatLacksWhatAWorkloadNeedsSaysSinceWhenThereIs(String need, String without, String since) {
    Workload workload = WorkloadReader.parse("w", """
        workload: w
        needs: [%s]
        steps:
          - map: {as: a, pages: 1}
        """.formatted(need)).get(0);
    MachineSpec spec = new MachineSpec(1, 32 << 20, 1);
    try (SimTestbed old = new SimTestbed(without, spec, false); SimTestbed first = new SimTestbed(since, spec, false)) {
      assertThat(old.lacks(workload)).contains("Linux " + without + " has no " + need + ", which came with " + since);
      assertThat(first.lacks(workload)).isEmpty();
    }
  }

  @Test
  void saysHowMuchNoTraceConfirmsAndNamesAllOfItForReports() {
    try (SimTestbed testbed = new SimTestbed("6.12", new MachineSpec(1, 1L << 30, 1), false)) {
      List<String> unconfirmed = Profiles.unconfirmed("6.12");
      assertThat(testbed.description()).isEqualTo(
          "simulated Linux 6.12, 1 node of 1024 MiB; reports list what no recorded trace confirms (" + unconfirmed.size() + ")");
      assertThat(testbed.facts().get("confirmed by no recorded trace")).contains(unconfirmed);
    }
    try (SimTestbed testbed = new SimTestbed("2.6.36", new MachineSpec(2, 1L << 30, 1), false)) {
      assertThat(testbed.description()).isEqualTo("simulated Linux 2.6.36, 2 nodes of 1024 MiB");
      assertThat(testbed.facts()).isEmpty();
    }
  }
}
