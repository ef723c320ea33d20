package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What reports and their numbers look like. */
class ReportTest {

  @Test
  void aReportReadsWell() {
    MoveTally tally = new MoveTally();
    tally.before().add(0, 300_000);
    tally.after().add(0, 7);
    tally.after().add(1, 299_993);
    tally.addStayed(PageStatus.of(Errno.EACCES), 2);
    tally.addStayed(PagePlacer.UNEXPLAINED, 5);
    tally.addMoved(299_993);
    tally.addRetries(15);
    MoveReport report = new MoveReport(tally, new MoveReport.Facts("pin to node 1", 300_000, 4096,
        EnumSet.of(SystemCall.MBIND, SystemCall.MOVE_PAGES), Set.of("a note"), 2, Duration.ofMillis(500), false, null));

    assertThat(report.summary()).isEqualTo("""
        pin to node 1: 300000 pages (1.1 GiB), incomplete in 500.0 ms on 2 threads
          before: node 0: 300000 pages (1.1 GiB)
          after:  node 0: 7 pages (28 KiB), node 1: 299993 pages (1.1 GiB)
          moved:  299993 pages (1.1 GiB) by move_pages and mbind, 2.3 GiB/s, 15 tried again
          stayed: 2 pages EACCES (shared with another process: only MPOL_MF_MOVE_ALL moves it), 5 pages for a reason that\
         the kernel does not give (pinned, perhaps)
          note:   a note""");
    assertThat(report).hasToString(report.summary());
    assertThat(report.bytesPerSecond()).isEqualTo(299_993 * 4096 / 0.5);
    assertThat(report.stayedPages()).isEqualTo(7);
    assertThat(report.after().bytesOnNode(0)).isEqualTo(7 * 4096);
    assertThat(report.after().onNode(-1)).isZero();
  }

  @Test
  void anErrorWithoutANameIsCountedWithTheUnexplained() {
    MoveTally tally = new MoveTally();
    tally.addStayed(-524, 3);
    MoveReport report = new MoveReport(tally, new MoveReport.Facts(
        "pin to node 1", 3, 4096, Set.of(), new TreeSet<>(), 1, Duration.ZERO, false, null));

    assertThat(report.stayedUnexplained()).isEqualTo(3);
    assertThat(report.bytesPerSecond()).isZero();
    assertThat(report.calls()).isEmpty();
  }

  @Test
  void countsSayEverythingInOrder() {
    StatusTally tally = new StatusTally();
    tally.addAll(new int[] {3, 3, -2, -2, -2, -999, 0, StatusTally.UNKNOWN, 3, -524}, 10);
    tally.add(1000, 1);
    StatusTally other = new StatusTally();
    other.add(3, 1);
    tally.addAll(other);

    assertThat(tally.toCounts(1 << 21)).hasToString("node 0: 1 page (2 MiB), node 3: 4 pages (8 MiB), node 1000: 1 page (2 MiB),"
        + " not attempted: 1 page, errno 524: 1 page, ENOENT: 3 pages, unknown: 1 page");
    assertThatThrownBy(() -> tally.add(NodeSet.LIMIT, 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void bytesAndTimesAreReadable() {
    assertThat(Quantities.bytes(0)).isEqualTo("0 bytes");
    assertThat(Quantities.bytes(1023)).isEqualTo("1023 bytes");
    assertThat(Quantities.bytes(1024)).isEqualTo("1 KiB");
    assertThat(Quantities.bytes(1536)).isEqualTo("1.5 KiB");
    assertThat(Quantities.bytes(1L << 40)).isEqualTo("1 TiB");
    assertThat(Quantities.bytes(Double.MAX_VALUE)).endsWith(" EiB");
    assertThat(Quantities.time(Duration.ofNanos(1_234_567))).isEqualTo("1.2 ms");
    assertThat(Quantities.time(Duration.ofSeconds(75))).isEqualTo("75.00 s");
  }
}
