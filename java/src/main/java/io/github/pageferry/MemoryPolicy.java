package io.github.pageferry;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * A NUMA memory policy: a mode, its flags and the nodes it speaks of, as set_mempolicy(2) and mbind(2) take it.
 *
 * <p>No combination is refused here: which are valid is the kernel's to say (EINVAL).
 *
 * @param mode the mode
 * @param flags the mode's flags, none by default
 * @param nodes the nodes; empty for modes that take none
 */
public record MemoryPolicy(PolicyMode mode, Set<PolicyFlag> flags, NodeSet nodes) {

  /** The system's policy: local allocation. */
  public static final MemoryPolicy DEFAULT = new MemoryPolicy(PolicyMode.DEFAULT, Set.of(), NodeSet.EMPTY);

  public MemoryPolicy {
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(nodes, "nodes");
    flags = Set.copyOf(flags);
  }

  /** A policy without flags. */
  public static MemoryPolicy of(PolicyMode mode, NodeSet nodes) {
    return new MemoryPolicy(mode, Set.of(), nodes);
  }

  /** These nodes alone. */
  public static MemoryPolicy bind(int... nodes) {
    return of(PolicyMode.BIND, NodeSet.of(nodes));
  }

  /** Page by page over these nodes. */
  public static MemoryPolicy interleave(int... nodes) {
    return of(PolicyMode.INTERLEAVE, NodeSet.of(nodes));
  }

  /** This node while it has room, others else. */
  public static MemoryPolicy preferred(int node) {
    return of(PolicyMode.PREFERRED, NodeSet.of(node));
  }

  /** The mode argument of the system call: the mode's number with the flags' bits. */
  public int modeArgument() {
    int argument = mode.number();
    for (PolicyFlag flag : flags) {
      argument |= flag.bit();
    }
    return argument;
  }

  /**
   * The policy that get_mempolicy(2) returned.
   *
   * @throws IllegalArgumentException where the mode is one that this release of Pageferry does not know
   */
  public static MemoryPolicy fromModeArgument(int argument, NodeSet nodes) {
    EnumSet<PolicyFlag> flags = EnumSet.noneOf(PolicyFlag.class);
    int number = argument;
    for (PolicyFlag flag : PolicyFlag.values()) {
      if ((argument & flag.bit()) != 0) {
        flags.add(flag);
        number &= ~flag.bit();
      }
    }
    int unknown = number;
    PolicyMode mode = PolicyMode.find(number)
        .orElseThrow(() -> new IllegalArgumentException("memory policy mode " + unknown + " is not known"));
    return new MemoryPolicy(mode, flags, nodes);
  }
}
