package io.github.pageferry.sim.mm;

import org.jspecify.annotations.Nullable;

/** {@code struct rmap_item} of mm/ksm.c: an address that KSM looks at. */
public final class KsmRmapItem {

  /** {@code mm}. */
  public final Mm mm;
  /** {@code address}. */
  public final long address;
  /** {@code anon_vma}: of its VMA, where it stands in the stable tree; holds a reference. */
  public @Nullable AnonVma anonVma;
  /** {@code oldchecksum}: what the page held when KSM last came by; only a page that stays the same is merged. */
  public long oldChecksum = Long.MIN_VALUE;
  /** {@code head}: the merged page that the address was found to map, null where it stands in no stable tree. */
  public @Nullable KsmStableNode head;

  public KsmRmapItem(Mm mm, long address) {
    this.mm = mm;
    this.address = address;
  }
}
