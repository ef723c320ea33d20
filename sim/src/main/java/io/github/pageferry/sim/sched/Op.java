package io.github.pageferry.sim.sched;

/**
 * One thing that a task does.
 *
 * @param kind what
 * @param region on which region
 * @param page from which page of it on
 * @param pages on how many pages
 * @param node a node, for what wants one
 * @param target the process, for what wants another one's
 * @param all whether pages of others are meant, too
 * @param hold how many points to hold what was taken
 */
record Op(Kind kind, Region region, int page, int pages, int node, int target, boolean all, int hold) {

  /** What tasks can do. */
  enum Kind {
    READ, WRITE, MOVE, QUERY, MIGRATE, BIND, FORK, MUNMAP, MPROTECT, MLOCK, MUNLOCK, DONTNEED, MSYNC, TRUNCATE, KSMD, CONFINE,
    HOLD_REFERENCE, HOLD_LOCK, EXIT
  }

  /** The memory that every process of a run has, at the same addresses. */
  enum Region {
    ANON, SHARED, FILE, PRIVATE_FILE, MERGEABLE;

    static final int PAGES = 4;

    /** Where it begins: all share a page table. */
    long address() {
      return (1L << 32) + ((long) ordinal() << 16);
    }

    /** Whether each process has pages of its own there. */
    boolean isPrivate() {
      return this == ANON || this == PRIVATE_FILE || this == MERGEABLE;
    }
  }

  /** The address of the i-th page that is meant. */
  long address(int i) {
    return region.address() + ((long) (page + i) << 12);
  }

  long address() {
    return address(0);
  }

  long length() {
    return (long) pages << 12;
  }

  @Override
  public String toString() {
    String where = region + "[" + page + (pages > 1 ? "-" + (page + pages - 1) : "") + "]";
    return switch (kind) {
      case MOVE, MIGRATE, BIND -> kind + " " + where + " of process " + target + " to node " + node + (all ? ", all" : "");
      case QUERY -> kind + " " + where + " of process " + target;
      case CONFINE -> kind + " process " + target + " to node " + node;
      case KSMD, EXIT -> kind.toString();
      case TRUNCATE -> kind + " " + region;
      case HOLD_REFERENCE, HOLD_LOCK -> kind + " " + where + " for " + hold + " points";
      default -> kind + " " + where;
    };
  }
}
