package io.github.pageferry.sim.mm;

import java.util.HashSet;
import java.util.Set;

/**
 * {@code struct resv_map} of a private mapping of huge pages ({@code HPAGE_RESV_OWNER}): which of the pages promised at mmap
 * have been taken, by their index in the file. Parts of a split mapping share it; a child has none.
 */
public final class HugeReservation {

  private final Set<Long> consumed = new HashSet<>();

  /** Whether the page of this index is still promised. */
  public boolean holds(long index) {
    return !consumed.contains(index);
  }

  /** The promise is kept. */
  public void consume(long index) {
    consumed.add(index);
  }

  /** The page is promised again. */
  public void restore(long index) {
    consumed.remove(index);
  }
}
