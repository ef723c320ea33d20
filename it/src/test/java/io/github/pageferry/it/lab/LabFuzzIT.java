package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.fuzz.Campaign;
import io.github.pageferry.it.fuzz.Finding;
import io.github.pageferry.it.fuzz.Generator;
import io.github.pageferry.it.run.Summary;
import io.github.pageferry.it.sim.SimTestbed;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.TestbedBackend;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.Profiles;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random workloads on real kernels with several nodes, in guests that live for many, against their profiles. */
class LabFuzzIT {

  private static final int WORKLOADS = 25;

  /** Of 1,500 one of those whose first workloads get the most kinds of answers, shared pages that stay (EACCES) among them. */
  private static final int SEED = 1455;
  private static final int NODES = 4;

  private static final class Silent implements Campaign.Listener {
    @Override
    public void beginning(Workload workload) {}

    @Override
    public void shrinking(Workload workload, String symptom) {}

    @Override
    public void found(Finding finding) {}
  }

  @ParameterizedTest(name = "Linux {0}")
  @ValueSource(strings = {"6.1", "6.12", "7.3"})
  void randomWorkloadsAreAnsweredAsByTheProfile(String kernel) {
    List<String> notes = new ArrayList<>();
    try (LabBackend lab = LabMachines.open(kernel + "@one-cpu", notes);
        Backend model = new TestbedBackend("sim:" + kernel,
            new SimTestbed(Profiles.find(kernel), new MachineSpec(NODES, 256L << 20, 1), true), () -> false)) {
      Campaign campaign = new Campaign(lab, model, 50, () -> false, new Silent());
      campaign.run(new Generator(SEED, NODES), 0, WORKLOADS);
      assertThat(campaign.findings()).isEmpty();
      assertThat(campaign.summary()).isEqualTo(new Summary(WORKLOADS, 0, 0, 0));
    }
    notes.forEach(System.out::println);
  }
}
