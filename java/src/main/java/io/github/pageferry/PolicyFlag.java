package io.github.pageferry;

/** The optional flags of a memory policy's mode, set_mempolicy(2), numbered as in {@code linux/mempolicy.h}. */
public enum PolicyFlag {
  /** {@code MPOL_F_NUMA_BALANCING} (Linux 5.12): let NUMA balancing move pages within a BIND policy's nodes. */
  NUMA_BALANCING(1 << 13),
  /** {@code MPOL_F_RELATIVE_NODES} (Linux 2.6.26): node numbers count within the cpuset's allowed nodes. */
  RELATIVE_NODES(1 << 14),
  /** {@code MPOL_F_STATIC_NODES} (Linux 2.6.26): node numbers are not remapped when the cpuset changes. */
  STATIC_NODES(1 << 15);

  private final int bit;

  PolicyFlag(int bit) {
    this.bit = bit;
  }

  /** The flag's bit, to be added to the mode's number. */
  public int bit() {
    return bit;
  }
}
