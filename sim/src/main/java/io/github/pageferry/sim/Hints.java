package io.github.pageferry.sim;

import io.github.pageferry.Errno;
import io.github.pageferry.SystemCall;

/** What an error of a simulated system call means; a sentence without a full stop. The ERRORS sections of the manual pages. */
final class Hints {

  private static final String NODES = ", see topology().nodesWithMemory()";

  private Hints() {}

  /** What this error of this call means on a simulated machine, where every caller is root. */
  static String of(SystemCall call, Errno errno) {
    return switch (errno) {
      case EINVAL -> invalid(call);
      case ENODEV -> "a target node is not there" + NODES;
      case ENOENT -> "no page had to move (kernels before 2.6.28 say so with this error)";
      case ESRCH -> "the simulated machine has no process with this pid: name MemoryMigrator.SELF";
      case EPERM -> "the process is a kernel thread of the simulated machine, and no call may touch those";
      case EFAULT -> "nothing can be mapped at the address: those of a process are from 64 KiB up to 2^48";
      case EIO -> "STRICT was given and pages break the policy that could not be moved, or were not to be: queryPages tells which";
      case ENOMEM -> "the simulated memory of a node that may be used is full: see topology(), and open a larger machine, as in"
          + " \"sim:" + Profiles.forThisHost() + " nodes:4 memory:512GiB\"";
      case E2BIG -> "kernels before 2.6.29 take fewer pages at once: use smaller batches";
      case ENOSYS -> "a kernel of this release does not have this system call";
      case EOPNOTSUPP -> "a mapping in the range has a policy other than BIND and PREFERRED_MANY";
      default -> "Linux answers so, too: see " + call.kernelName() + "(2)";
    };
  }

  private static String invalid(SystemCall call) {
    return switch (call) {
      case MOVE_PAGES -> "only MOVE and MOVE_ALL are flags of this call, and a kernel thread has no pages to move";
      case MIGRATE_PAGES -> "the target nodes are not there, or a node number is beyond what this kernel was built for" + NODES;
      case GET_MEMPOLICY -> "the next node of an interleaving was asked of a thread whose policy does not interleave";
      default -> "the address is no multiple of the page size, the length is negative or reaches beyond the address space, the mode"
          + " or its flags are not known to this kernel, or they do not go with these nodes" + NODES;
    };
  }
}
