package io.github.pageferry.it.run;

import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.Testbed;
import io.github.pageferry.it.testbed.TestbedBackend;
import io.github.pageferry.it.testbed.TracesBackend;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.sim.Profiles;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.commons.lang3.Strings;

/**
 * Opens backends by the names that the command line has for them.
 *
 * @param host opens the host's testbed; throws {@link CannotRunException} where it cannot serve
 * @param hostNodes how many nodes with memory the host has, numbered from 0
 * @param simulator opens the simulator's testbed
 * @param lab opens kernels in virtual machines; throws {@link CannotRunException} where that is not possible
 */
public record Backends(Supplier<Testbed> host, IntSupplier hostNodes, Simulator simulator, Lab lab) {

  /** The names, for messages and help. */
  public static final String NAMES = "host, sim, sim:PROFILE, traces:FILE or lab:KERNEL";

  /** Nodes of a machine that is made for the run; traces were recorded with four. */
  private static final int USUAL_NODES = 4;

  private static final String TRACES = "traces:";

  /** Opens the simulator's testbed. */
  public interface Simulator {

    /**
     * Opens it.
     *
     * @param profile a release, or empty for the one nearest to the host's
     * @param nodes how many nodes the machine has
     * @throws IllegalArgumentException where there is no such profile, or no such machine
     */
    Testbed open(String profile, int nodes);
  }

  /** Opens a kernel in a virtual machine. */
  public interface Lab {

    /**
     * Opens it.
     *
     * @param kernel a series ({@code 6.1}) or a whole release, perhaps with a topology and whether each workload
     *     starts from the same state ({@code 6.1@hole}, {@code 6.1@fresh}, {@code 6.1@hole,fresh})
     * @param nodes how many nodes the machine has unless there is a topology
     * @param cancelled asked between steps whether the user wants the end
     */
    Backend open(String kernel, int nodes, BooleanSupplier cancelled);
  }

  /**
   * How many nodes simulated machines and the lab's should have: as many as the host where that takes part, since a node more would
   * answer other than none; else enough for every workload.
   *
   * @param names of the backends that take part
   */
  public int simulatedNodes(List<String> names, List<Workload> workloads) {
    if (names.contains("host")) {
      return hostNodes.getAsInt();
    }
    return usualNodes(workloads);
  }

  /** How many nodes a machine has that is made for these workloads and that nothing else decides on. */
  public int usualNodes(List<Workload> workloads) {
    return workloads.stream().mapToInt(Workload::nodes).reduce(USUAL_NODES, Math::max);
  }

  /**
   * The workloads that were recorded with their traces, of all backends that are traces.
   *
   * @param names of the backends that take part
   */
  public List<Workload> recorded(Collection<String> names) {
    Map<String, Workload> workloads = new LinkedHashMap<>();
    for (String name : names) {
      if (name.startsWith(TRACES) && name.length() > TRACES.length()) {
        TracesBackend.open(name, Path.of(name.substring(TRACES.length()))).definitions().forEach(workloads::putIfAbsent);
      }
    }
    return List.copyOf(workloads.values());
  }

  /**
   * How many nodes a simulated machine should have beside a backend that is open already.
   *
   * @param other which it stands beside
   * @param names of the backends that take part
   */
  public int simulatedNodes(Backend other, List<String> names, List<Workload> workloads) {
    return other.nodes().isPresent() ? other.nodes().getAsInt() : simulatedNodes(names, workloads);
  }

  /**
   * Opens one.
   *
   * @param name as on the command line
   * @param nodes of a simulated machine or one of the lab's, see {@link #simulatedNodes}
   * @param cancelled asked between steps whether the user wants the end
   * @throws IllegalArgumentException where there is no such backend
   * @throws CannotRunException where it cannot serve on this machine
   */
  public Backend open(String name, int nodes, BooleanSupplier cancelled) {
    return open(name, "", nodes, cancelled);
  }

  /**
   * Opens one beside another.
   *
   * @param kernel of the other one: {@code sim} is the profile nearest to it; empty for the one nearest to the host's
   */
  public Backend open(String name, String kernel, int nodes, BooleanSupplier cancelled) {
    int colon = name.indexOf(':');
    String kind = colon < 0 ? name : name.substring(0, colon);
    String which = colon < 0 ? "" : name.substring(colon + 1);
    if (colon >= 0 && which.isEmpty()) {
      throw new IllegalArgumentException("'" + name + "' says nothing after its colon: it should be " + NAMES);
    }
    switch (kind) {
      case "host":
        if (!which.isEmpty()) {
          break;
        }
        return new TestbedBackend(name, host.get(), cancelled);
      case "sim":
        boolean near = which.isEmpty() && !kernel.isEmpty();
        String profile = near ? Profiles.nearest(Strings.CS.removeStart(kernel, "sim:")) : which;
        return new TestbedBackend(name, simulator.open(profile, nodes), cancelled);
      case "traces":
        if (which.isEmpty()) {
          throw new IllegalArgumentException("'traces' needs the file or folder with the traces: traces:FILE");
        }
        return TracesBackend.open(name, Path.of(which));
      case "lab":
        if (which.isEmpty()) {
          throw new IllegalArgumentException("'lab' needs a kernel: lab:6.1");
        }
        return lab.open(which, nodes, cancelled);
      default:
        break;
    }
    throw new IllegalArgumentException("there is no backend '" + name + "': it should be " + NAMES);
  }
}
