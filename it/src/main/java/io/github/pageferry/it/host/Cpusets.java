package io.github.pageferry.it.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The place in the cgroup hierarchy, below this process's own group, where groups for confined threads are made.
 *
 * <p>A group holds one thread, not this process: version 1 takes single threads anyway, in version 2 the group is a
 * threaded one (Documentation/admin-guide/cgroup-v2.rst).
 */
final class Cpusets {

  private static final String NAME = "pageferry-";
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final Path parent;
  private final boolean unified;
  private final String prefix;

  private Cpusets(Path parent, boolean unified, String prefix) {
    this.parent = parent;
    this.unified = unified;
    this.prefix = prefix;
  }

  /** Finds it; empty where there is no hierarchy with cpusets. */
  static Optional<Cpusets> find() {
    List<CgroupMount> mounts = CgroupMount.ofThisProcess();
    Optional<Cpusets> first = mounts.stream().filter(mount -> !mount.unified()).findFirst().map(Cpusets::legacy);
    return first.isPresent() ? first
        : mounts.stream().filter(CgroupMount::unified).findFirst().flatMap(Cpusets::unified);
  }

  private static Cpusets legacy(CgroupMount mount) {
    boolean prefixed = Files.exists(mount.ownGroup().resolve("cpuset.mems"));
    return new Cpusets(mount.ownGroup(), false, prefixed ? "cpuset." : "");
  }

  private static Optional<Cpusets> unified(CgroupMount mount) {
    return words(mount.ownGroup().resolve("cgroup.controllers")).contains("cpuset")
        ? Optional.of(new Cpusets(mount.ownGroup(), true, "cpuset.")) : Optional.empty();
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
   * A new group with the same CPUs and nodes as its parent.
   *
   * @throws IllegalStateException where it cannot be made
   */
  CpusetGroup newGroup() {
    removeLeftovers();
    Path directory = parent.resolve(NAME + ProcessHandle.current().pid() + "-" + NEXT.getAndIncrement());
    return new CpusetGroup(directory, unified, prefix);
  }

  /** Removes groups of processes that ended without a chance to do so (SIGKILL). */
  private void removeLeftovers() {
    for (Path group : groupsIn(parent)) {
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
