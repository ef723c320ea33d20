package io.github.pageferry.sim.mm;

/** The bits of {@code page->flags} ({@code include/linux/page-flags.h}), as far as migration reads or writes them. */
public final class PageFlag {

  public static final int LOCKED = 1;
  public static final int ERROR = 1 << 1;
  public static final int REFERENCED = 1 << 2;
  public static final int UPTODATE = 1 << 3;
  public static final int DIRTY = 1 << 4;
  public static final int LRU = 1 << 5;
  public static final int ACTIVE = 1 << 6;
  /** {@code PG_checked}, also {@code PG_owner_priv_1}: the file system's own. */
  public static final int CHECKED = 1 << 7;
  public static final int RESERVED = 1 << 8;
  public static final int PRIVATE = 1 << 9;
  public static final int PRIVATE_2 = 1 << 10;
  public static final int WRITEBACK = 1 << 11;
  public static final int SWAPCACHE = 1 << 12;
  public static final int MAPPEDTODISK = 1 << 13;
  /** {@code PG_anon_exclusive} of an anonymous page, since 78fbe906cc90 (5.19). */
  public static final int ANON_EXCLUSIVE = MAPPEDTODISK;
  public static final int RECLAIM = 1 << 14;
  public static final int SWAPBACKED = 1 << 15;
  public static final int UNEVICTABLE = 1 << 16;
  public static final int MLOCKED = 1 << 17;
  /** {@code PG_head} of a compound page. */
  public static final int HEAD = 1 << 18;
  /** {@code PG_tail} of a compound page. */
  public static final int TAIL = 1 << 19;

  /** {@code PageHuge()}: the head of a page of hugetlb, in use or in the pool. */
  public static final int HUGETLB = 1 << 20;

  /** {@code PG_partially_mapped}, of the head of a transparent huge page. */
  public static final int PARTIALLY_MAPPED = 1 << 21;

  /** {@code PAGE_FLAGS_CHECK_AT_FREE}: none of these may be set on a page that is freed. */
  public static final int CHECK_AT_FREE =
      LOCKED | LRU | ACTIVE | PRIVATE | PRIVATE_2 | WRITEBACK | SWAPCACHE | RESERVED | UNEVICTABLE | MLOCKED;

  private PageFlag() {}
}
