package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.spi.MemoryMigratorProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackendChoiceTest {

  private final List<String> log = new ArrayList<>();
  private final Map<String, String> properties = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();

  @Test
  void takesTheKernelWhereItHasTwoNodesWithMemory() {
    MemoryMigrator opened = choice(model("sim"), kernel("linux", 0, 3)).open();

    assertThat(opened.description()).isEqualTo("linux[]");
    assertThat(log).singleElement().asString().contains("linux[]", "2 nodes with memory", "0,3");
  }

  @Test
  void takesTheSimulatorWhereTheKernelHasOneNode() {
    FakeProvider kernel = kernel("linux", 0);
    MemoryMigrator opened = choice(kernel, model("sim")).open();

    assertThat(opened.description()).isEqualTo("sim[]");
    assertThat(log).singleElement().asString().contains("simulator sim[]", "linux[] has one node with memory");
    assertThat(kernel.opened).singleElement().satisfies(host -> assertThat(host.isClosed()).isTrue());
  }

  @Test
  void takesTheSimulatorWhereTheKernelCannotServe() {
    MemoryMigrator opened = choice(kernel("linux", 0, 1).unavailable("no CONFIG_NUMA"), model("sim")).open();

    assertThat(opened.description()).isEqualTo("sim[]");
    assertThat(log).singleElement().asString().contains("linux cannot serve: no CONFIG_NUMA");
  }

  @Test
  void takesTheKernelWithOneNodeWhereThereIsNoSimulator() {
    assertThat(choice(kernel("linux", 0)).open().description()).isEqualTo("linux[]");
    assertThat(choice(kernel("linux", 0), model("sim").unavailable("no heap")).open().description()).isEqualTo("linux[]");
    assertThat(log).allSatisfy(line -> assertThat(line).contains("one node with memory (0)", "no simulator"));
  }

  @Test
  void takesTheSimulatorWhereTheKernelsNodesCannotBeRead() {
    FakeProvider kernel = kernel("linux", 0, 1);
    kernel.topologyFails = true;

    assertThat(choice(kernel, model("sim")).open().description()).isEqualTo("sim[]");
    assertThat(kernel.opened).singleElement().satisfies(host -> assertThat(host.isClosed()).isTrue());
    assertThat(log).singleElement().asString().contains("cannot be read: no sysfs");
  }

  @Test
  void saysEveryReasonWhereNothingServes() {
    assertThatThrownBy(() -> choice(kernel("linux", 0).unavailable("not Linux"), model("sim").unavailable("no heap")).open())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("linux cannot serve: not Linux", "sim cannot serve: no heap");
    assertThatThrownBy(() -> choice().open())
        .isInstanceOf(IllegalStateException.class).hasMessageContainingAll("pageferry-linux", "pageferry-sim");
  }

  @Test
  void thePropertyForcesABackendAndGoesBeforeTheVariable() {
    environment.put("PAGEFERRY_BACKEND", "linux");
    FakeProvider linux = kernel("linux", 0);
    FakeProvider sim = model("sim");

    assertThat(choice(linux, sim).open().description()).isEqualTo("linux[]");
    properties.put("pageferry.backend", " sim: 6.18 nodes:4 memory:16GiB ");
    assertThat(choice(linux, sim).open().description()).isEqualTo("sim[6.18 nodes:4 memory:16GiB]");
    assertThat(log.get(0)).contains("environment variable PAGEFERRY_BACKEND");
    assertThat(log.get(1)).contains("system property pageferry.backend");
  }

  @Test
  void aBlankWishIsNone() {
    properties.put("pageferry.backend", " ");
    environment.put("PAGEFERRY_BACKEND", "");

    assertThat(choice(kernel("linux", 0, 1), model("sim")).open().description()).isEqualTo("linux[]");
  }

  @Test
  void theCallersWishGoesBeforeAll() {
    properties.put("pageferry.backend", "linux");

    assertThat(choice(kernel("linux", 0, 1), model("sim")).open("sim:2.6.36").description()).isEqualTo("sim[2.6.36]");
  }

  @Test
  void neverReplacesAForcedBackend() {
    properties.put("pageferry.backend", "linux");

    assertThatThrownBy(() -> choice(kernel("linux", 0).unavailable("seccomp refuses all; do this"), model("sim")).open())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("\"linux\"", "system property pageferry.backend", "seccomp refuses all; do this");
    assertThat(log).isEmpty();
  }

  @Test
  void listsTheBackendsThereAreWhereTheNameIsUnknown() {
    assertThatThrownBy(() -> choice(kernel("linux", 0).unavailable("not Linux"), model("sim")).open("simm:6.1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("\"simm\"", "\"linux\" (cannot serve: not Linux)", "\"sim\"");
    assertThatThrownBy(() -> choice().open("sim"))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll("none", "pageferry-sim");
    assertThatThrownBy(() -> choice(model("sim")).open(":6.1")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aProviderThatThrowsWhenAskedIsUnavailable() {
    FakeProvider kernel = kernel("linux", 0, 1);
    kernel.whyFails = new NoClassDefFoundError("com/sun/jna/Native");

    assertThat(choice(kernel, model("sim")).open().description()).isEqualTo("sim[]");
    assertThat(log).singleElement().asString().contains("NoClassDefFoundError");
  }

  private BackendChoice choice(MemoryMigratorProvider... providers) {
    return new BackendChoice(List.of(providers), properties::get, environment::get, log::add);
  }

  private static FakeProvider kernel(String name, int... nodes) {
    return new FakeProvider(name, true, nodes);
  }

  private static FakeProvider model(String name) {
    return new FakeProvider(name, false, 0, 1);
  }

  private static final class FakeProvider implements MemoryMigratorProvider {
    final List<ScriptedMigrator> opened = new ArrayList<>();
    private final String name;
    private final boolean kernel;
    private final int[] nodes;
    private String reason;
    Error whyFails;
    boolean topologyFails;

    FakeProvider(String name, boolean kernel, int... nodes) {
      this.name = name;
      this.kernel = kernel;
      this.nodes = nodes;
    }

    FakeProvider unavailable(String reason) {
      this.reason = reason;
      return this;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public boolean isKernel() {
      return kernel;
    }

    @Override
    public Optional<String> whyUnavailable() {
      if (whyFails != null) {
        throw whyFails;
      }
      return Optional.ofNullable(reason);
    }

    @Override
    public MemoryMigrator open(String options) {
      ScriptedMigrator migrator = new ScriptedMigrator(nodes) {
        @Override
        public String description() {
          return name + "[" + options + "]";
        }

        @Override
        public Topology topology() {
          if (topologyFails) {
            throw new IllegalStateException("no sysfs");
          }
          return super.topology();
        }
      };
      opened.add(migrator);
      return migrator;
    }
  }
}
