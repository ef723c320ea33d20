package io.github.pageferry.sim.mm;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** {@code struct radix_tree_root} of an address space: a page for each index that is cached, and tags on some. */
public final class PageTree {

  /** {@code PAGECACHE_TAG_DIRTY}. */
  public static final int TAG_DIRTY = 0;
  /** {@code PAGECACHE_TAG_WRITEBACK}. */
  public static final int TAG_WRITEBACK = 1;

  private static final int SHIFT = 9;
  private static final int SLOTS = 1 << SHIFT;

  private int[] @Nullable [] leaves = new int[1][];
  /** A bit an index, by tag: most files have none. */
  private final BitSet[] tags = {new BitSet(0), new BitSet(0)};

  /** {@code radix_tree_lookup()}: the page at an index, 0 where there is none. */
  public int get(long index) {
    int leaf = (int) (index >>> SHIFT);
    int[] slots = leaf < leaves.length ? leaves[leaf] : null;
    return slots == null ? 0 : slots[(int) index & SLOTS - 1];
  }

  /** {@code radix_tree_insert()} and {@code radix_tree_replace_slot()}, which keeps the tags; 0 deletes, tags and all. */
  public void put(long index, int page) {
    if (page == 0) {
      untag(index, TAG_DIRTY);
      untag(index, TAG_WRITEBACK);
    }
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

  /** {@code radix_tree_tag_set()}. */
  public void tag(long index, int tag) {
    tags[tag].set((int) index);
  }

  /** {@code radix_tree_tag_clear()}. */
  public void untag(long index, int tag) {
    tags[tag].clear((int) index);
  }

  /** {@code radix_tree_tag_get()}. */
  public boolean isTagged(long index, int tag) {
    return tags[tag].get((int) index);
  }

  /** {@code radix_tree_gang_lookup_tag()} of one: the first index with this tag from here up, -1 where there is none. */
  public long nextTagged(long from, int tag) {
    return from > Integer.MAX_VALUE ? -1 : tags[tag].nextSetBit((int) from);
  }
}
