package io.github.pageferry.sim.mm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code struct radix_tree_root} of an address space: a page for each index that is cached. */
public final class PageTree {

  private static final int SHIFT = 9;
  private static final int SLOTS = 1 << SHIFT;

  private int[] @Nullable [] leaves = new int[1][];

  /** {@code radix_tree_lookup()}: the page at an index, 0 where there is none. */
  public int get(long index) {
    int leaf = (int) (index >>> SHIFT);
    int[] slots = leaf < leaves.length ? leaves[leaf] : null;
    return slots == null ? 0 : slots[(int) index & SLOTS - 1];
  }

  /** {@code radix_tree_insert()} and {@code radix_tree_replace_slot()}; 0 deletes. */
  public void put(long index, int page) {
    int leaf = (int) (index >>> SHIFT);
    if (leaf >= leaves.length) {
      if (page == 0) {
        return;
      }
      leaves = Arrays.copyOf(leaves, Math.max(leaf + 1, 2 * leaves.length));
    }
    int[] slots = leaves[leaf];
    if (slots == null) {
      slots = new int[SLOTS];
      leaves[leaf] = slots;
    }
    slots[(int) index & SLOTS - 1] = page;
  }

  /** {@code radix_tree_gang_lookup()} of one: the first cached index from here up, -1 where there is none. */
  public long nextIndex(long from) {
    for (long leaf = from >>> SHIFT; leaf < leaves.length; leaf++) {
      int[] slots = leaves[(int) leaf];
      int slot = leaf == from >>> SHIFT ? (int) from & SLOTS - 1 : 0;
      for (; slots != null && slot < SLOTS; slot++) {
        if (slots[slot] != 0) {
          return leaf << SHIFT | slot;
        }
      }
    }
    return -1;
  }
}
