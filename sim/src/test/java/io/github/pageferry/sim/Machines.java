package io.github.pageferry.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.SimulatedMachine.KernelImage;
import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.AddressSpace;
import io.github.pageferry.sim.mm.Scheduler;
import io.github.pageferry.sim.mm.Task;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.jspecify.annotations.Nullable;

/**
 * The machines of a test: every test of this module gets its machines here, and each of them is held to the invariants after its
 * processes' calls ({@link StepWatch} says which) and when the test ends, and to have lost no page when its processes have ended but
 * those that its kernel is known to lose, without a word in the test ({@code MachinesRuleTest} sees to that, and the platform's
 * detection of extensions to the end).
 */
public final class Machines {

  /** Four nodes of 4 MiB: small enough to fill one. */
  public static final MachineSpec SMALL = new MachineSpec(4, 4 << 20, 1);

  private static final ThreadLocal<List<Runnable>> CHECKS = ThreadLocal.withInitial(ArrayList::new);
  private static final ThreadLocal<List<Kernel>> WATCHED = ThreadLocal.withInitial(ArrayList::new);

  private Machines() {}

  /** A machine as {@link #SMALL} under 2.6.36. */
  public static SimulatedMachine boot() {
    return boot(SMALL, "2.6.36");
  }

  public static SimulatedMachine boot(MachineSpec spec, String release) {
    return watched(SimulatedMachine.boot(spec, release));
  }

  /** A machine whose tasks could run at the same time, as far as its scheduler lets them. */
  public static SimulatedMachine boot(MachineSpec spec, String release, @Nullable Scheduler scheduler) {
    return watched(SimulatedMachine.boot(spec, release, scheduler));
  }

  /** A machine with a kernel of another make. */
  public static SimulatedMachine boot(MachineSpec spec, String release, KernelImage image) {
    return watched(SimulatedMachine.boot(spec, release, null, image));
  }

  private static SimulatedMachine watched(SimulatedMachine machine) {
    watch(machine);
    CHECKS.get().add(() -> {
      machine.kernel().syscalls = null;
      machine.invariants().check();
      end(machine.kernel());
      machine.invariants().checkEmpty();
    });
    return machine;
  }

  private static void watch(SimulatedMachine machine) {
    machine.kernel().syscalls = new StepWatch(machine);
    WATCHED.get().add(machine.kernel());
  }

  private static void stopWatching() {
    WATCHED.get().forEach(kernel -> kernel.syscalls = null);
    WATCHED.get().clear();
  }

  /**
   * All processes exit, all pipes are closed, all files removed and journals committed, and the pools of huge pages, of which all are
   * free, are given up: nothing has a page any longer.
   */
  private static void end(Kernel kernel) {
    for (Task task : kernel.tasks()) {
      if (task.mm != null) {
        kernel.fork.doExit(task);
      }
    }
    kernel.splice.closeAll();
    for (AddressSpace space : kernel.mappings.spaces()) {
      while (space.host().references > 0) {
        kernel.inodes.unlink(space.host());
      }
    }
    kernel.ext4.syncFs();
    // A page whose last process was gone while it was being written to swap waits there for reclaim.
    kernel.swapfile.sysSwapoff();
    assertThat(kernel.hugetlb.pool().reserved).as("huge pages promised to nobody").isZero();
    for (int node = kernel.nodes.withMemory().first(); node >= 0; node = kernel.nodes.withMemory().next(node)) {
      assertThat(kernel.hugetlb.setPoolSize(node, 0)).as("huge pages of node " + node + " that nobody has").isZero();
    }
  }

  /** A migrator; the machine's invariants are checked unless the test closes it. */
  static SimulatedMigrator open(String options) {
    SimulatedMigrator migrator = SimulatedMigrator.open(options);
    watch(migrator.machine());
    CHECKS.get().add(() -> {
      if (!migrator.isClosed()) {
        migrator.machine().invariants().check();
      }
    });
    return migrator;
  }

  /** Says that this test breaks its machines from here on; it is an error then if the invariants do hold in the end. */
  public static void expectViolations() {
    stopWatching();
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
    stopWatching();
    CHECKS.get().clear();
  }

  /** Registered for all tests of the module. Machines that a test class makes in its fields are there before any callback. */
  public static final class EndWithTheInvariants implements AfterEachCallback {

    @Override
    public void afterEach(ExtensionContext context) {
      List<Runnable> checks = List.copyOf(CHECKS.get());
      CHECKS.get().clear();
      WATCHED.get().clear();
      checks.forEach(Runnable::run);
    }
  }
}
