package io.github.pageferry.sim;

import io.github.pageferry.NodeSet;
import io.github.pageferry.NumaNode;
import io.github.pageferry.Topology;
import io.github.pageferry.sim.check.Invariants;
import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.kernel.KernelProfile;
import io.github.pageferry.sim.kernel.Release;
import io.github.pageferry.sim.mm.MemCgroup;
import io.github.pageferry.sim.mm.Nodes;
import io.github.pageferry.sim.mm.PageFrames;
import io.github.pageferry.sim.mm.Scheduler;
import io.github.pageferry.sim.mm.Zone;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A simulated machine that has booted: hardware, a kernel of some release, and its first process.
 *
 * <p>Not safe for use by several threads at once. The same calls give the same answers, always.
 */
public final class SimulatedMachine {

  /** The pid of the first process. */
  public static final int FIRST_PID = 1;

  private final MachineSpec spec;
  private final Kernel kernel;
  private final SimulatedProcess self;
  private final Invariants invariants;

  private SimulatedMachine(MachineSpec spec, Kernel kernel) {
    this.spec = spec;
    this.kernel = kernel;
    self = new SimulatedProcess(kernel, kernel.current);
    invariants = new Invariants(kernel);
  }

  /**
   * Boots a machine.
   *
   * @param release of the kernel, for example {@code 6.18}
   * @throws IllegalArgumentException where the release is none
   */
  public static SimulatedMachine boot(MachineSpec spec, String release) {
    return boot(spec, release, null);
  }

  /**
   * Boots a machine whose tasks run at the same time.
   *
   * @param sched who parts them; null where there is one task at a time
   */
  public static SimulatedMachine boot(MachineSpec spec, String release, @Nullable Scheduler sched) {
    return boot(spec, release, sched, Kernel::new);
  }

  /** As {@link #boot(MachineSpec, String, Scheduler)}, with a kernel of another make. */
  public static SimulatedMachine boot(MachineSpec spec, String release, @Nullable Scheduler sched, KernelImage image) {
    int[] pages = spec.pages();
    PageFrames frames = new PageFrames(Nodes.segments(pages), sched);
    Nodes nodes = Nodes.layOut(frames, pages, spec.distances());
    return new SimulatedMachine(spec, image.boot(KernelProfile.of(Release.parse(release)), frames, nodes));
  }

  /** {@code vmlinuz}. */
  @FunctionalInterface
  public interface KernelImage {
    /** Boots the kernel. */
    Kernel boot(KernelProfile profile, PageFrames frames, Nodes nodes);
  }

  public MachineSpec spec() {
    return spec;
  }

  /** The nodes as the simulated sysfs would show them now. */
  public Topology topology() {
    List<NumaNode> nodes = new ArrayList<>();
    List<List<Integer>> distances = new ArrayList<>();
    for (int node = 0; node < spec.nodes(); node++) {
      int firstCpu = node * spec.cpusPerNode();
      NodeSet cpus = NodeSet.of(IntStream.range(firstCpu, firstCpu + spec.cpusPerNode()).toArray());
      long free = kernel.nodes.zone(node).freePages() * (long) MachineSpec.PAGE_BYTES;
      nodes.add(new NumaNode(node, cpus, true, spec.bytesPerNode(), free, List.of()));
      int from = node;
      distances.add(IntStream.range(0, spec.nodes()).mapToObj(to -> kernel.nodes.distance(from, to)).toList());
    }
    return new Topology(MachineSpec.PAGE_BYTES, nodes, distances);
  }

  /**
   * Writes {@code nr_hugepages} of a node: huge pages of 2 MiB are set aside, or given back where they are not in use.
   *
   * @return how many the node has now
   */
  public int hugePages(int node, int count) {
    return inKernel(() -> kernel.hugetlb.setPoolSize(node, count));
  }

  /**
   * {@code swapon(2)}: gives the machine an area of so many pages of swap space.
   *
   * @return 0, or -EBUSY where it has one
   */
  public long swapOn(int pages) {
    return inKernel(() -> kernel.swapfile.sysSwapon(pages));
  }

  /**
   * {@code swapoff(2)}: reads everything in that is in swap space, which the machine has no longer then.
   *
   * @return 0, -EINVAL where it has none, or -ENOMEM
   */
  public long swapOff() {
    return inKernel(() -> kernel.swapfile.sysSwapoff());
  }

  /**
   * Reclaims pages of a node, those that were not used lately first.
   *
   * @return how many were freed, fewer than wanted where no more could be
   */
  public int reclaim(int node, int pages) {
    return inKernel(() -> kernel.vmscanReclaim.tryToFreePages(kernel.nodes.zone(node), pages));
  }

  /**
   * Makes a memory cgroup, which processes can {@link SimulatedProcess#join}.
   *
   * @param limit how many pages it may be charged for
   */
  public MemCgroup memoryGroup(long limit) {
    return kernel.memcontrol.create(limit);
  }

  /**
   * Takes memory of a node away, the highest first, moving out what is there.
   *
   * @param pages how many, a multiple of {@link Zone#PAGEBLOCK}
   * @return 0, or an errno negated: -EBUSY where a page cannot be moved
   */
  public int offline(int node, int pages) {
    Zone zone = kernel.nodes.zone(node);
    return inKernel(() -> kernel.memoryHotplug.offlinePages(zone, zone.end() - pages, pages));
  }

  private <T> T inKernel(Supplier<T> call) {
    kernel.sysEnter();
    T result = call.get();
    kernel.sysExit();
    return result;
  }

  /** The kernel, its structures and functions; for tests and checkers. */
  public Kernel kernel() {
    return kernel;
  }

  /** The first process: root's, on a CPU of node 0, with nothing mapped. */
  public SimulatedProcess self() {
    return self;
  }

  /** What must hold between any two calls. */
  public Invariants invariants() {
    return invariants;
  }
}
