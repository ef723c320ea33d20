package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import org.junit.jupiter.api.Test;

class PinTest {

  private static final int PAGE = ScriptedMigrator.PAGE;
  private static final long BASE = 0x7f00_0000_0000L;
  private static final int MIB_PAGES = 256;

  private final ScriptedMigrator migrator = new ScriptedMigrator(0, 1, 2);
  private final FakeTicker ticker = new FakeTicker();

  private BufferPinner pinner() {
    return BufferPinner.on(migrator, options().build());
  }

  private PinOptions.Builder options() {
    return PinOptions.builder().ticker(ticker);
  }

  @Test
  void movesALargeRangeWithMbindAloneAndPrefersTheNodeAfterwards() {
    migrator.map(BASE, 2 * MIB_PAGES, 0);
    MoveReport report = pinner().pin(BASE, 2L * MIB_PAGES * PAGE, 1);

    assertThat(migrator.countOn(1)).isEqualTo(2 * MIB_PAGES);
    assertThat(migrator.calls).containsExactly("get_mempolicy allowed",
        "query 512",
        "mbind " + BASE / PAGE + "+512 BIND 1 [MOVE]",
        "mbind " + BASE / PAGE + "+512 PREFERRED 1 []",
        "query 512");
    assertThat(report.complete()).isTrue();
    assertThat(report.calls()).containsExactly(SystemCall.MBIND);
    assertThat(report.pages()).isEqualTo(512);
    assertThat(report.bytes()).isEqualTo(2 << 20);
    assertThat(report.before().byStatus()).containsExactly(entry(0, 512L));
    assertThat(report.after().byStatus()).containsExactly(entry(1, 512L));
    assertThat(report.movedPages()).isEqualTo(512);
    assertThat(report.movedBytes()).isEqualTo(2 << 20);
    assertThat(report.notes()).isEmpty();
  }

  @Test
  void movesASmallRangeWithMovePagesAndLeavesNoPolicy() {
    migrator.map(BASE, 8, 0);
    MoveReport report = pinner().pin(BASE + 10, 7L * PAGE, 1);

    assertThat(migrator.countOn(1)).isEqualTo(8);
    assertThat(migrator.policies).isEmpty();
    assertThat(report.calls()).containsExactly(SystemCall.MOVE_PAGES);
    assertThat(report.complete()).isTrue();
  }

  @Test
  void movesTheEndsOfARangeWithoutAPolicyForWhatLiesBesideIt() {
    migrator.map(BASE, 302, 0);
    MoveReport report = pinner().pin(BASE + 100, 301L * PAGE, 2);

    assertThat(report.pages()).isEqualTo(302);
    assertThat(migrator.countOn(2)).isEqualTo(302);
    assertThat(migrator.policies).hasSize(300).doesNotContainKeys(BASE / PAGE, BASE / PAGE + 301);
    assertThat(report.calls()).containsExactly(SystemCall.MOVE_PAGES, SystemCall.MBIND);
  }

  @Test
  void touchesNothingButThePolicyWhereAllIsInPlace() {
    migrator.map(BASE, MIB_PAGES, 1);
    MoveReport report = pinner().pin(BASE, (long) MIB_PAGES * PAGE, 1);

    assertThat(migrator.calls).containsExactly(
        "get_mempolicy allowed", "query 256", "mbind " + BASE / PAGE + "+256 PREFERRED 1 []");
    assertThat(report.movedPages()).isZero();
    assertThat(report.calls()).isEmpty();
    assertThat(report.complete()).isTrue();
  }

