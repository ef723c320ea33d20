package io.github.pageferry.sim.mm;

/** {@code enum lru_list}: the lists of a zone, in the kernel's order. */
public final class Lru {

  public static final int INACTIVE_ANON = 0;
  public static final int ACTIVE_ANON = 1;
  public static final int INACTIVE_FILE = 2;
  public static final int ACTIVE_FILE = 3;
  public static final int UNEVICTABLE = 4;

  /** {@code LRU_ACTIVE}: added to a base list. */
  public static final int ACTIVE = 1;
  /** {@code LRU_FILE}: added to a base list. */
  public static final int FILE = 2;
  /** {@code NR_LRU_LISTS}. */
  public static final int LISTS = 5;

  private Lru() {}
}
