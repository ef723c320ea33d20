package io.github.pageferry.sim.mm;

/** {@code struct swap_info_struct}: a swap area. An entry is its number of a page in the area; 0, the area's header, is none. */
public final class SwapInfo {

  /** {@code swap_map}: how many page table entries refer to a page of the area; here counts have no limit. */
  private final int[] map;
  /** {@code SWAP_HAS_CACHE}. */
  private final boolean[] cached;
  /** What has been written. */
  private final long[] disk;
  private int used;
  /** {@code SWP_WRITEOK}: whether entries are handed out. */
  public boolean writeOk = true;
  /** {@code cluster_next}: where looking for a free page goes on. */
  public int clusterNext = 1;

  /**
   * An area of so many pages, the header not among them.
   *
   * @param pages from 1 up
   */
  public SwapInfo(int pages) {
    map = new int[pages + 1];
    cached = new boolean[pages + 1];
    disk = new long[pages + 1];
  }

  /** {@code pages}: those that can be used. */
  public int pages() {
    return map.length - 1;
  }

  /** {@code inuse_pages}. */
  public int used() {
    return used;
  }

  /** Whether nothing refers to it. */
  public boolean isFree(int entry) {
    return map[entry] == 0 && !cached[entry];
  }

  /** {@code swap_count()}. */
  public int count(int entry) {
    return map[entry];
  }

  /** Adds references, or takes them away. */
  public void count(int entry, int delta) {
    boolean free = isFree(entry);
    map[entry] += delta;
    KernelBug.on(map[entry] < 0, "swap_free() of free entry {}", entry);
    used(free, entry);
  }

  /** Whether the swap cache has it. */
  public boolean hasCache(int entry) {
    return cached[entry];
  }

  /** Says whether the swap cache has it. */
  public void hasCache(int entry, boolean has) {
    boolean free = isFree(entry);
    cached[entry] = has;
    used(free, entry);
  }

  private void used(boolean wasFree, int entry) {
    if (wasFree != isFree(entry)) {
      used += wasFree ? 1 : -1;
    }
  }

  /** What the area holds there. */
  public long disk(int entry) {
    return disk[entry];
  }

  /** Writes it. */
  public void disk(int entry, long content) {
    disk[entry] = content;
  }
}