  @Test
  void leavesThePolicyThatIsWanted() {
    migrator.map(BASE, MIB_PAGES, 0);
    MemoryPolicy own = MemoryPolicy.interleave(0, 2);
    migrator.policies.put(BASE / PAGE, own);

    BufferPinner.on(migrator, options().futurePages(FuturePages.UNCHANGED).build()).pin(BASE, (long) MIB_PAGES * PAGE, 1);
    assertThat(migrator.policies).containsExactly(entry(BASE / PAGE, own));
    assertThat(migrator.countOn(1)).isEqualTo(MIB_PAGES);

    BufferPinner.on(migrator, options().futurePages(FuturePages.BIND).build()).pin(BASE, (long) MIB_PAGES * PAGE, 2);
    assertThat(migrator.policies.values()).hasSize(MIB_PAGES).containsOnly(MemoryPolicy.bind(2));
  }

  @Test
  void countsPagesThatAreNotThereAsSuch() {
    migrator.map(BASE, 4, 0).map(BASE + 4 * PAGE, 3, ScriptedMigrator.ABSENT);
    MoveReport report = pinner().pin(BASE, 9L * PAGE, 1);

    assertThat(report.complete()).as("nothing that is there stayed").isTrue();
    assertThat(report.notPresent()).isEqualTo(5);
    assertThat(report.after().withError(Errno.ENOENT)).isEqualTo(3);
    assertThat(report.after().withError(Errno.EFAULT)).isEqualTo(2);
    assertThat(report.after().onNode(1)).isEqualTo(4);
    assertThat(report.movedPages()).isEqualTo(4);
  }

  @Test
  void triesBusyPagesAgainAndNoOthers() {
    migrator.map(BASE, 10, 0);
    migrator.busy.put(BASE / PAGE + 3, 2);
    migrator.shared.add(BASE / PAGE + 5);
    MoveReport report = pinner().pin(BASE, 10L * PAGE, 1);

    assertThat(migrator.countOn(1)).isEqualTo(9);
    assertThat(migrator.calls.stream().filter(call -> call.startsWith("move_pages")))
        .containsExactly("move_pages 10 [MOVE]", "move_pages 1 [MOVE]", "move_pages 1 [MOVE]");
    assertThat(report.retries()).isEqualTo(2);
    assertThat(report.stayed()).containsExactly(entry(Errno.EACCES, 1L));
    assertThat(report.complete()).isFalse();
    assertThat(ticker.sleeps).containsExactly(1_000_000L, 2_000_000L);
  }

  @Test
  void givesBusyPagesUpInTheEnd() {
    migrator.map(BASE, 4, 0);
    migrator.busy.put(BASE / PAGE + 1, 1000);
    MoveReport report = BufferPinner.on(migrator, options().retries(5).build()).pin(BASE, 4L * PAGE, 1);

    assertThat(report.stayed()).containsExactly(entry(Errno.EBUSY, 1L));
    assertThat(report.stayedPages()).isEqualTo(1);
    assertThat(migrator.count("move_pages")).isEqualTo(6);
    assertThat(report.summary()).contains("incomplete", "stayed: 1 page EBUSY", "5 tried again");
  }

  @Test
  void goesOnBehindARunThatTheKernelStoppedAt() {
    migrator.map(BASE, 30, 0);
    migrator.map(BASE + 10 * PAGE, 1, ScriptedMigrator.ABSENT);
    migrator.map(BASE + 20 * PAGE, 1, ScriptedMigrator.ABSENT);
    migrator.pinned.add(BASE / PAGE + 2);
    MoveReport report = BufferPinner.on(migrator, options().retries(0).build()).pin(BASE, 30L * PAGE, 1);

    assertThat(migrator.countOn(1)).as("all but the pinned one and those that are not there").isEqualTo(27);
    assertThat(report.movedPages()).isEqualTo(27);
    assertThat(report.stayed()).isEmpty();
    assertThat(report.stayedUnexplained()).isEqualTo(1);
    assertThat(report.notAttempted()).isZero();
    assertThat(report.complete()).isFalse();
    assertThat(report.summary()).contains("1 page for a reason that the kernel does not give");
  }

