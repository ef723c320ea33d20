package io.github.pageferry.it.backend;

import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.sim.Profiles;
import io.github.pageferry.sim.SimulatedMigrator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Simulated kernels with one node, as most hosts have, and with four. 2.6.18 answers some calls as no other release does. */
@ParameterizedClass
@MethodSource("machines")
class SimulatedBackendTest extends BackendBehaviour {

  private static final int PAGE_BYTES = 4096;

  private final String options;
  private long next = 0x7f00_0000_0000L;

  SimulatedBackendTest(String options) {
    this.options = options;
  }

  static Stream<String> machines() {
    List<String> hardware = List.of(" nodes:1 memory:64MiB", " nodes:4 memory:64MiB");
    return Profiles.names().stream().filter(release -> !release.equals("2.6.18"))
        .flatMap(release -> hardware.stream().map(machine -> release + machine));
  }

  @Override
  protected MemoryMigrator open() {
    return SimulatedMigrator.open(options);
  }

  @Override
  protected synchronized long pages(int count) {
    long address = next;
    // with room between, since a policy set beside them is not theirs
    next += (count + 1L) * PAGE_BYTES;
    return address;
  }
}
