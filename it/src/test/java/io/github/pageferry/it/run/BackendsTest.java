package io.github.pageferry.it.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.ScriptedTestbed;
import io.github.pageferry.it.testbed.TestbedBackend;
import io.github.pageferry.it.workload.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackendsTest {

  private static final Backends BACKENDS = new Backends(
      () -> ScriptedTestbed.obedient("release"),
      () -> 3,
      (profile, nodes) -> ScriptedTestbed.obedient("sim/" + profile + "/" + nodes),
      (kernel, nodes, cancelled) ->
          new TestbedBackend("lab:" + kernel, ScriptedTestbed.obedient("lab/" + kernel + "/" + nodes), cancelled));

  private static List<Workload> workloads(int... nodes) {
    return Arrays.stream(nodes).mapToObj(n -> new Workload("w" + n, "", n, Set.of(), List.of())).toList();
  }

  @ParameterizedTest
  @CsvSource({"host, release", "sim, sim//7", "sim:2.6.36, sim/2.6.36/7", "lab:6.1, lab/6.1/7", "'sim:6.18 x:y', sim/6.18 x:y/7"})
  void testbedsAreOpenedByName(String name, String kernel) {
    try (Backend backend = BACKENDS.open(name, 7, () -> false)) {
      assertThat(backend.name()).isEqualTo(name);
      assertThat(backend.kernel()).isEqualTo(kernel);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", "hosts", "host:1", "Sim", "sim:", "traces", "traces:", "lab:"})
  void otherNamesAreRefused(String name) {
    assertThatThrownBy(() -> BACKENDS.open(name, 1, () -> false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name.startsWith("traces") ? "traces:FILE" : Backends.NAMES);
  }

  @Test
  void theLabNeedsAKernel() {
    assertThatThrownBy(() -> BACKENDS.open("lab", 1, () -> false))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("lab:6.1");
  }

  @Test
  void aSimulatedMachineBesideTheHostHasItsNodesAndNotOneMore() {
    assertThat(BACKENDS.simulatedNodes(List.of("host", "sim"), workloads(1, 4))).isEqualTo(3);
    assertThat(BACKENDS.simulatedNodes(List.of("sim", "host"), workloads(8))).isEqualTo(3);
  }

  @Test
  void aSimulatedMachineBesideOthersHasFourNodesOrAsManyAsAWorkloadNeeds() {
    assertThat(BACKENDS.simulatedNodes(List.of("sim", "traces:x"), workloads(1, 2))).isEqualTo(4);
    assertThat(BACKENDS.simulatedNodes(List.of("sim:6.1", "sim:6.12"), workloads(1, 8, 2))).isEqualTo(8);
  }
}
