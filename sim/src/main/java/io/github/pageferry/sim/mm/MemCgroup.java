package io.github.pageferry.sim.mm;

/** {@code struct mem_cgroup}: processes that may not have more than so many pages together. */
public final class MemCgroup {

  private final int id;
  /** {@code res.limit}, in pages. */
  public final long limit;
  /** {@code res.usage}, in pages. */
  public long usage;

  /**
   * Makes a group.
   *
   * @param id its number, from 1
   * @param limit in pages
   */
  public MemCgroup(int id, long limit) {
    this.id = id;
    this.limit = limit;
  }

  /** Its number. */
  public int id() {
    return id;
  }
}
