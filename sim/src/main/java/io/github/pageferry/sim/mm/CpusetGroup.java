package io.github.pageferry.sim.mm;

/** {@code struct cpuset}: tasks that are confined to some nodes together. */
public final class CpusetGroup {

  /** {@code mems_allowed}. */
  public NodeMask memsAllowed;

  public CpusetGroup(NodeMask memsAllowed) {
    this.memsAllowed = memsAllowed;
  }
}
