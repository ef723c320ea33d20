package io.github.pageferry.sim.mm;

import org.jspecify.annotations.Nullable;

/**
 * The page tables of an address space: four levels of 512 entries, x86-64's, the lowest an array of {@link Pte}s that maps
 * 2 MiB. Tables come with the first entry in them and go with {@link #freeRange}. In place of a table of ptes an entry of the
 * second level can map a huge page; it is kept as an array of one element.
 */
public final class PageTable {

  public static final int PAGE_SHIFT = 12;
  public static final long PAGE_SIZE = 1L << PAGE_SHIFT;
  public static final long PAGE_MASK = -PAGE_SIZE;
  public static final int PMD_SHIFT = 21;
  /** What one table of ptes maps, in bytes. */
  public static final long PMD_SIZE = 1L << PMD_SHIFT;
  public static final long PMD_MASK = -PMD_SIZE;
  /** One more than the highest address of a process. */
  public static final long TASK_SIZE = (1L << 47) - PAGE_SIZE;

  private static final int ENTRIES = 512;

  private final long[] @Nullable [] @Nullable [] @Nullable [] pgd = new long[ENTRIES][][][];
  /** The table used last and the address bits it stands for: most walks stay within 2 MiB. */
  private long @Nullable [] lastTable;
  private long lastTag = -1;

  /** The index of an address's entry in its table. */
  public static int slot(long address) {
    return (int) (address >>> PAGE_SHIFT) & ENTRIES - 1;
  }

  /** {@code pte_offset_map()}: the table that holds the entry of this address, null where there is none. */
  public long @Nullable [] find(long address) {
    long tag = address >>> PMD_SHIFT;
    if (tag == lastTag) {
      return lastTable;
    }
    long @Nullable [] @Nullable [] @Nullable [] pud = pgd[(int) (address >>> 39) & ENTRIES - 1];
    if (pud == null) {
      return null;
    }
    long @Nullable [] @Nullable [] pmd = pud[(int) (address >>> 30) & ENTRIES - 1];
    if (pmd == null) {
      return null;
    }
    long @Nullable [] table = pmd[(int) tag & ENTRIES - 1];
    if (table == null || table.length == 1) {
      return null;
    }
    lastTable = table;
    lastTag = tag;
    return table;
  }

  /** {@code pmd_alloc()}: the tables above the ptes of this address. */
  private long @Nullable [] @Nullable [] allocPmd(long address) {
    int i = (int) (address >>> 39) & ENTRIES - 1;
    int j = (int) (address >>> 30) & ENTRIES - 1;
    if (pgd[i] == null) {
      pgd[i] = new long[ENTRIES][][];
    }
    if (pgd[i][j] == null) {
      pgd[i][j] = new long[ENTRIES][];
    }
    return pgd[i][j];
  }

  /** {@code pte_alloc_map()}: as {@link #find}, made where it is missing. */
  public long[] alloc(long address) {
    long[] table = find(address);
    if (table == null) {
      int k = (int) (address >>> PMD_SHIFT) & ENTRIES - 1;
      long @Nullable [] @Nullable [] pmd = allocPmd(address);
      KernelBug.on(pmd[k] != null, "a huge page is mapped at {}", address);
      table = new long[ENTRIES];
      pmd[k] = table;
      lastTable = table;
      lastTag = address >>> PMD_SHIFT;
    }
    return table;
  }

  /** {@code huge_pte_offset()}: the entry that maps a huge page around this address, 0 where none does. */
  public long huge(long address) {
    long @Nullable [] @Nullable [] @Nullable [] pud = pgd[(int) (address >>> 39) & ENTRIES - 1];
    long @Nullable [] @Nullable [] pmd = pud == null ? null : pud[(int) (address >>> 30) & ENTRIES - 1];
    long @Nullable [] entry = pmd == null ? null : pmd[(int) (address >>> PMD_SHIFT) & ENTRIES - 1];
    return entry == null || entry.length != 1 ? 0 : entry[0];
  }

  /** {@code set_huge_pte_at()}: 0 takes the entry away. No ptes may be there. */
  public void setHuge(long address, long entry) {
    int k = (int) (address >>> PMD_SHIFT) & ENTRIES - 1;
    long @Nullable [] @Nullable [] pmd = allocPmd(address);
    long @Nullable [] old = pmd[k];
    KernelBug.on(old != null && old.length != 1, "ptes are mapped at {}", address);
    pmd[k] = entry == 0 ? null : new long[] {entry};
  }

  /** The entry of an address, 0 where there is none; within a huge page as if its base page had one of its own. */
  public long get(long address) {
    long[] table = find(address);
    if (table != null) {
      return table[slot(address)];
    }
    long huge = huge(address);
    return huge == 0 ? 0 : Pte.ofPart(huge, slot(address));
  }

  /** {@code set_pte_at()}, with tables made where they are missing. */
  public void set(long address, long pte) {
    alloc(address)[slot(address)] = pte;
  }

  /**
   * {@code free_pgd_range()}: frees the tables of a range of which no entry is needed any longer. A table is freed only
   * where it lies between {@code floor} and {@code ceiling} as a whole, since neighbours may have entries in it.
   *
   * @param floor end of the mapping below, 0 where there is none
   * @param ceiling start of the mapping above, 0 where there is none
   */
  public void freeRange(long start, long end, long floor, long ceiling) {
    long from = start & PMD_MASK;
    if (from < floor) {
      from += PMD_SIZE;
    }
    long top = ceiling & PMD_MASK;
    long to = end;
    if (ceiling != 0 && to > top) {
      to = (to - 1) & PMD_MASK;
    }
    for (long at = from; at < to; at += PMD_SIZE) {
      long[] @Nullable [] @Nullable [] pud = pgd[(int) (at >>> 39) & ENTRIES - 1];
      if (pud == null) {
        at = (at | (1L << 39) - 1) + 1 - PMD_SIZE;
        continue;
      }
      long @Nullable [] @Nullable [] pmd = pud[(int) (at >>> 30) & ENTRIES - 1];
      if (pmd == null) {
        at = (at | (1L << 30) - 1) + 1 - PMD_SIZE;
        continue;
      }
      pmd[(int) (at >>> PMD_SHIFT) & ENTRIES - 1] = null;
    }
    lastTag = -1;
  }

  /** Takes every entry that is not none, in order of addresses. */
  public void forEach(EntryVisitor visitor) {
    for (int i = 0; i < ENTRIES; i++) {
      for (int j = 0; pgd[i] != null && j < ENTRIES; j++) {
        for (int k = 0; pgd[i][j] != null && k < ENTRIES; k++) {
          long[] table = pgd[i][j][k];
          for (int l = 0; table != null && l < table.length; l++) {
            if (table[l] != 0) {
              visitor.entry((long) i << 39 | (long) j << 30 | (long) k << PMD_SHIFT | (long) l << PAGE_SHIFT, table[l]);
            }
          }
        }
      }
    }
  }

  /** Sees an entry of a page table. */
  @FunctionalInterface
  public interface EntryVisitor {
    /**
     * One entry.
     *
     * @param address the address that it maps
     * @param pte the entry, not 0
     */
    void entry(long address, long pte);
  }
}
