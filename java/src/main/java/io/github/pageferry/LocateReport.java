package io.github.pageferry;

import java.time.Duration;

/**
 * Where the pages of a range were when {@link BufferPinner} looked: counts, and the status of each page. Takes 4 bytes
 * of heap for each page, and none where thousands of neighbours have the same status.
 */
public final class LocateReport {

  private final long firstAddress;
  private final long pageBytes;
  private final StatusTable statuses;
  private final PageCounts counts;
  private final Duration elapsed;
  private final boolean cancelled;

  LocateReport(
      long firstAddress,
      long pageBytes,
      StatusTable statuses,
      PageCounts counts,
      Duration elapsed,
      boolean cancelled) {
    this.firstAddress = firstAddress;
    this.pageBytes = pageBytes;
    this.statuses = statuses;
    this.counts = counts;
    this.elapsed = elapsed;
    this.cancelled = cancelled;
  }

  /** How many pages the range touches. */
  public long pages() {
    return statuses.pages();
  }

  /** The size of a page, in bytes. */
  public long pageBytes() {
    return pageBytes;
  }

  /** How many pages are where. */
  public PageCounts counts() {
    return counts;
  }

  /**
   * The {@link PageStatus} of a page: its node, an errno negated, or {@link PageStatus#NOT_ATTEMPTED} where the work
   * was cancelled before.
   *
   * @param page its place in the range, 0 being the page that the range begins in
   * @throws IndexOutOfBoundsException where the range has no such page
   */
  public int status(long page) {
    return statuses.get(page);
  }

  /**
   * The address at which a page begins.
   *
   * @param page its place in the range, 0 being the page that the range begins in; its beginning is before the range's
   *     where that is not at a page's border
   * @throws IndexOutOfBoundsException where the range has no such page
   */
  public long address(long page) {
    statuses.check(page);
    return firstAddress + page * pageBytes;
  }

  /** Passes over all pages in order, in runs of neighbours with the same status, as long as possible. */
  public void forEachRun(RunVisitor visitor) {
    statuses.forEachRun(visitor);
  }

  /** How long it took. */
  public Duration elapsed() {
    return elapsed;
  }

  /** Whether it was cancelled before all pages had been looked at. */
  public boolean cancelled() {
    return cancelled;
  }

  /** The report in a line, for people. */
  public String summary() {
    return "locate: " + Quantities.pages(pages(), pageBytes) + (cancelled ? ", cancelled" : "") + " in "
        + Quantities.time(elapsed) + ": " + counts;
  }

  /** As {@link #summary()}. */
  @Override
  public String toString() {
    return summary();
  }

  /** Is shown runs of pages. */
  @FunctionalInterface
  public interface RunVisitor {

    /**
     * Some neighbouring pages, all with the same status.
     *
     * @param firstPage the first one's place in the range
     * @param pages how many there are
     * @param status their {@link PageStatus}
     */
    void run(long firstPage, long pages, int status);
  }
}