  @Test
  void goesOnWhereTheTargetChanges() {
    migrator.map(BASE, 30, 0);
    migrator.pinned.add(BASE / PAGE + 2);
    MoveReport report = BufferPinner.on(migrator, options().retries(0).build())
        .interleave(BASE, 30L * PAGE, NodeSet.of(1, 2));

    assertThat(migrator.countOn(1) + migrator.countOn(2)).isEqualTo(29);
    assertThat(migrator.count("move_pages")).as("one that stopped, one behind it").isEqualTo(2);
    assertThat(report.stayedUnexplained()).isEqualTo(1);
  }

  @Test
  void readsTheReasonsThatKernelsBefore417Gave() {
    migrator.classic = true;
    migrator.map(BASE, 6, 0);
    migrator.pinned.add(BASE / PAGE + 2);
    MoveReport report = BufferPinner.on(migrator, options().retries(1).build()).pin(BASE, 6L * PAGE, 1);

    assertThat(report.stayed()).containsExactly(entry(Errno.EAGAIN, 1L));
    assertThat(report.stayedUnexplained()).isZero();
    assertThat(report.retries()).isEqualTo(1);
  }

  @Test
  void takesWhatKernelsBefore2628SaidWhereNothingCouldMove() {
    migrator.map(BASE, 6, 0);
    migrator.failMove = () -> Errno.ENOENT;
    MoveReport report = BufferPinner.on(migrator, options().retries(1).build()).pin(BASE, 6L * PAGE, 1);

    assertThat(report.stayedUnexplained()).isEqualTo(6);
    assertThat(report.failure()).isEmpty();
  }

  @Test
  void asksMovePagesWhyAPageStayedThatMbindLeft() {
    migrator.map(BASE, MIB_PAGES, 0);
    migrator.shared.add(BASE / PAGE + 7);
    MoveReport report = pinner().pin(BASE, (long) MIB_PAGES * PAGE, 1);

    assertThat(report.stayed()).containsExactly(entry(Errno.EACCES, 1L));
    assertThat(report.calls()).containsExactly(SystemCall.MOVE_PAGES, SystemCall.MBIND);
    assertThat(migrator.calls).contains("move_pages 1 [MOVE]");
  }

  @Test
  void movesSharedPagesWhereThatIsWanted() {
    migrator.map(BASE, MIB_PAGES, 0);
    migrator.shared.add(BASE / PAGE + 7);
    MoveReport report = BufferPinner.on(migrator, options().sharedPages(true).build()).pin(BASE, (long) MIB_PAGES * PAGE, 1);

    assertThat(report.complete()).isTrue();
    assertThat(migrator.countOn(1)).isEqualTo(MIB_PAGES);
    assertThat(migrator.calls).anyMatch(call -> call.endsWith("BIND 1 [MOVE_ALL]"));
  }

  @Test
  void takesTheManyAddressesOfAHugePageForWhatTheyAre() {
    migrator.mapHuge(0x7f00_0020_0000L, 0);
    MoveReport report = BufferPinner.on(migrator, options().futurePages(FuturePages.UNCHANGED).build())
        .pin(0x7f00_0020_0000L, 2L << 20, 1);

    assertThat(report.complete()).isTrue();
    assertThat(report.movedPages()).isEqualTo(512);
    assertThat(report.retries()).isZero();
    assertThat(migrator.count("move_pages")).isEqualTo(1);
  }

  @Test
  void aHugePageThatCannotMoveCostsAFewCallsAndNoMore() {
    for (int i = 0; i < 3; i++) {
      migrator.mapHuge(BASE + i * (2L << 20), 0);
    }
    migrator.pinned.add(BASE / PAGE);
    migrator.pinned.add(BASE / PAGE + 512);
    MoveReport report = BufferPinner.on(migrator, options().futurePages(FuturePages.UNCHANGED).build())
        .pin(BASE, 6L << 20, 1);

    assertThat(report.after().onNode(1)).isEqualTo(512);
    assertThat(report.stayedUnexplained()).isEqualTo(1024);
    assertThat(report.stayed()).as("busy are only the other addresses of a page that was named already").isEmpty();
    assertThat(migrator.count("move_pages")).as("one each that stops, one for the third, a retry of both thrice")
        .isEqualTo(6);
  }

