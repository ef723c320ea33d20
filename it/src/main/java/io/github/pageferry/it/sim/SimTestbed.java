package io.github.pageferry.it.sim;

import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.testbed.Testbed;
import io.github.pageferry.it.workload.MemoryDemand;
import io.github.pageferry.it.workload.Need;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.SimulatedMachine;
import io.github.pageferry.sim.kernel.Feature;
import io.github.pageferry.sim.kernel.KernelProfile;
import io.github.pageferry.sim.kernel.Release;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Runs each workload on a simulated machine of its own that has just booted. */
public final class SimTestbed implements Testbed {

  /** What a workload may need and a simulated machine has. */
  private static final Set<Need> MODELLED = EnumSet.of(
      Need.ROOT, Need.CPUSET, Need.TMPFS, Need.RAMFS, Need.EXT4, Need.VFAT, Need.DEVICE, Need.HUGETLB, Need.KSM,
      Need.THP);

  private static final Set<Step.Backing> BACKINGS = EnumSet.of(
      Step.Backing.ANON, Step.Backing.TMPFS, Step.Backing.RAMFS, Step.Backing.EXT4, Step.Backing.VFAT,
      Step.Backing.DEVICE, Step.Backing.HUGETLB);

  /** What of it the release may not have. */
  private static final Map<Need, Feature> FEATURES =
      Map.of(Need.HUGETLB, Feature.HUGETLB, Need.KSM, Feature.KSM, Need.THP, Feature.THP);

  /** Huge pages of each node that a workload needs, where it needs them. */
  private static final int HUGE_PAGES = 4;

  private final KernelProfile profile;
  private final MachineSpec spec;
  private final boolean checking;

  /**
   * A testbed for one release.
   *
   * @param release the kernel's, for example {@code 2.6.36}
   * @param spec the hardware
   * @param checking whether the invariants are checked after every step
   * @throws IllegalArgumentException where the release is none
   */
  public SimTestbed(String release, MachineSpec spec, boolean checking) {
    profile = KernelProfile.of(Release.parse(release));
    this.spec = spec;
    this.checking = checking;
  }

  @Override
  public String kernel() {
    return "sim:" + profile.release();
  }

  @Override
  public String description() {
    int unconfirmed = profile.unconfirmed().size();
    return "simulated Linux " + profile.release() + ", "
        + (spec.nodes() == 1 ? "1 node of " : spec.nodes() + " nodes of ") + (spec.bytesPerNode() >> 20) + " MiB"
        + (unconfirmed == 0 ? "" : "; reports list what no recorded trace confirms (" + unconfirmed + ")");
  }

  @Override
  public Map<String, String> facts() {
    List<String> unconfirmed = profile.unconfirmed();
    return unconfirmed.isEmpty() ? Map.of() : Map.of("confirmed by no recorded trace", String.join("; ", unconfirmed));
  }

  @Override
  public OptionalInt nodes() {
    return OptionalInt.of(spec.nodes());
  }

  @Override
  public Optional<String> lacks(Workload workload) {
    if (workload.nodes() > spec.nodes()) {
      return Optional.of("needs " + workload.nodes() + " nodes with memory, there are " + spec.nodes());
    }
    long wanted = MemoryDemand.of(workload).pages() * MachineSpec.PAGE_BYTES;
    if (wanted > spec.nodes() * spec.bytesPerNode()) {
      return Optional.of("needs up to " + (wanted >> 20) + " MiB of memory, the simulated machine has "
          + (spec.nodes() * spec.bytesPerNode() >> 20) + " MiB");
    }
    for (Need need : workload.needs()) {
      Feature feature = FEATURES.get(need);
      if (feature != null && !profile.has(feature)) {
        return Optional.of(
            "Linux " + profile.release() + " has no " + need.word() + ", which came with " + feature.since());
      }
      if (!MODELLED.contains(need)) {
        return Optional.of("the simulator does not model " + need.word());
      }
    }
    for (Step step : workload.steps()) {
      if (step instanceof Step.Map map && map.of().isEmpty() && !BACKINGS.contains(map.backing())) {
        return Optional.of("the simulator does not model " + map.backing());
      }
    }
    return Optional.empty();
  }

  @Override
  public Session open(Workload workload) {
    SimulatedMachine machine = SimulatedMachine.boot(spec, profile.release().toString());
    for (int node = 0; workload.needs().contains(Need.HUGETLB) && node < workload.nodes(); node++) {
      machine.hugePages(node, HUGE_PAGES);
    }
    return new SimSession(machine, checking);
  }

  @Override
  public void close() {}
}
