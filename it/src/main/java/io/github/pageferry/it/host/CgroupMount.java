package io.github.pageferry.it.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A mounted cgroup hierarchy that has, or may have, the cpuset controller.
 *
 * @param unified whether it is of version 2
 * @param mountPoint the directory of the topmost group that can be seen
 * @param ownGroup the directory of the group that this process is in, or {@code mountPoint} where it cannot be seen
 */
record CgroupMount(boolean unified, Path mountPoint, Path ownGroup) {

  /** All of them, proc_pid_mountinfo(5) and cgroups(7) having the formats. */
  static List<CgroupMount> ofThisProcess() {
    String groups = KernelFile.read(Path.of("/proc/self/cgroup")).orElse("");
    return parse(KernelFile.read(Path.of("/proc/self/mountinfo")).orElse(""), groups).stream()
        .map(mount -> Files.isDirectory(mount.ownGroup) ? mount
            : new CgroupMount(mount.unified, mount.mountPoint, mount.mountPoint))
        .toList();
  }

  /**
   * The hierarchies in these two files.
   *
   * @param mountinfo as /proc/self/mountinfo
   * @param groups as /proc/self/cgroup
   */
  static List<CgroupMount> parse(String mountinfo, String groups) {
    List<CgroupMount> mounts = new ArrayList<>();
    for (String line : mountinfo.split("\n")) {
      // 36 35 98:0 /root /mount/point rw,noatime master:1 - type source options
      int separator = line.indexOf(" - ");
      if (separator < 0) {
        continue;
      }
      String[] before = line.substring(0, separator).split(" ");
      String[] after = line.substring(separator + 3).split(" ");
      String options = after[after.length - 1];
      boolean unified = after[0].equals("cgroup2");
      boolean legacy = after[0].equals("cpuset")
          || after[0].equals("cgroup") && List.of(options.split(",")).contains("cpuset");
      if (unified || legacy) {
        String group = group(groups, unified).orElse("/");
        String mountPoint = unescaped(before[4]);
        mounts.add(new CgroupMount(unified, Path.of(mountPoint), below(mountPoint, unescaped(before[3]), group)));
      }
    }
    return mounts;
  }

  /** The path of the group in the hierarchy, from {@code 3:cpuset:/path} or {@code 0::/path}. */
  private static Optional<String> group(String groups, boolean unified) {
    for (String line : groups.split("\n")) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3
          && (unified ? parts[1].isEmpty() : List.of(parts[1].split(",")).contains("cpuset"))) {
        return Optional.of(parts[2]);
      }
    }
    return Optional.empty();
  }

  private static Path below(String mountPoint, String root, String group) {
    if (root.equals("/")) {
      return Path.of(mountPoint, group);
    }
    boolean inside = group.equals(root) || group.startsWith(root + "/");
    return inside ? Path.of(mountPoint, group.substring(root.length())) : Path.of(mountPoint);
  }

  /** White space and backslashes in paths stand there as octal numbers. */
  private static String unescaped(String path) {
    return path.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
  }
}
