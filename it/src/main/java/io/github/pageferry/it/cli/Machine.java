package io.github.pageferry.it.cli;

import io.github.pageferry.it.host.HostTestbed;
import io.github.pageferry.it.lab.Lab;
import io.github.pageferry.it.lab.LabFolder;
import io.github.pageferry.it.run.Backends;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.sim.SimTestbed;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.Testbed;
import io.github.pageferry.linux.LinuxMigrator;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.Profiles;
import java.util.function.BooleanSupplier;

/** The backends of the machine that the command line runs on. */
final class Machine {

  /** Of each simulated node: as the machines had on which traces were recorded. */
  private static final long NODE_BYTES = 256L << 20;

  private Machine() {}

  static Backends backends() {
    return new Backends(
        Machine::host,
        Machine::hostNodes,
        (profile, nodes) -> new SimTestbed(
            profile.isEmpty() ? Profiles.forThisHost() : Profiles.find(profile),
            new MachineSpec(nodes, NODE_BYTES, 1),
            true),
        Machine::lab);
  }

  private static Backend lab(String which, int nodes, BooleanSupplier cancelled) {
    return new Lab(LabFolder.find()).open(which, nodes, cancelled, Machine::note);
  }

  private static void note(String text) {
    System.err.println("pageferry: " + text);
  }

  private static Testbed host() {
    try {
      return HostTestbed.open();
    } catch (IllegalStateException e) {
      throw new CannotRunException(e.getMessage(), e);
    }
  }

  /** Nodes with memory as workloads count them: 0, 1, 2 and so on, up to the first that is missing. */
  private static int hostNodes() {
    try (LinuxMigrator migrator = LinuxMigrator.open()) {
      int nodes = 0;
      while (migrator.topology().nodesWithMemory().contains(nodes)) {
        nodes++;
      }
      return Math.max(1, nodes);
    } catch (IllegalStateException e) {
      throw new CannotRunException(e.getMessage(), e);
    }
  }
}
