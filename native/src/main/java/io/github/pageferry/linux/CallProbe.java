package io.github.pageferry.linux;

import io.github.pageferry.Errno;
import io.github.pageferry.SystemCall;
import io.github.pageferry.linux.ProbedCall.Verdict;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out what can be called by calling it with arguments that change nothing: no pages, an empty range, no nodes, a
 * mode that no kernel has. The kernel answers such a call with success or EINVAL whatever the caller's rights, so any
 * other answer comes from something before it: a seccomp filter, a security module, the lack of the call.
 *
 * <p>A filter that kills instead of answering (systemd's {@code SystemCallFilter=} without
 * {@code SystemCallErrorNumber=}) cannot be found out from within: the process dies of SIGSYS.
 */
final class CallProbe {

  /** Above every mode, without a bit of a mode flag. */
  private static final int NO_SUCH_MODE = 1 << 12;

  private final SystemCalls calls;
  private final HostFiles files;

  CallProbe(SystemCalls calls, HostFiles files) {
    this.calls = calls;
    this.files = files;
  }

  ProbedCall probe(SystemCall call) {
    long result = tryOut(call);
    if (result >= 0 || result == -Errno.EINVAL.number()) {
      return new ProbedCall(call, Verdict.WORKS, Optional.empty(), whatItNeeds(call));
    }
    Optional<Errno> errno = Errno.find((int) -result);
    String name = errno.map(Errno::name).orElse("errno " + -result);
    TaskStatus task = TaskStatus.ofThread(files);
    boolean missing = errno.equals(Optional.of(Errno.ENOSYS));
    if (missing && !(task.isFiltered() && kernelHas(call))) {
      return new ProbedCall(call, Verdict.NOT_IN_KERNEL, errno, whyMissing(call, task));
    }
    if (task.isFiltered()) {
      return new ProbedCall(call, Verdict.FILTERED, errno, Remedies.filtered(call, name, task));
    }
    return new ProbedCall(call, Verdict.REFUSED, errno, Remedies.refused(call, name));
  }

  private long tryOut(SystemCall call) {
    return switch (call) {
      case MOVE_PAGES -> calls.movePages(0, 0, 0, 0, 0, 0);
      case MIGRATE_PAGES -> calls.migratePages(0, 1, 0, 0);
      case MBIND -> calls.mbind(0, 0, 0, 0, 0, 0);
      case SET_MEMPOLICY -> calls.setMempolicy(NO_SUCH_MODE, 0, 0);
      case GET_MEMPOLICY -> calls.getMempolicy(0, 0, 0, 0, 0);
      case SET_MEMPOLICY_HOME_NODE -> calls.setMempolicyHomeNode(0, 0, 0, 0);
      case GETCPU -> calls.getcpu(0, 0);
    };
  }

  private String whatItNeeds(SystemCall call) {
    boolean moves = Set.of(SystemCall.MOVE_PAGES, SystemCall.MIGRATE_PAGES, SystemCall.MBIND).contains(call);
    if (!moves || TaskStatus.ofThread(files).has("CAP_SYS_NICE")) {
      return "can be called";
    }
    return "can be called; pages shared with other processes move only with CAP_SYS_NICE, which this thread lacks";
  }

  /** Whether the kernel is known to have the call, from what other files it has. */
  private boolean kernelHas(SystemCall call) {
    return switch (call) {
      case MOVE_PAGES, MIGRATE_PAGES -> hasNuma() && vmstatHas("pgmigrate_success");
      case MBIND, SET_MEMPOLICY, GET_MEMPOLICY -> hasNuma();
      case SET_MEMPOLICY_HOME_NODE -> hasNuma() && KernelRelease.of(files).isAtLeast(5, 17);
      case GETCPU -> true;
    };
  }

  /** {@code vmstat} has these lines only in a kernel with CONFIG_NUMA. */
  private boolean hasNuma() {
    return vmstatHas("numa_hit") || files.exists("/proc/self/numa_maps");
  }

  /** {@code pgmigrate_success} is there since 3.8 with CONFIG_MIGRATION. */
  private boolean vmstatHas(String counter) {
    return files.tryRead("/proc/vmstat").orElse("").lines().anyMatch(line -> line.startsWith(counter + " "));
  }

  private String whyMissing(SystemCall call, TaskStatus task) {
    String orFilter = task.isFiltered() ? ", or the seccomp filter that is in force pretends so" : "";
    if (call == SystemCall.SET_MEMPOLICY_HOME_NODE && !KernelRelease.of(files).isAtLeast(5, 17)) {
      return "Linux has it from 5.17 on, and this is " + KernelRelease.of(files).text() + orFilter
          + "; nothing else depends on it";
    }
    return "the kernel (" + KernelRelease.of(files).text() + ") was built without "
        + (hasNuma() ? "CONFIG_MIGRATION" : "CONFIG_NUMA") + orFilter
        + ": boot a kernel that has it, as those of all distributions for servers do";
  }
}
