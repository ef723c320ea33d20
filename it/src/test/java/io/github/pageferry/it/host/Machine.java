package io.github.pageferry.it.host;

import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.linux.LinuxMigrator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What runs could leave behind, as it is at one moment: of this process and of the machine.
 *
 * @param children this process's children
 * @param files what is open, the JVM's own libraries and archives left out
 * @param mappings what is mapped where runs have their regions
 * @param cgroups groups of this process's runs
 * @param mounts this process's mounts
 * @param settings of the machine
 * @param policy the calling thread's
 * @param dumpable whether this process may be looked at
 */
record Machine(Set<Long> children, Set<String> files, List<String> mappings, Set<String> cgroups, String mounts,
    Map<String, String> settings, MemoryPolicy policy, int dumpable) {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Path HUGE_PAGES =
      Path.of("/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages");
  private static final List<Path> SETTINGS = List.of(
      Path.of("/sys/kernel/mm/ksm/run"),
      Path.of("/sys/kernel/mm/ksm/pages_to_scan"),
      Path.of("/sys/kernel/mm/ksm/sleep_millisecs"),
      Path.of("/sys/kernel/mm/ksm/smart_scan"),
      Path.of("/sys/kernel/mm/transparent_hugepage/enabled"),
      Path.of("/proc/sys/kernel/numa_balancing"),
      HUGE_PAGES);

  static Machine now() {
    try (LinuxMigrator migrator = LinuxMigrator.open()) {
      return new Machine(
          ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toCollection(TreeSet::new)),
          ownFiles(),
          mappingsOfRuns(),
          cgroupsOf(ProcessHandle.current().pid()),
          KernelFile.read(Path.of("/proc/self/mountinfo")).orElse(""),
          settingsAtRest(),
          migrator.getPolicy(), Libc.prctl(Libc.PR_GET_DUMPABLE, 0, 0, 0, 0));
    }
  }

  /**
   * The machine as it is once it equals an earlier moment, or as it still is after a while: threads of the JVM's own
   * open and close files, too. What was open then and has been closed since is no leftover and counts as open.
   */
  static Machine settled(Machine before) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Machine now = now();
      now.files.addAll(before.files);
      if (now.equals(before) || System.nanoTime() > end) {
        return now;
      }
      Thread.onSpinWait();
    }
  }

  private static Set<String> ownFiles() {
    Set<String> files = Processes.openFiles(ProcessHandle.current().pid());
    files.remove(Processes.CLOSED_MEANWHILE);
    files.removeIf(file -> file.endsWith(".jar") || file.endsWith(".so") || file.endsWith("/modules")
        || file.startsWith("/proc/") && file.endsWith("/fd"));
    return files;
  }

  private static List<String> mappingsOfRuns() {
    return KernelFile.read(Path.of("/proc/self/maps")).orElse("").lines()
        .filter(line -> line.startsWith("6") && line.indexOf('-') == 12 || line.contains("memfd:pageferry"))
        .toList();
  }

  /** The groups that runs of a process have made. */
  static Set<String> cgroupsOf(long pid) {
    return CgroupMount.ofThisProcess().stream()
        .flatMap(mount -> folders(mount.ownGroup()))
        .filter(name -> name.startsWith("pageferry-" + pid + "-"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The threads in the groups that this process's runs have made. */
  static List<String> threadsInGroups() {
    String name = "pageferry-" + ProcessHandle.current().pid() + "-";
    return CgroupMount.ofThisProcess().stream()
        .flatMap(mount -> folders(mount.ownGroup()).filter(group -> group.startsWith(name))
            .map(group -> mount.ownGroup().resolve(group).resolve(mount.unified() ? "cgroup.threads" : "tasks")))
        .flatMap(file -> KernelFile.read(file).stream())
        .flatMap(String::lines)
        .toList();
  }

  private static Stream<String> folders(Path parent) {
    try (Stream<Path> all = Files.list(parent)) {
      return all.map(path -> path.getFileName().toString()).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The settings while no run, of whatever process, has changed them. */
  static Map<String, String> settingsAtRest() {
    List<MachineLock> locks = Stream.of("/sys/kernel/mm/ksm", "/sys/kernel/mm/hugepages").map(Path::of)
        .filter(Files::isDirectory).map(directory -> new MachineLock(directory, () -> false)).toList();
    try {
      return settingsNow();
    } finally {
      locks.forEach(MachineLock::close);
    }
  }

  static Map<String, String> settingsNow() {
    Map<String, String> values = new TreeMap<>();
    SETTINGS.forEach(file -> KernelFile.read(file).ifPresent(value -> values.put(file.toString(), value)));
    return values;
  }
}
