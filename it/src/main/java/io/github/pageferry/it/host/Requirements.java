package io.github.pageferry.it.host;

import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.NodeSet;
import io.github.pageferry.SystemCall;
import io.github.pageferry.it.workload.MemoryDemand;
import io.github.pageferry.it.workload.Need;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What workloads need, and whether this host has it. */
final class Requirements {

  private static final Path STATUS = Path.of("/proc/thread-self/status");
  private static final Path NODE_0_CPUS = Path.of("/sys/devices/system/node/node0/cpulist");
  private static final Path THP_ENABLED = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  private final MemoryMigrator migrator;
  private final FileSystems fileSystems;
  private final Optional<Cpusets> cpusets;
  /** How many nodes there are, from 0 on; read once, since that takes longer than many a workload. */
  private final int nodes;
  /** Of needs that are met or not for good. */
  private final Map<Need, Optional<String>> known = new EnumMap<>(Need.class);

  Requirements(MemoryMigrator migrator, FileSystems fileSystems, Optional<Cpusets> cpusets) {
    this.migrator = migrator;
    this.fileSystems = fileSystems;
    this.cpusets = cpusets;
    nodes = nodesInARow(migrator.topology().nodesWithMemory());
  }

  /** What the workload says that it needs, and what its steps cannot do without. */
  static Set<Need> needs(Workload workload) {
    EnumSet<Need> needs = EnumSet.noneOf(Need.class);
    needs.addAll(workload.needs());
    for (Step step : workload.steps()) {
      if (step instanceof Step.Map map && map.of().isEmpty() && map.backing() != Step.Backing.ANON) {
        needs.add(Need.valueOf(map.backing().name()));
      }
      if (step instanceof Step.Map map && map.huge()) {
        needs.add(Need.THP);
      }
      if (step instanceof Step.Advise advise && advise.advice() == Step.Advice.MERGEABLE) {
        needs.add(Need.KSM);
      }
      if (step instanceof Step.Cpuset) {
        needs.add(Need.CPUSET);
      }
    }
    return needs;
  }

  /** What is missing, with the reason; empty where the workload can run. */
  Optional<String> lacks(Workload workload) {
    if (workload.nodes() > nodes) {
      return Optional.of("needs " + workload.nodes() + " nodes with memory (0-" + (workload.nodes() - 1) + "), there "
          + (nodes == 1 ? "is 1" : "are " + nodes));
    }
    if (cpu().isEmpty()) {
      return Optional.of("needs a CPU of node 0 that this process may run on");
    }
    for (SystemCall call : EnumSet.of(SystemCall.MOVE_PAGES, SystemCall.SET_MEMPOLICY)) {
      if (!migrator.capabilities().has(call)) {
        return Optional.of("needs " + call.kernelName() + ": " + migrator.capabilities().of(call).reason());
      }
    }
    Optional<String> pageMap = PageMap.lacks();
    if (pageMap.isPresent()) {
      return pageMap.map(reason -> "needs to see its page tables: " + reason);
    }
    if (changesUser(workload) && !hasCapabilities(Capability.SETUID, Capability.SETGID)) {
      return Optional.of("needs CAP_SETUID and CAP_SETGID for calls with another uid");
    }
    Optional<String> memory = FreeMemory.ofHost().lacks(MemoryDemand.of(workload));
    if (memory.isPresent()) {
      return memory;
    }
    for (Need need : needs(workload)) {
      Optional<String> missing = lacks(need, workload.nodes());
      if (missing.isPresent()) {
        return missing.map(reason -> "needs " + need.word() + ": " + reason);
      }
    }
    return Optional.empty();
  }

  private synchronized Optional<String> lacks(Need need, int nodes) {
    return switch (need) {
      case ROOT -> known.computeIfAbsent(need, n -> isPrivileged() ? Optional.empty()
          : Optional.of("CAP_SYS_NICE and CAP_SYS_ADMIN are not both effective here"));
      case KSM -> Ksm.lacks();
      case CPUSET -> known.computeIfAbsent(need, n -> lacksCpusets());
      case EXT4, VFAT, RAMFS, TMPFS -> fileSystems.lacks(need);
      case SWAP -> swapIsOn() ? Optional.empty() : Optional.of("no swap space is in use (/proc/swaps)");
      case DEVICE -> known.computeIfAbsent(need, n -> Device.lacks());
      case HUGETLB -> HugePagePool.lacks(nodes);
      case THP -> lacksTransparentHugePages();
    };
  }

  private Optional<String> lacksCpusets() {
    return cpusets.isPresent() ? cpusets.get().lacks()
        : Optional.of("no cgroup hierarchy with cpusets is mounted");
  }

  private static Optional<String> lacksTransparentHugePages() {
    Optional<String> enabled = KernelFile.read(THP_ENABLED).map(KernelSettings::chosen);
    if (enabled.isEmpty()) {
      return Optional.of("the kernel has no transparent huge pages");
    }
    return enabled.get().equals("never") && !Files.isWritable(THP_ENABLED)
        ? Optional.of(THP_ENABLED + " says never and cannot be changed") : Optional.empty();
  }

  private static boolean swapIsOn() {
    return KernelFile.read(Path.of("/proc/swaps")).map(text -> text.lines().count() > 1).orElse(false);
  }

  private static boolean changesUser(Workload workload) {
    return workload.steps().stream().anyMatch(step -> step instanceof Step.Move move && move.uid().isPresent()
        || step instanceof Step.Query query && query.uid().isPresent()
        || step instanceof Step.Migrate migrate && migrate.uid().isPresent());
  }

  /** Capabilities by their numbers in linux/capability.h. */
  private enum Capability {
    SETGID(6),
    SETUID(7),
    SYS_ADMIN(21),
    SYS_NICE(23);

    private final int number;

    Capability(int number) {
      this.number = number;
    }
  }

  /** Whether this thread has what makes root root here. */
  static boolean isPrivileged() {
    return hasCapabilities(Capability.SYS_NICE, Capability.SYS_ADMIN);
  }

  private static boolean hasCapabilities(Capability... wanted) {
    long effective = KernelFile.read(STATUS).stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith("CapEff:"))
        .mapToLong(line -> Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16))
        .findFirst().orElse(0);
    for (Capability capability : wanted) {
      if ((effective >>> capability.number & 1) == 0) {
        return false;
      }
    }
    return true;
  }

  /** How many of the nodes 0, 1, 2… there are before the first that is missing. */
  static int nodesInARow(NodeSet nodes) {
    int count = 0;
    while (nodes.contains(count)) {
      count++;
    }
    return count;
  }

  /** The CPU of node 0 that runs are bound to. */
  static OptionalInt cpu() {
    Optional<String> list = KernelFile.read(NODE_0_CPUS);
    return list.isEmpty() ? OptionalInt.empty() : Cpus.firstAllowed(ListFormat.parse(list.get()));
  }
}
