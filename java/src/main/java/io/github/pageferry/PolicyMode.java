package io.github.pageferry;

import java.util.Optional;

/** The modes of a memory policy, set_mempolicy(2), numbered as in {@code linux/mempolicy.h}. */
public enum PolicyMode {
  /** {@code MPOL_DEFAULT}: no policy of its own; that of the task or the system applies. Takes no nodes. */
  DEFAULT(0),
  /** {@code MPOL_PREFERRED}: the first of the nodes if it has room, others else. No nodes: the local node. */
  PREFERRED(1),
  /** {@code MPOL_BIND}: these nodes alone. */
  BIND(2),
  /** {@code MPOL_INTERLEAVE}: page by page over the nodes. */
  INTERLEAVE(3),
  /** {@code MPOL_LOCAL} (Linux 3.8): the node of the CPU that faults. Takes no nodes. */
  LOCAL(4),
  /** {@code MPOL_PREFERRED_MANY} (Linux 5.15): any of the nodes if one has room, others else. */
  PREFERRED_MANY(5),
  /** {@code MPOL_WEIGHTED_INTERLEAVE} (Linux 6.9): as INTERLEAVE, by the weights in sysfs. */
  WEIGHTED_INTERLEAVE(6);

  private final int number;

  PolicyMode(int number) {
    this.number = number;
  }

  /** The kernel's number of the mode. */
  public int number() {
    return number;
  }

  /** The mode with this number, or empty where none is known. */
  public static Optional<PolicyMode> find(int number) {
    return number >= 0 && number < values().length ? Optional.of(values()[number]) : Optional.empty();
  }
}
