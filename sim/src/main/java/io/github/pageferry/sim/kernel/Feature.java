package io.github.pageferry.sim.kernel;

/** What there was not always, and is asked for by itself: who asks an older release for it is told since when there is. */
public enum Feature {
  /** Memory that is taken away (0c0e61958965). */
  OFFLINING("2.6.24"),
  /** Memory cgroups (8cdea7c05454). */
  MEMORY_CGROUPS("2.6.25"),
  /** {@code mmap(MAP_HUGETLB)} (4e52780d41a7). */
  HUGETLB("2.6.32"),
  /** {@code madvise(MADV_MERGEABLE)} (f8af4da3b4c1). */
  KSM("2.6.32"),
  /** Transparent huge pages (71e3aac0724f); since when they are modelled is in {@link HugeProfile}. */
  THP("2.6.38"),
  /** {@code MPOL_F_NUMA_BALANCING} (bda420b98505). */
  NUMA_BALANCING("5.12"),
  /** {@code set_mempolicy_home_node(2)} (c6018b4b2549). */
  HOME_NODES("5.17");

  private final String since;

  Feature(String since) {
    this.since = since;
  }

  /** The first release that has it. */
  public String since() {
    return since;
  }
}
