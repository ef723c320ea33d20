package io.github.pageferry.sim.mm;

/**
 * A page table entry ({@code pte_t}) as a {@code long}, laid out as on x86-64; 0 is none.
 *
 * <pre>
 * present     | frame number << 12 | special 9 | protnone 8 | huge 7 | dirty 6 | accessed 5 | user 2 | write 1 | present 0 |
 * swap entry  | offset       << 12 |        0  |         0  |             type << 1                  |         0 |
 * </pre>
 *
 * A migration entry is a swap entry of a type of its own whose offset is the frame number
 * ({@code include/linux/swapops.h}).
 */
public final class Pte {

  public static final long PRESENT = 1;
  public static final long WRITE = 1 << 1;
  public static final long USER = 1 << 2;
  public static final long ACCESSED = 1 << 5;
  public static final long DIRTY = 1 << 6;
  /** {@code _PAGE_PSE}: maps a huge page; the frame is its head. */
  public static final long HUGE = 1 << 7;
  /** {@code _PAGE_PROTNONE}: there, but the hardware must not see it. */
  public static final long PROTNONE = 1 << 8;
  /** {@code _PAGE_SPECIAL}: the frame has no page that would be counted. */
  public static final long SPECIAL = 1 << 9;

  /** {@code PAGE_NONE}, {@code PAGE_READONLY}, {@code PAGE_SHARED}: values of {@code vma->vm_page_prot}. */
  public static final long PAGE_NONE = PROTNONE | ACCESSED;
  public static final long PAGE_READONLY = PRESENT | USER | ACCESSED;
  public static final long PAGE_SHARED = PRESENT | USER | WRITE | ACCESSED;

  /** {@code _PAGE_CHG_MASK}: what {@link #modify} keeps. */
  private static final long CHANGE_MASK = -1L << 12 | SPECIAL | ACCESSED | DIRTY | HUGE;

  private static final int TYPE_SHIFT = 1;
  private static final long TYPE_MASK = 31;

  /** {@code SWP_MIGRATION_READ_EXCLUSIVE}, since 6c287605fd56 (5.19). */
  static final int MIGRATION_READ_EXCLUSIVE = 29;
  /** {@code SWP_MIGRATION_READ}. */
  static final int MIGRATION_READ = 30;
  /** {@code SWP_MIGRATION_WRITE}. */
  static final int MIGRATION_WRITE = 31;

  private Pte() {}

  /** {@code pte_present()}. */
  public static boolean present(long pte) {
    return (pte & (PRESENT | PROTNONE)) != 0;
  }

  /** {@code pte_pfn()}: the frame number of a present entry. */
  public static int pfn(long pte) {
    return (int) (pte >>> 12);
  }

  /** Whether it maps a huge page. */
  public static boolean huge(long pte) {
    return (pte & HUGE) != 0 && present(pte);
  }

  /** The entry that a base page of a huge page would have. */
  public static long ofPart(long huge, int slot) {
    return present(huge) && !special(huge) ? huge + ((long) slot << 12) : huge;
  }

  /** {@code pfn_pte()} and {@code mk_pte()}. */
  public static long of(int page, long prot) {
    return (long) page << 12 | prot;
  }

  /** {@code pte_protnone()}: there, but without access. */
  public static boolean protnone(long pte) {
    return (pte & (PROTNONE | PRESENT)) == PROTNONE;
  }

  public static boolean write(long pte) {
    return (pte & WRITE) != 0;
  }

  public static boolean dirty(long pte) {
    return (pte & DIRTY) != 0;
  }

  public static boolean young(long pte) {
    return (pte & ACCESSED) != 0;
  }

  public static boolean special(long pte) {
    return (pte & SPECIAL) != 0;
  }

  /** {@code pte_modify()}: another protection for the same frame. */
  public static long modify(long pte, long prot) {
    return pte & CHANGE_MASK | prot & ~CHANGE_MASK;
  }

  // Entries of pages that are not there: swapops.h.

  /** {@code is_swap_pte()}: neither none nor present. */
  public static boolean isSwap(long pte) {
    return pte != 0 && !present(pte);
  }

  /** {@code swp_entry_to_pte(swp_entry(type, offset))}. */
  public static long swap(int type, long offset) {
    return offset << 12 | (long) type << TYPE_SHIFT;
  }

  /** {@code swp_type()}. */
  public static int swapType(long pte) {
    return (int) (pte >>> TYPE_SHIFT & TYPE_MASK);
  }

  /** {@code swp_offset()}. */
  public static long swapOffset(long pte) {
    return pte >>> 12;
  }

  /** {@code make_migration_entry()}. */
  public static long migration(int page, boolean write) {
    return swap(write ? MIGRATION_WRITE : MIGRATION_READ, page);
  }

  /** {@code make_readable_exclusive_migration_entry()}. */
  public static long migrationExclusive(int page) {
    return swap(MIGRATION_READ_EXCLUSIVE, page);
  }

  /** {@code is_readable_exclusive_migration_entry()}. */
  public static boolean isExclusiveMigration(long pte) {
    return isSwap(pte) && swapType(pte) == MIGRATION_READ_EXCLUSIVE;
  }

  /** {@code is_migration_entry()}. */
  public static boolean isMigration(long pte) {
    return isSwap(pte) && swapType(pte) >= MIGRATION_READ_EXCLUSIVE;
  }

  /** {@code is_write_migration_entry()}. */
  public static boolean isWriteMigration(long pte) {
    return isSwap(pte) && swapType(pte) == MIGRATION_WRITE;
  }

  /** {@code migration_entry_to_page()}. */
  public static int migrationPage(long pte) {
    return (int) swapOffset(pte);
  }
}
