package io.github.pageferry;

/** What one thread counted of the pages that it dealt with. */
final class MoveTally {

  private final StatusTally before = new StatusTally();
  private final StatusTally after = new StatusTally();
  private final StatusTally stayed = new StatusTally();
  private long stayedPages;
  private long moved;
  private long retries;
  private boolean cutShort;

  StatusTally before() {
    return before;
  }

  StatusTally after() {
    return after;
  }

  /**
   * Counts pages that are there and not where they were to go.
   *
   * @param reason an errno negated, {@link PageStatus#NOT_ATTEMPTED}, or anything else where no reason is known
   */
  void addStayed(int reason, long pages) {
    stayed.add(reason < 0 ? reason : StatusTally.UNKNOWN, pages);
    stayedPages += pages;
  }

  /** Those pages by reason. */
  StatusTally stayed() {
    return stayed;
  }

  /** How many such pages there are. */
  long stayedPages() {
    return stayedPages;
  }

  /** Pages that were on one node and are on another. */
  long moved() {
    return moved;
  }

  /** How many times a page was tried again. */
  long retries() {
    return retries;
  }

  /** Whether pages were not tried again since the work was to end. */
  boolean cutShort() {
    return cutShort;
  }

  void setCutShort() {
    cutShort = true;
  }

  void addMoved(long pages) {
    moved += pages;
  }

  void addRetries(long pages) {
    retries += pages;
  }

  void addAll(MoveTally other) {
    before.addAll(other.before);
    after.addAll(other.after);
    stayed.addAll(other.stayed);
    stayedPages += other.stayedPages;
    moved += other.moved;
    retries += other.retries;
    cutShort |= other.cutShort;
  }
}
