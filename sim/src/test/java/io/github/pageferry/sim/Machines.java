package io.github.pageferry.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The machines of a test: every test of this module gets its machines here, and each of them is held to the invariants when the test
 * ends, without a word in the test ({@code MachinesRuleTest} sees to the first, the platform's detection of extensions to the second).
 */
public final class Machines {

  /** Four nodes of 4 MiB: small enough to fill one. */
  public static final MachineSpec SMALL = new MachineSpec(4, 4 << 20, 1);

  private static final ThreadLocal<List<Runnable>> CHECKS = ThreadLocal.withInitial(ArrayList::new);

  private Machines() {}

  /** A machine as {@link #SMALL} under 2.6.36. */
  public static SimulatedMachine boot() {
    return boot(SMALL, "2.6.36");
  }

  public static SimulatedMachine boot(MachineSpec spec, String release) {
    SimulatedMachine machine = SimulatedMachine.boot(spec, release);
    CHECKS.get().add(machine.invariants()::check);
    return machine;
  }

  /** A migrator; the machine's invariants are checked unless the test closes it. */
  static SimulatedMigrator open(String options) {
    SimulatedMigrator migrator = SimulatedMigrator.open(options);
    CHECKS.get().add(() -> {
      if (!migrator.isClosed()) {
        migrator.machine().invariants().check();
      }
    });
    return migrator;
  }

  /** Says that this test breaks its machines; it is an error then if the invariants do hold. */
  public static void expectViolations() {
    List<Runnable> checks = new ArrayList<>(CHECKS.get());
    CHECKS.get().clear();
    CHECKS.get().add(() -> assertThat(checks.stream().filter(Machines::fails)).as("machines that are broken").isNotEmpty());
  }

  private static boolean fails(Runnable check) {
    try {
      check.run();
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  /** Says that a {@code BUG_ON} has stopped the machines of this test in the middle of something. */
  public static void expectCrash() {
    CHECKS.get().clear();
  }

  /** Registered for all tests of the module. */
  public static final class EndWithTheInvariants implements BeforeEachCallback, AfterEachCallback {

    @Override
    public void beforeEach(ExtensionContext context) {
      CHECKS.get().clear();
    }

    @Override
    public void afterEach(ExtensionContext context) {
      CHECKS.get().forEach(Runnable::run);
    }
  }
}
