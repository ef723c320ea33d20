package io.github.pageferry;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** One use of a {@link BufferPinner}. */
@Name("io.github.pageferry.BufferOperation")
@Label("NUMA Buffer Operation")
@Category("Pageferry")
@Description("Memory was pinned, interleaved, spread or located")
final class BufferOperationEvent extends Event {

  @Label("Operation")
  @Nullable String operation;

  @Label("Outcome")
  @Description("complete, incomplete (pages stayed), cancelled or failed")
  @Nullable String outcome;

  @Label("Memory")
  @DataAmount
  long bytes;

  @Label("Pages")
  long pages;

  @Label("Memory Moved")
  @DataAmount
  long movedBytes;

  @Label("Pages Moved")
  long movedPages;

  @Label("Pages Not Moved")
  @Description("Pages that are there, but not where they were to go")
  long stayedPages;

  @Label("Pages Not Present")
  long notPresentPages;

  @Label("Details")
  @Description("The report, or why there is none")
  @Nullable String details;

  static Flight.Span start() {
    BufferOperationEvent event = new BufferOperationEvent();
    if (!event.isEnabled()) {
      return Flight.Span.NONE;
    }
    event.begin();
    return new Span(event);
  }

  private record Span(BufferOperationEvent event) implements Flight.Span {

    @Override
    public void end(MoveReport report) {
      event.operation = report.operation();
      event.outcome = report.outcome();
      event.bytes = report.bytes();
      event.pages = report.pages();
      event.movedBytes = report.movedBytes();
      event.movedPages = report.movedPages();
      event.stayedPages = report.stayedPages();
      event.notPresentPages = report.notPresent();
      event.details = report.summary();
      event.commit();
    }

    @Override
    public void end(LocateReport report) {
      event.operation = "locate";
      event.outcome = report.cancelled() ? "cancelled" : "complete";
      event.bytes = report.pages() * report.pageBytes();
      event.pages = report.pages();
      event.notPresentPages = report.counts().notPresent();
      event.details = report.summary();
      event.commit();
    }

    @Override
    public void fail(String operation, Throwable failure) {
      event.operation = operation;
      event.outcome = "failed";
      event.details = failure.toString();
      event.commit();
    }
  }
}
