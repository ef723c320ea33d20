package io.github.pageferry;

import java.util.Set;

/** Moves ranges of pages with mbind(2), and leaves policies on them. Used by one thread. */
final class RangeBinder {

  /** How many strict checks one range may cost before the rest of it is given up as unconfirmed. */
  private static final int MOST_CHECKS = 128;

  private final MemoryMigrator migrator;
  private final Access access;
  private final Set<MoveFlag> moveFlags;
  private final int pageShift;
  private int checksLeft;

  RangeBinder(MemoryMigrator migrator, Access access, Set<MoveFlag> moveFlags, int pageShift) {
    this.migrator = migrator;
    this.access = access;
    this.moveFlags = moveFlags;
    this.pageShift = pageShift;
  }

  /** Moves all pages of the range that are not on this node, and binds the range to it. */
  void move(long firstPage, long count, int node) {
    bind(firstPage, count, MemoryPolicy.bind(node), moveFlags);
    access.used(SystemCall.MBIND);
  }

  /** Sets the policy of the range and moves nothing. */
  void setPolicy(long firstPage, long count, MemoryPolicy policy) {
    bind(firstPage, count, policy, Set.of());
  }

  /** The policy at the first page of the range; the default where the backend does not say. */
  MemoryPolicy policyAt(long firstPage) {
    try {
      return migrator.getPolicyAt(firstPage << pageShift);
    } catch (MemoryCallException | IllegalArgumentException e) {
      return MemoryPolicy.DEFAULT;
    }
  }

  /**
   * Counts the pages of a range that are there but not on this node, without a way to ask where they are: a strict
   * mbind says whether there is such a page, and halving the range finds it. Binds the range to the node.
   *
   * @return at most as many pages as there may be
   */
  long countElsewhere(long firstPage, long count, int node) {
    checksLeft = MOST_CHECKS;
    return elsewhere(firstPage, count, node);
  }

  private long elsewhere(long firstPage, long count, int node) {
    if (checksLeft == 0) {
      return count;
    }
    checksLeft--;
    if (conforms(firstPage, count, node)) {
      return 0;
    }
    if (count == 1) {
      return 1;
    }
    long half = count / 2;
    return elsewhere(firstPage, half, node) + elsewhere(firstPage + half, count - half, node);
  }

  private boolean conforms(long firstPage, long count, int node) {
    try {
      bind(firstPage, count, MemoryPolicy.bind(node), Set.of(MoveFlag.STRICT));
      return true;
    } catch (MemoryCallException e) {
      if (e.errno() == Errno.EIO) {
        return false;
      }
      throw e;
    }
  }

  private void bind(long firstPage, long count, MemoryPolicy policy, Set<MoveFlag> flags) {
    migrator.bind(firstPage << pageShift, count << pageShift, policy, flags);
  }
}
