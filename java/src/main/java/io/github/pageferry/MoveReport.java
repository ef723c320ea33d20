package io.github.pageferry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link BufferPinner} did: where the pages were before and are after, which did not move and why, and in what
 * way and time the others did. Pages are counted in the size of {@link #pageBytes()}, each page that the memory touches
 * once.
 */
public final class MoveReport {

  private final String operation;
  private final long pages;
  private final long pageBytes;
  private final PageCounts before;
  private final PageCounts after;
  private final long movedPages;
  private final Map<Errno, Long> stayed;
  private final long stayedUnexplained;
  private final long notAttempted;
  private final long retries;
  private final Set<SystemCall> calls;
  private final List<String> notes;
  private final int threads;
  private final Duration elapsed;
  private final boolean cancelled;
  private final @Nullable MemoryCallException failure;

  MoveReport(MoveTally tally, Facts facts) {
    operation = facts.operation;
    pages = facts.pages;
    pageBytes = facts.pageBytes;
    before = tally.before().toCounts(pageBytes);
    after = tally.after().toCounts(pageBytes);
    movedPages = tally.moved();
    PageCounts whyNot = tally.stayed().toCounts(pageBytes);
    stayed = errors(whyNot);
    notAttempted = after.notAttempted() + whyNot.notAttempted();
    stayedUnexplained = tally.stayedPages() - sum(stayed) - whyNot.notAttempted();
    retries = tally.retries();
    calls = facts.calls.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(facts.calls));
    notes = List.copyOf(facts.notes);
    threads = facts.threads;
    elapsed = facts.elapsed;
    cancelled = facts.cancelled && (notAttempted > 0 || tally.cutShort());
    failure = facts.failure;
  }

  private static Map<Errno, Long> errors(PageCounts counts) {
    Map<Errno, Long> errors = new EnumMap<>(Errno.class);
    for (Errno errno : Errno.values()) {
      if (counts.withError(errno) > 0) {
        errors.put(errno, counts.withError(errno));
      }
    }
    return Collections.unmodifiableMap(errors);
  }

  private static long sum(Map<Errno, Long> counts) {
    return counts.values().stream().mapToLong(count -> count).sum();
  }

  /** What a report says beside its counts. */
  record Facts(
      String operation,
      long pages,
      long pageBytes,
      Set<SystemCall> calls,
      Set<String> notes,
      int threads,
      Duration elapsed,
      boolean cancelled,
      @Nullable MemoryCallException failure) {}

  /** What was asked for, for example {@code "pin to node 0"}. */
  public String operation() {
    return operation;
  }

  /** How many pages the memory touches. */
  public long pages() {
    return pages;
  }

  /** The size of a page, in bytes. */
  public long pageBytes() {
    return pageBytes;
  }

  /** The size of all pages together, in bytes. */
  public long bytes() {
    return pages * pageBytes;
  }

  /** Where the pages were when the work began on them. */
  public PageCounts before() {
    return before;
  }

  /** Where the pages are after the work. */
  public PageCounts after() {
    return after;
  }

  /**
   * How many pages moved from one node to another. Unknown ones are not among them: see {@link PageCounts#unknown()}.
   */
  public long movedPages() {
    return movedPages;
  }

  /** How many bytes moved from one node to another. */
  public long movedBytes() {
    return movedPages * pageBytes;
  }

  /**
   * Pages that are there but not where they were to go, and why. Where no placement can be read ({@link
   * PageCounts#unknown()}), {@link Errno#EIO} stands for those that a strict mbind finds elsewhere.
   */
  public Map<Errno, Long> stayed() {
    return stayed;
  }

  /**
   * Pages that the kernel could not move without saying why: since Linux 4.17 move_pages(2) gives no reason for a page
   * that is pinned, on a file system that cannot migrate or still busy after its ten passes; mbind(2) never gives one.
   */
  public long stayedUnexplained() {
    return stayedUnexplained;
  }

  /** All pages that are there but not where they were to go, whatever the reason. */
  public long stayedPages() {
    return sum(stayed) + stayedUnexplained;
  }

  /** Pages that were not there, before and after. They can't move, and are no failure. */
  public long notPresent() {
    return after.notPresent();
  }

  /** Pages that nobody got to, since the work was cancelled or failed. */
  public long notAttempted() {
    return notAttempted;
  }

  /** How many times a page was tried again. */
  public long retries() {
    return retries;
  }

  /**
   * The system calls that the pages were moved with: {@link SystemCall#MBIND}, {@link SystemCall#MOVE_PAGES}, both or
   * none.
   */
  public Set<SystemCall> calls() {
    return calls;
  }

  /**
   * What did not go as usual: which call may not be used here and what took its place, huge pages that were found, and
   * so on.
   */
  public List<String> notes() {
    return notes;
  }

  /** How many threads worked. */
  public int threads() {
    return threads;
  }

  /** How long it took. */
  public Duration elapsed() {
    return elapsed;
  }

  /** How many bytes moved in a second, on average; 0 where none did. */
  public double bytesPerSecond() {
    return elapsed.isZero() ? 0 : movedBytes() / (elapsed.toNanos() / 1e9);
  }

  /** Whether it was cancelled before all pages had been dealt with. */
  public boolean cancelled() {
    return cancelled;
  }

  /**
   * The failure of a system call that ended the work early, after some of it had been done: the node is full (ENOMEM),
   * say.
   */
  public Optional<MemoryCallException> failure() {
    return Optional.ofNullable(failure);
  }

  /** Whether all was dealt with and every page that is there is where it was to go, as far as can be known. */
  public boolean complete() {
    return !cancelled && failure == null && stayedPages() == 0 && notAttempted() == 0;
  }

  /** The report in a few lines, for people. */
  public String summary() {
    List<String> lines = new ArrayList<>();
    lines.add(operation + ": " + Quantities.pages(pages, pageBytes) + ", " + outcome() + " in "
        + Quantities.time(elapsed) + (threads > 1 ? " on " + threads + " threads" : ""));
    lines.add("  before: " + before);
    lines.add("  after:  " + after);
    lines.add("  moved:  " + moved());
    if (stayedPages() > 0) {
      lines.add("  stayed: " + reasons());
    }
    notes.forEach(note -> lines.add("  note:   " + note));
    if (failure != null) {
      lines.add("  failed: " + failure.getMessage());
    }
    return String.join("\n", lines);
  }

  private String moved() {
    String names = calls.stream().map(SystemCall::kernelName).collect(Collectors.joining(" and "));
    String way = calls.isEmpty() ? "" : " by " + names;
    if (after.unknown() > 0) {
      return "unknown," + way + "; a strict mbind found "
          + (stayedPages() == 0 ? "all that are there in place" : "some in other places");
    }
    return Quantities.pages(movedPages, pageBytes) + way
        + (movedPages > 0 ? ", " + Quantities.bytes(bytesPerSecond()) + "/s" : "")
        + (retries > 0 ? ", " + retries + " tried again" : "");
  }

  private String reasons() {
    List<String> reasons = new ArrayList<>();
    stayed.forEach((errno, count) -> reasons.add(Quantities.pages(count) + " " + errno + " (" + errno.meaning() + ")"));
    if (stayedUnexplained > 0) {
      reasons.add(
          Quantities.pages(stayedUnexplained) + " for a reason that the kernel does not give (pinned, perhaps)");
    }
    return String.join(", ", reasons);
  }

  /** {@code "complete"}, or in a word or two why not. */
  String outcome() {
    if (failure != null) {
      return "failed";
    }
    if (cancelled) {
      return "cancelled";
    }
    return complete() ? "complete" : "incomplete";
  }

  /** As {@link #summary()}. */
  @Override
  public String toString() {
    return summary();
  }
}
