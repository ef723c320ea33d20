package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LocateTest {

  private static final int PAGE = ScriptedMigrator.PAGE;
  private static final long BASE = 0x7f00_0000_0000L;

  private final ScriptedMigrator migrator = new ScriptedMigrator(0, 1, 70);

  @Test
  void saysWhereEachPageIsAndBringsNoneIn() {
    migrator.map(BASE, 3, 70).map(BASE + 3 * PAGE, 2, ScriptedMigrator.ABSENT).map(BASE + 6 * PAGE, 1, 1);
    LocateReport report = BufferPinner.on(migrator).locate(BASE + 500, 6L * PAGE + 10);

    assertThat(report.pages()).isEqualTo(7);
    assertThat(statuses(report)).containsExactly(70, 70, 70, -2, -2, -14, 1);
    assertThat(report.counts().byStatus()).containsExactly(entry(-14, 1L), entry(-2, 2L), entry(1, 1L), entry(70, 3L));
    assertThat(report.counts().nodes()).isEqualTo(NodeSet.of(1, 70));
    assertThat(report.counts().present()).isEqualTo(4);
    assertThat(report.counts().notPresent()).isEqualTo(3);
    assertThat(report.address(6)).isEqualTo(BASE + 6 * PAGE);
    assertThat(migrator.calls).containsExactly("query 7");
    assertThat(report.summary()).contains("7 pages (28 KiB)", "node 70: 3 pages (12 KiB)", "ENOENT: 2 pages", "EFAULT: 1 page");
  }

  @Test
  void passesOverRuns() {
    migrator.map(BASE, 600, 0).map(BASE + 100 * PAGE, 300, 1);
    List<String> runs = new ArrayList<>();
    locate(600, 64, PinOptions.DEFAULTS).forEachRun((first, pages, status) -> runs.add(first + "+" + pages + ":" + status));

    assertThat(runs).containsExactly("0+100:0", "100+300:1", "400+200:0");
  }

  @Test
  void refusesPagesThatItDoesNotHave() {
    LocateReport report = BufferPinner.on(migrator).locate(BASE, PAGE);
    assertThatThrownBy(() -> report.status(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> report.address(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void anEmptyRangeHasNoPages() {
    LocateReport report = BufferPinner.on(migrator).locate(BASE, 0);
    report.forEachRun((first, pages, status) -> {
      throw new AssertionError("a run of nothing");
    });
    assertThat(report.pages()).isZero();
    assertThat(report.summary()).contains("no pages");
    assertThat(migrator.calls).isEmpty();
  }

  @Test
  void whatItDidNotGetToIsMarked() {
    migrator.map(BASE, 100, 0);
    LocateReport report = locate(
        100, 10, PinOptions.builder().threads(1).cancelWhen(() -> migrator.count("query") == 3).build());

    assertThat(report.cancelled()).isTrue();
    assertThat(report.status(29)).isZero();
    assertThat(report.status(30)).isEqualTo(PageStatus.NOT_ATTEMPTED);
    assertThat(report.counts().notAttempted()).isEqualTo(70);
    assertThat(report.summary()).contains("cancelled");
  }

  /** Any cut into batches and any number of threads gives the same, however the pages lie. */
  @Test
  void doesNotDependOnBatchesAndThreads() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 60; round++) {
      int pages = random.nextInt(1, 800);
      migrator.map(BASE, pages, 0);
      for (int i = random.nextInt(20); i > 0; i--) {
        int from = random.nextInt(pages);
        migrator.map(BASE + (long) from * PAGE, random.nextInt(pages - from) + 1, random.nextInt(-1, 2));
      }
      int[] expected = new int[pages];
      for (int i = 0; i < pages; i++) {
        int node = migrator.nodeOf(BASE + (long) i * PAGE);
        expected[i] = node == ScriptedMigrator.ABSENT ? -2 : node;
      }
      LocateReport report = locate(
          pages, random.nextInt(1, 200), PinOptions.builder().threads(random.nextInt(5)).build());
      assertThat(statuses(report)).as("round %d", round).containsExactly(expected);
      assertThat(fromRuns(report)).as("runs of round %d", round).containsExactly(expected);
    }
  }

  /** In batches smaller than any that a user can ask for. */
  private LocateReport locate(int pages, int batchPages, PinOptions options) {
    MemoryRange range = MemoryRange.of(BASE, (long) pages * PAGE);
    return new LocateJob(migrator, options, range, PageGeometry.of(PAGE, PAGE, batchPages), new ScratchPool(batchPages)).run();
  }

  private static int[] statuses(LocateReport report) {
    int[] statuses = new int[(int) report.pages()];
    for (int i = 0; i < statuses.length; i++) {
      statuses[i] = report.status(i);
    }
    return statuses;
  }

  private static int[] fromRuns(LocateReport report) {
    int[] statuses = new int[(int) report.pages()];
    int[] last = {0, Integer.MAX_VALUE};
    report.forEachRun((first, pages, status) -> {
      assertThat(first).isEqualTo(last[0]);
      assertThat(status).as("runs are as long as possible").isNotEqualTo(last[1]);
      for (int i = 0; i < pages; i++) {
        statuses[(int) first + i] = status;
      }
      last[0] += (int) pages;
      last[1] = status;
    });
    return statuses;
  }
}
