package io.github.pageferry;

import java.util.Set;

/** The {@code MPOL_MF_*} flags of move_pages(2) and mbind(2), numbered as in {@code linux/mempolicy.h}. */
public enum MoveFlag {
  /** {@code MPOL_MF_STRICT}: mbind fails with EIO where a page breaks the policy. Not for move_pages (EINVAL). */
  STRICT(1),
  /** {@code MPOL_MF_MOVE}: move pages that only this process maps. */
  MOVE(1 << 1),
  /** {@code MPOL_MF_MOVE_ALL}: move pages that other processes map, too. Needs CAP_SYS_NICE. */
  MOVE_ALL(1 << 2);

  private final int bit;

  MoveFlag(int bit) {
    this.bit = bit;
  }

  /** The flag's bit. */
  public int bit() {
    return bit;
  }

  /** The bits of all these flags together. */
  public static int bits(Set<MoveFlag> flags) {
    int bits = 0;
    for (MoveFlag flag : flags) {
      bits |= flag.bit;
    }
    return bits;
  }
}
