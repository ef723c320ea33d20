package io.github.pageferry.it.cli.doctor;

import io.github.pageferry.Errno;
import io.github.pageferry.SystemCall;
import io.github.pageferry.linux.HostFacts;
import io.github.pageferry.linux.ProbedCall;
import io.github.pageferry.linux.ProbedCall.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A host as its files describe it, at first a server with two nodes where everything works, and what its calls say. */
final class HostInAFolder {

  static final String ALL_CAPABILITIES = "000001ffffffffff";
  static final String NO_CAPABILITIES = "0000000000000000";

  private final Path root;
  private final Map<SystemCall, ProbedCall> calls = new EnumMap<>(SystemCall.class);
  private final Map<Integer, String> trial = new TreeMap<>(Map.of(0, "", 1, ""));

  HostInAFolder(Path root) {
    this.root = root;
    for (SystemCall call : SystemCall.values()) {
      calls.put(call, new ProbedCall(call, Verdict.WORKS, Optional.empty(), "can be called"));
    }
    file("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
    status(0, ALL_CAPABILITIES, 0, "0-1");
    file("/proc/self/cgroup", "0::/system.slice/app.service\n");
    file("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    file("/sys/fs/cgroup/system.slice/app.service/cpuset.mems", "\n");
    file("/sys/devices/system/node/online", "0-1\n");
    file("/sys/devices/system/node/has_memory", "0-1\n");
    file("/proc/sys/kernel/numa_balancing", "0\n");
    file("/sys/kernel/mm/ksm/run", "0\n");
    file("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
    file("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "64\n");
    file("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "60\n");
    file("/proc/swaps", "Filename Type Size Used Priority\n");
  }

  HostInAFolder file(String path, String text) {
    try {
      Path file = root.resolve(path.substring(1));
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The thread's rights, as {@code /proc/thread-self/status} has them. */
  HostInAFolder status(int uid, String capabilities, int seccomp, String nodes) {
    String uids = "Uid:" + ("\t" + uid).repeat(4);
    return file("/proc/thread-self/status", uids + "\nCapEff:\t" + capabilities
        + "\nSeccomp:\t" + seccomp + "\nMems_allowed_list:\t" + nodes + "\n");
  }

  HostInAFolder refusing(Verdict verdict, Errno errno, SystemCall... refused) {
    for (SystemCall call : refused) {
      calls.put(call, new ProbedCall(call, verdict, Optional.of(errno), "refused with " + errno));
    }
    return this;
  }

  HostInAFolder arriving(int node, String outcome) {
    trial.put(node, outcome);
    return this;
  }

  Examination examination() {
    List<ProbedCall> probed = Arrays.stream(SystemCall.values()).map(calls::get).toList();
    MoveTrial moved = new MoveTrial(SystemCall.MOVE_PAGES, trial);
    return new Examination("Linux on amd64", HostFacts.read(root), Optional.empty(), probed, Optional.of(moved));
  }

  Examination unavailable(String reason) {
    return new Examination("Linux on amd64", HostFacts.read(root), Optional.of(reason), List.of(), Optional.empty());
  }
}
