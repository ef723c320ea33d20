package io.github.pageferry.linux;

import io.github.pageferry.Errno;
import io.github.pageferry.SystemCall;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a failed call means and what to do about it: one table, from the ERRORS sections of move_pages(2), mbind(2),
 * migrate_pages(2), set_mempolicy(2), get_mempolicy(2), set_mempolicy_home_node(2) and from {@code mm/migrate.c} and
 * {@code mm/mempolicy.c}. Sentences without a full stop.
 */
final class Remedies {

  private static final String MASK_EINVAL =
      "the mode or its flags are not known to this kernel, do not go with these nodes (an empty set, or one for a mode"
          + " that takes none), or none of the nodes has memory and is allowed: see topology().nodesWithMemory() and"
          + " allowedNodes()";

  private static final Map<SystemCall, Map<Errno, String>> TABLE = new EnumMap<>(SystemCall.class);

  static {
    of(SystemCall.MOVE_PAGES)
        .on(Errno.E2BIG, "kernels before 2.6.29 take fewer pages at once: use smaller batches")
        .on(Errno.EACCES, "a target node is outside of the cpuset that the process is confined to"
            + " (Mems_allowed_list in /proc/PID/status): choose another node, or widen the cpuset's mems"
            + " (docker run --cpuset-mems)")
        .on(Errno.EFAULT, "the batch's own memory is not accessible")
        .on(Errno.EINVAL, "only MOVE and MOVE_ALL are flags of this call, and a kernel thread has no pages to move")
        .on(Errno.ENODEV, "a target node is not online or has no memory: see topology().nodesWithMemory()")
        .on(Errno.ENOENT, "no page had to move (kernels before 2.6.28 say so with this error)")
        .on(Errno.ENOMEM, "the kernel found no memory for the call or for the pages' new places: free some on the target"
            + " node, or mind that the caller's own cpuset must allow that node, too")
        .on(Errno.EPERM, "MOVE_ALL needs CAP_SYS_NICE, and another process's pages need the right to read it as a"
            + " debugger would (the same user and no more capabilities than the caller's, or CAP_SYS_PTRACE; up to Linux"
            + " 4.12 CAP_SYS_NICE): run as root or the same user, or give the JVM the capability")
        .on(Errno.ESRCH, "there is no process with this pid in the caller's pid namespace");
    of(SystemCall.MIGRATE_PAGES)
        .on(Errno.EFAULT, "the node masks' own memory is not accessible")
        .on(Errno.EINVAL, "none of the target nodes has memory and is allowed by the cpusets of the process and the"
            + " caller, or a node number is beyond what this kernel was built for: see topology().nodesWithMemory()")
        .on(Errno.ENOMEM, "the kernel found no memory for the call")
        .on(Errno.EPERM, "another process needs the right to read it as a debugger would (the same user, or"
            + " CAP_SYS_PTRACE), and target nodes outside of its cpuset need CAP_SYS_NICE: run as root or the same user,"
            + " or choose nodes that it is allowed")
        .on(Errno.ESRCH, "there is no process with this pid in the caller's pid namespace");
    of(SystemCall.MBIND)
        .on(Errno.EFAULT, "a part of the range is not mapped, or lies outside of the address space")
        .on(Errno.EINVAL, "the address is not a multiple of the page size, the length is negative or reaches beyond the"
            + " address space, or " + MASK_EINVAL)
        .on(Errno.EIO, "STRICT was given and pages break the policy that could not be moved, or were not to be:"
            + " queryPages tells which")
        .on(Errno.ENOMEM, "the kernel found no memory for the call or for the pages' new places, or the process has as"
            + " many mappings as it may (sysctl vm.max_map_count)")
        .on(Errno.EPERM, "MOVE_ALL needs CAP_SYS_NICE: use MOVE, or give the JVM the capability");
    of(SystemCall.SET_MEMPOLICY)
        .on(Errno.EFAULT, "the node mask's own memory is not accessible")
        .on(Errno.EINVAL, MASK_EINVAL)
        .on(Errno.ENOMEM, "the kernel found no memory for the policy");
    of(SystemCall.GET_MEMPOLICY)
        .on(Errno.EFAULT, "nothing is mapped at the address, or the page cannot be brought in")
        .on(Errno.EINVAL, "the next node of an interleaving was asked of a thread whose policy does not interleave, or"
            + " the kernel is too old to know the question (2.6.24 for allowed nodes)");
    of(SystemCall.SET_MEMPOLICY_HOME_NODE)
        .on(Errno.EINVAL, "the address is not a multiple of the page size, the length is negative or reaches beyond the"
            + " address space, or the node is not online")
        .on(Errno.ENOENT, "no mapping in the range has a policy of its own: bind it first, with BIND or PREFERRED_MANY")
        .on(Errno.ENOMEM, "the kernel found no memory for the policy")
        .on(Errno.EOPNOTSUPP, "a mapping in the range has a policy other than BIND and PREFERRED_MANY");
    of(SystemCall.GETCPU).on(Errno.EFAULT, "the memory for the answer is not accessible");
  }

  private Remedies() {}

  /** What this error of this call means when the kernel itself gave it. */
  static String hint(SystemCall call, Errno errno) {
    String known = TABLE.get(call).get(errno);
    return known != null ? known : "this is no error that the manual page " + call.kernelName() + "(2) lists: see dmesg";
  }

  /** For a call that a seccomp filter refuses. */
  static String filtered(SystemCall call, String errno, TaskStatus task) {
    boolean withRight = task.has("CAP_SYS_NICE");
    String name = call.kernelName();
    String why = "the seccomp filter in force refuses " + name + " with " + errno;
    return switch (call) {
      case MOVE_PAGES, MIGRATE_PAGES -> why + ", as the default profiles of container runtimes do even to CAP_SYS_NICE:"
          + " start the container with a profile that allows it (docker run --security-opt seccomp=FILE.json),"
          + (withRight
              ? " or move with mbind, which they allow"
              : " or add the capability (docker run --cap-add SYS_NICE) and move with mbind, which they then allow");
      case MBIND, SET_MEMPOLICY, GET_MEMPOLICY, SET_MEMPOLICY_HOME_NODE -> why + (withRight
          ? ": start the container with a profile that allows it (docker run --security-opt seccomp=FILE.json)"
          : ", as the default profiles of container runtimes do without CAP_SYS_NICE: add it"
              + " (docker run --cap-add SYS_NICE)");
      case GETCPU -> why + ": start the container with a profile that allows it";
    };
  }

  /** For a call that something else refuses before the kernel looks at its arguments. */
  static String refused(SystemCall call, String errno) {
    return call.kernelName() + " is refused with " + errno + " whatever its arguments, and no seccomp filter is in force:"
        + " a security module (see dmesg or the audit log), or a sandbox in place of Linux (gVisor), does it";
  }

  private static Row of(SystemCall call) {
    return new Row(TABLE.computeIfAbsent(call, c -> new EnumMap<>(Errno.class)));
  }

  private record Row(Map<Errno, String> texts) {
    Row on(Errno errno, String text) {
      texts.put(errno, text);
      return this;
    }
  }
}