  @Test
  void smallPagesThatLookLikeAHugeOneMoveAllTheSame() {
    migrator.map(BASE, 512, 0);
    migrator.pinned.add(BASE / PAGE + 100);
    migrator.busy.put(BASE / PAGE + 101, 1);
    migrator.shared.add(BASE / PAGE + 99);
    MoveReport report = BufferPinner.on(migrator, options().futurePages(FuturePages.UNCHANGED).build())
        .pin(BASE, 2L << 20, 1);

    assertThat(report.movedPages()).isEqualTo(510);
    assertThat(report.stayed()).containsExactly(entry(Errno.EACCES, 1L));
    assertThat(report.stayedUnexplained()).isEqualTo(1);
  }

  @Test
  void smallPagesThatLookLikeAHugeOneFromTheFirstOnMoveAllTheSame() {
    migrator.map(BASE, 512, 0);
    migrator.pinned.add(BASE / PAGE);
    migrator.busy.put(BASE / PAGE + 1, 1);
    MoveReport report = BufferPinner.on(migrator, options().futurePages(FuturePages.UNCHANGED).build())
        .pin(BASE, 2L << 20, 1);

    assertThat(report.movedPages()).isEqualTo(511);
    assertThat(report.retries()).isPositive();
  }

  @Test
  void namesAHugePageOnceWhereItsSizeIsKnown() {
    for (int i = 0; i < 4; i++) {
      migrator.mapHuge(0x7f00_0020_0000L + i * (2L << 20), 0);
    }
    MoveReport report = BufferPinner.on(migrator, options().pageBytes(2 << 20).futurePages(FuturePages.UNCHANGED).build())
        .pin(0x7f00_0020_0000L + 5, 6L << 20, 1);

    assertThat(report.pages()).as("huge pages that the range touches").isEqualTo(4);
    assertThat(report.bytes()).isEqualTo(8 << 20);
    assertThat(migrator.countOn(1)).isEqualTo(4 * 512);
    assertThat(migrator.calls).contains("move_pages 4 [MOVE]");
  }

  @Test
  void movesManySmallBuffersInOneCall() {
    migrator.map(BASE, 100, 0);
    List<MemoryRange> ranges = List.of(
        MemoryRange.of(BASE + 50L * PAGE, 10), MemoryRange.of(BASE + 5, 20), MemoryRange.of(BASE + 4000, 100),
        MemoryRange.of(BASE + 70L * PAGE, 0), MemoryRange.of(BASE + 80L * PAGE + 1, 2 * PAGE));
    MoveReport report = pinner().pin(ranges, 1);

    assertThat(report.pages()).as("0, 1, 50, 80, 81 and 82, each once").isEqualTo(6);
    assertThat(migrator.countOn(1)).isEqualTo(6);
    assertThat(migrator.calls).contains("move_pages 6 [MOVE]");
  }

  @Test
  void cutsLargeWorkIntoBatches() {
    migrator.map(BASE, 40 * MIB_PAGES, 0);
    MoveReport report = BufferPinner.on(migrator, options().batchBytes(8 << 20).threads(1).build())
        .pin(BASE, 40L * MIB_PAGES * PAGE, 1);

    assertThat(migrator.count("mbind")).as("two for each batch").isEqualTo(10);
    assertThat(report.movedPages()).isEqualTo(40 * MIB_PAGES);
    assertThat(report.threads()).isEqualTo(1);
  }

  @Test
  void anEmptyRangeIsNoWork() {
    MoveReport report = pinner().pin(BASE, 0, 1);

    assertThat(report.pages()).isZero();
    assertThat(report.complete()).isTrue();
    assertThat(report.before()).hasToString("no pages");
    assertThat(migrator.calls).containsExactly("get_mempolicy allowed");
    assertThat(pinner().pin(0, 0, 1).pages()).isZero();
    assertThat(pinner().pin(List.of(), 1).pages()).isZero();
  }
}
