package io.github.pageferry.linux;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Finds the cpuset of the process: its group in {@code /proc/self/cgroup}, the mount in {@code /proc/self/mountinfo}. */
final class CpusetReader {

  private CpusetReader() {}

  /**
   * A line of {@code /proc/self/cgroup}, {@code ID:CONTROLLERS:PATH}; the id 0 is the one hierarchy of version 2.
   *
   * @param version 1 or 2
   */
  record Group(int version, String path) {}

  /**
   * A mounted hierarchy.
   *
   * @param root the group that is its root as mounted
   * @param point the folder it is mounted on
   */
  record Mount(String root, String point) {}

  static Optional<Cpuset> read(HostFiles files) {
    Optional<Group> found = group(files.tryRead("/proc/self/cgroup").orElse(""));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Group group = found.get();
    Optional<Mount> mount = mount(files.tryRead("/proc/self/mountinfo").orElse(""), group.version());
    return Optional.of(new Cpuset(group.version(), group.path(), mount.flatMap(m -> memsFile(files, m, group.path()))));
  }

  /** The group that decides: version 1's where cpuset is bound there, version 2's else. */
  static Optional<Group> group(String text) {
    List<String[]> lines = text.lines().map(line -> line.split(":", 3)).filter(parts -> parts.length == 3).toList();
    Optional<Group> first = lines.stream()
        .filter(parts -> Arrays.asList(parts[1].split(",")).contains("cpuset"))
        .map(parts -> new Group(1, parts[2]))
        .findFirst();
    return first.or(() -> lines.stream()
        .filter(parts -> parts[0].equals("0"))
        .map(parts -> new Group(2, parts[2]))
        .findFirst());
  }

  /** Where the hierarchy of that version that has cpusets is mounted, proc_pid_mountinfo(5). */
  static Optional<Mount> mount(String mountinfo, int version) {
    for (String line : mountinfo.lines().toList()) {
      String[] halves = line.split(" - ", 2);
      String[] mount = halves[0].split(" ");
      String[] fileSystem = halves.length < 2 ? new String[0] : halves[1].split(" ");
      if (mount.length < 5 || fileSystem.length < 3) {
        continue;
      }
      boolean wanted = version == 2
          ? fileSystem[0].equals("cgroup2")
          : fileSystem[0].equals("cgroup") && Arrays.asList(fileSystem[2].split(",")).contains("cpuset");
      if (wanted) {
        return Optional.of(new Mount(KernelText.unescape(mount[3]), KernelText.unescape(mount[4])));
      }
    }
    return Optional.empty();
  }

  /** The file of the group itself or, in version 2, of the nearest group above for which cpusets are switched on. */
  private static Optional<String> memsFile(HostFiles files, Mount mount, String group) {
    String path = mount.root().equals("/") || !group.startsWith(mount.root())
        ? group
        : group.substring(mount.root().length());
    while (true) {
      String folder = mount.point() + (path.equals("/") ? "" : path);
      if (files.exists(folder + "/cpuset.mems")) {
        return Optional.of(folder + "/cpuset.mems");
      }
      if (path.lastIndexOf('/') < 0 || path.equals("/")) {
        return Optional.empty();
      }
      path = path.substring(0, path.lastIndexOf('/'));
    }
  }
}
