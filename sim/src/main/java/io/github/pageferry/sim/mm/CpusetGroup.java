package io.github.pageferry.sim.mm;

/** {@code struct cpuset}: tasks that are confined to some nodes together. */
public final class CpusetGroup {

  /** {@code mems_allowed}; in cgroup v2 {@code effective_mems}. */
  public NodeMask memsAllowed;

  /** Whether its {@code cpuset.mems} is empty, so that it has the nodes of the group above: in cgroup v2 alone. */
  public boolean inherits;

  public CpusetGroup(NodeMask memsAllowed) {
    this.memsAllowed = memsAllowed;
  }
}
