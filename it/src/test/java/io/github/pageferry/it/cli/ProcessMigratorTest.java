package io.github.pageferry.it.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.BufferPinner;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.MoveReport;
import io.github.pageferry.NodeSet;
import io.github.pageferry.SystemCall;
import io.github.pageferry.sim.SimulatedMigrator;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ProcessMigratorTest {

  private static final int PID = 4711;
  private static final long ADDRESS = 0x7f0000000000L;

  private final Set<String> calls = new TreeSet<>();

  /** Takes the calls for process 4711, and notes each with its first argument, which is a pid in those that take one. */
  private MemoryMigrator noting(MemoryMigrator migrator) {
    return (MemoryMigrator) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {MemoryMigrator.class},
        (proxy, method, args) -> {
          if (args != null && args[0] instanceof Integer) {
            calls.add(method.getName() + " " + args[0]);
            args[0] = MemoryMigrator.SELF;
          } else {
            calls.add(method.getName());
          }
          try {
            return method.invoke(migrator, args);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  @Test
  void aPinnerMovesTheMemoryOfTheOtherProcess() {
    try (MemoryMigrator simulator = SimulatedMigrator.open("nodes:2 memory:1GiB");
        MemoryMigrator migrator = new ProcessMigrator(noting(simulator), PID)) {
      MoveReport report = BufferPinner.on(migrator).pin(ADDRESS, 1000 * 4096, 1);
      assertThat(report.before().onNode(0)).isEqualTo(1000);
      assertThat(report.after().onNode(1)).isEqualTo(1000);
      assertThat(report.calls()).containsExactly(SystemCall.MOVE_PAGES);
      assertThat(calls).contains("movePages " + PID, "queryPages " + PID)
          .doesNotContain("movePages 0", "queryPages 0", "bind", "getPolicyAt", "allowedNodes", "close");
    }
  }

  @Test
  void aWholeProcessMigrates() {
    try (MemoryMigrator simulator = SimulatedMigrator.open("nodes:2 memory:1GiB")) {
      new ProcessMigrator(noting(simulator), PID).migratePages(MemoryMigrator.SELF, NodeSet.of(0), NodeSet.of(1));
      assertThat(calls).containsExactly("migratePages " + PID);
    }
  }

  @Test
  void policiesAreTheCallersOwnAndRefused() {
    try (MemoryMigrator simulator = SimulatedMigrator.open("nodes:2 memory:1GiB")) {
      MemoryMigrator migrator = new ProcessMigrator(simulator, PID);
      assertThat(migrator.capabilities().has(SystemCall.MBIND)).isFalse();
      assertThatThrownBy(() -> migrator.bind(ADDRESS, 4096, MemoryPolicy.DEFAULT, Set.of()))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(migrator::getPolicy).isInstanceOf(UnsupportedOperationException.class);
      migrator.close();
      assertThat(simulator.topology().nodesWithMemory()).as("still open").isEqualTo(NodeSet.of(0, 1));
    }
  }
}
