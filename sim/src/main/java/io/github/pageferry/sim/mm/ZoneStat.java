package io.github.pageferry.sim.mm;

/** {@code enum zone_stat_item}: what a zone counts, as far as migration changes it. */
public enum ZoneStat {
  /** {@code NR_LRU_BASE} to {@code NR_UNEVICTABLE}, in the order of {@link Lru}. */
  NR_INACTIVE_ANON,
  NR_ACTIVE_ANON,
  NR_INACTIVE_FILE,
  NR_ACTIVE_FILE,
  NR_UNEVICTABLE,
  NR_MLOCK,
  NR_ANON_PAGES,
  NR_FILE_MAPPED,
  NR_FILE_PAGES,
  NR_FILE_DIRTY,
  NR_WRITEBACK,
  NR_ISOLATED_ANON,
  NR_ISOLATED_FILE,
  NR_SHMEM;

  /** All, in order; not to be changed. */
  static final ZoneStat[] VALUES = values();

  /** {@code NR_LRU_BASE + lru}. */
  public static ZoneStat ofLru(int lru) {
    return VALUES[lru];
  }
}
