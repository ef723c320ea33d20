package io.github.pageferry.it.host;

import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The place in the cgroup hierarchy, below this process's own group, where groups for confined threads are made.
 *
 * <p>A group holds one thread, not this process: version 1 takes single threads anyway, in version 2 the group is a
 * threaded one (Documentation/admin-guide/cgroup-v2.rst). Where memory follows none but the thread that leads the
 * process, that one is taken in too; a JVM's does nothing but wait.
 */
final class Cpusets {

  private static final String NAME = "pageferry-";
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final CgroupMount mount;
  private final MemoryMigrator migrator;
  private volatile boolean prepared;
  private volatile boolean memoryFollowsLeader;

  private Cpusets(CgroupMount mount, MemoryMigrator migrator) {
    this.mount = mount;
    this.migrator = migrator;
  }

  /** Finds it, version 1 first; empty where there is no hierarchy with cpusets. */
  static Optional<Cpusets> find(MemoryMigrator migrator) {
    return CgroupMount.ofThisProcess().stream()
        .filter(mount -> !mount.unified() || words(mount.mountPoint().resolve("cgroup.controllers")).contains("cpuset"))
        .min(Comparator.comparing(CgroupMount::unified))
        .map(mount -> new Cpusets(mount, migrator));
  }

  static List<String> words(Path file) {
    return List.of(KernelFile.read(file).orElse("").split("\\s+"));
  }

  /** Why no group can be made, or empty where it can: one is made and removed again. */
  Optional<String> lacks() {
    try {
      newGroup().close();
      return Optional.empty();
    } catch (IllegalStateException e) {
      return Optional.of(e.getMessage());
    }
  }

  /**
   * A new group with the same CPUs and nodes as its parent, which the calling thread is in. After {@link #prepare}.
   *
   * @throws IllegalStateException where that cannot be had
   */
  CpusetGroup joinNewGroup() {
    CpusetGroup group = newGroup();
    try {
      group.join();
      if (memoryFollowsLeader) {
        group.joinLeader();
      }
      return group;
    } catch (RuntimeException e) {
      group.close();
      throw e;
    }
  }

  /**
   * Finds out, once, whether the process's memory follows the cpuset of its leading thread alone, as since Linux 7.3
   * (eda17a3a7084), or that of any thread. A policy that the kernel changes or leaves alone shows it; with one node it
   * is all the same. To be called while there are no regions: pages of this process may be moved.
   */
  void prepare() {
    int[] nodes = migrator.allowedNodes().stream().toArray();
    if (!prepared && nodes.length > 1) {
      memoryFollowsLeader = Futures.onNewThread("pageferry-cpuset", () -> leavesPolicyAlone(nodes));
    }
    prepared = true;
  }

  private boolean leavesPolicyAlone(int[] nodes) {
    try (CpusetGroup group = newGroup();
        ScratchMemory page = new ScratchMemory(Libc.PAGE_SIZE)) {
      group.join();
      migrator.bind(page.address(), Libc.PAGE_SIZE, MemoryPolicy.bind(nodes), Set.of());
      long confined = group.confine(ListFormat.format(Arrays.copyOfRange(nodes, 1, nodes.length)));
      return confined == 0 && migrator.getPolicyAt(page.address()).nodes().contains(nodes[0]);
    }
  }

  private CpusetGroup newGroup() {
    removeLeftovers();
    return new CpusetGroup(mount, NAME + ProcessHandle.current().pid() + "-" + NEXT.getAndIncrement());
  }

  /** Removes groups of processes that ended without a chance to do so (SIGKILL). */
  private void removeLeftovers() {
    for (Path group : groupsIn(mount.ownGroup())) {
      String[] parts = group.getFileName().toString().split("-");
      if (parts.length == 3 && !Files.exists(Path.of("/proc", parts[1]))) {
        Libc.rmdir(group.toString());
      }
    }
  }

  /** The groups that runs, of whatever process, have made there. */
  static List<Path> groupsIn(Path parent) {
    try (Stream<Path> all = Files.list(parent)) {
      return all.filter(group -> group.getFileName().toString().startsWith(NAME)).toList();
    } catch (IOException e) {
      throw new IllegalStateException("cannot list " + parent, e);
    }
  }
}
