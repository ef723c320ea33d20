package io.github.pageferry.sim.mm;

/** {@code struct mempolicy}. Null stands for {@code MPOL_DEFAULT}. */
public final class Policy {

  public static final int DEFAULT = 0;
  public static final int PREFERRED = 1;
  public static final int BIND = 2;
  public static final int INTERLEAVE = 3;
  public static final int LOCAL = 4;
  public static final int PREFERRED_MANY = 5;
  public static final int WEIGHTED_INTERLEAVE = 6;

  /** {@code MPOL_F_SHARED}: stands in a {@link SharedPolicy}. */
  public static final int F_SHARED = 1;
  /** {@code MPOL_F_LOCAL}: preferred without a node. */
  public static final int F_LOCAL = 1 << 1;
  /** {@code MPOL_F_RELATIVE_NODES}. */
  public static final int F_RELATIVE_NODES = 1 << 14;
  /** {@code MPOL_F_STATIC_NODES}. */
  public static final int F_STATIC_NODES = 1 << 15;
  /** {@code MPOL_MODE_FLAGS} of 2.6.36. */
  public static final int MODE_FLAGS = F_RELATIVE_NODES | F_STATIC_NODES;

  /** {@code mode}. */
  public final int mode;
  /** {@code flags}, the kernel's own and the caller's. */
  public int flags;
  /** {@code v.nodes}, of {@link #BIND} and {@link #INTERLEAVE}. */
  public NodeMask nodes = NodeMask.NONE;
  /** {@code v.preferred_node}. */
  public int preferredNode = -1;
  /** {@code home_node}: where allocation starts, -1 ({@code NUMA_NO_NODE}) for the task's node; since c6018b4b2549 (5.17). */
  public int homeNode = -1;
  /** {@code w.user_nodemask}, of policies with mode flags. */
  public NodeMask userNodemask = NodeMask.NONE;
  /** {@code w.cpuset_mems_allowed}: what was allowed when the nodes were last computed. */
  public NodeMask cpusetMemsAllowed = NodeMask.NONE;

  public Policy(int mode, int flags) {
    this.mode = mode;
    this.flags = flags;
  }

  /** {@code mpol_dup()} without rebinding. */
  public Policy copy() {
    Policy copy = new Policy(mode, flags);
    copy.nodes = nodes;
    copy.preferredNode = preferredNode;
    copy.homeNode = homeNode;
    copy.userNodemask = userNodemask;
    copy.cpusetMemsAllowed = cpusetMemsAllowed;
    return copy;
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
