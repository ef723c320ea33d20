package io.github.pageferry.sim.mm;

import org.jspecify.annotations.Nullable;

/** {@code struct page_cgroup}: which group each page is charged to. A column that only segments have where a page ever was. */
public final class PageCgroups {

  /** {@code PCG_USED}: is charged. */
  private static final int USED = 1 << 30;
  /** {@code PCG_MIGRATION}: is being migrated, and keeps its charge though nobody maps it. */
  private static final int MIGRATION = 1 << 29;
  private static final int ID = MIGRATION - 1;
  private static final int SLOT = PageFrames.SEGMENT_FRAMES - 1;

  private final int[] @Nullable [] columns;

  public PageCgroups(int segments) {
    columns = new int[segments][];
  }

  private int get(int page) {
    int[] column = columns[page >> PageFrames.SEGMENT_SHIFT];
    return column == null ? 0 : column[page & SLOT];
  }

  private void set(int page, int value) {
    int[] column = columns[page >> PageFrames.SEGMENT_SHIFT];
    if (column == null) {
      if (value == 0) {
        return;
      }
      column = new int[PageFrames.SEGMENT_FRAMES];
      columns[page >> PageFrames.SEGMENT_SHIFT] = column;
    }
    column[page & SLOT] = value;
  }

  /** {@code PageCgroupUsed()}. */
  public boolean used(int page) {
    return (get(page) & USED) != 0;
  }

  /** {@code pc->mem_cgroup}: the number of the group that a used page is charged to. */
  public int group(int page) {
    return get(page) & ID;
  }

  /** Charges the page to a group. */
  public void charge(int page, int group) {
    set(page, group | USED);
  }

  /** {@code ClearPageCgroupUsed()}. */
  public void uncharge(int page) {
    set(page, get(page) & ~USED);
  }

  /** {@code PageCgroupMigration()}. */
  public boolean migration(int page) {
    return (get(page) & MIGRATION) != 0;
  }

  /** Sets or clears {@code PCG_MIGRATION}. */
  public void migration(int page, boolean is) {
    set(page, is ? get(page) | MIGRATION : get(page) & ~MIGRATION);
  }
}
