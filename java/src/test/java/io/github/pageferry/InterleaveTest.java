package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Interleaving and spreading. */
class InterleaveTest {

  private static final int PAGE = ScriptedMigrator.PAGE;
  private static final long BASE = 0x7f00_0000_0000L;
  private static final long HUGE_BYTES = 2L << 20;

  private final ScriptedMigrator migrator = new ScriptedMigrator(0, 1, 2, 5);
  private final BufferPinner pinner =
      BufferPinner.on(migrator, PinOptions.builder().ticker(new FakeTicker()).threads(1).build());

  @Test
  void goesPageByPageOverTheNodes() {
    migrator.map(BASE, 9, 0);
    MoveReport report = pinner.interleave(BASE, 9L * PAGE, NodeSet.of(0, 2, 5));

    assertThat(report.complete()).isTrue();
    assertThat(report.after().byStatus()).containsOnly(entry(0, 3L), entry(2, 3L), entry(5, 3L));
    for (int i = 0; i + 3 < 9; i++) {
      assertThat(migrator.nodeOf(BASE + (long) i * PAGE)).isEqualTo(migrator.nodeOf(BASE + (i + 3L) * PAGE));
    }
    assertThat(report.operation()).isEqualTo("interleave over nodes 0,2,5");
  }

  @Test
  void movesPagesOfOneTargetTogetherAndOnlyThoseThatMust() {
    migrator.map(BASE, 100, 0);
    MoveReport report = pinner.interleave(BASE, 100L * PAGE, NodeSet.of(0, 1));

    assertThat(migrator.calls).contains("move_pages 50 [MOVE]");
    assertThat(report.movedPages()).isEqualTo(50);
  }

  @Test
  void overlappingRangesAgree() {
    migrator.map(BASE, 64, 0);
    pinner.interleave(BASE, 40L * PAGE, NodeSet.of(1, 2));
    MoveReport report = pinner.interleave(BASE + 7L * PAGE, 33L * PAGE, NodeSet.of(1, 2));

    assertThat(report.movedPages()).isZero();
  }

  @Test
  void leavesAnInterleavingPolicyOnLargeRanges() {
    migrator.map(BASE, 256, 0);
    pinner.interleave(BASE, 256L * PAGE, NodeSet.of(0, 1));

    assertThat(migrator.policies.values()).hasSize(256).containsOnly(MemoryPolicy.interleave(0, 1));
    assertThat(migrator.calls).as("a policy that moves nothing").contains("mbind " + BASE / PAGE + "+256 INTERLEAVE 0-1 []");
  }

  @Test
  void spreadsByWeight() {
    migrator.map(BASE, 80, 5);
    MoveReport report = pinner.spread(BASE, 80L * PAGE, Map.of(0, 6, 1, 2, 2, 0));

    assertThat(report.after().byStatus()).containsOnly(entry(0, 60L), entry(1, 20L));
    assertThat(report.operation()).isEqualTo("spread by weight (node 0: 6, node 1: 2)");
    assertThat(pinner.spread(BASE, 80L * PAGE, Map.of(2, 7)).after().onNode(2)).as("one node").isEqualTo(80);
  }

  @Test
  void refusesWeightsThatMeanNothing() {
    assertThatThrownBy(() -> pinner.spread(BASE, PAGE, Map.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> pinner.spread(BASE, PAGE, Map.of(0, 0))).hasMessageContaining("above 0");
    assertThatThrownBy(() -> pinner.spread(BASE, PAGE, Map.of(0, -1))).hasMessageContaining("weight -1");
    assertThatThrownBy(() -> pinner.spread(BASE, PAGE, Map.of(-1, 1))).hasMessageContaining("-1");
    assertThatThrownBy(() -> pinner.spread(BASE, PAGE, Map.of(0, Integer.MAX_VALUE, 1, 2)))
        .hasMessageContaining("at most 65536");
    assertThat(migrator.calls).isEmpty();
  }

  @Test
  void placesHugePagesAsAWholeThoughTheirSizeWasNotSaid() {
    long start = 0x7f00_0000_0000L;
    for (int i = 0; i < 8; i++) {
      migrator.mapHuge(start + i * HUGE_BYTES, 0);
    }
    MoveReport report = pinner.interleave(start, 8 * HUGE_BYTES, NodeSet.of(0, 1));

    assertThat(report.after().byStatus()).containsOnly(entry(0, 2048L), entry(1, 2048L));
    for (int i = 0; i + 1 < 8; i++) {
      assertThat(migrator.nodeOf(start + i * HUGE_BYTES)).isNotEqualTo(migrator.nodeOf(start + (i + 1) * HUGE_BYTES));
    }
    assertThat(report.complete()).isTrue();
    assertThat(report.notes()).singleElement().asString().contains("huge pages", "2 MiB");
  }

  @Test
  void placesHugePagesAmongSmallOnes() {
    long start = 0x7f00_0000_0000L;
    migrator.map(start, 512, 0);
    migrator.mapHuge(start + HUGE_BYTES, 1);
    migrator.map(start + 2 * HUGE_BYTES, 100, 2);
    MoveReport report = pinner.interleave(start, 2 * HUGE_BYTES + 100 * PAGE, NodeSet.of(0, 1));

    assertThat(report.complete()).isTrue();
    assertThat(report.stayedPages()).isZero();
    long inSmall = 0;
    for (int i = 0; i < 512; i++) {
      inSmall += migrator.nodeOf(start + (long) i * PAGE);
    }
    assertThat(inSmall).as("small pages on node 1").isEqualTo(256);
  }

  @Test
  void interleavesHugePagesOfKnownSizeOneByOne() {
    long start = 0x7f00_0000_0000L;
    for (int i = 0; i < 6; i++) {
      migrator.mapHuge(start + i * HUGE_BYTES, 0);
    }
    MoveReport report = BufferPinner.on(migrator, PinOptions.builder().pageBytes(HUGE_BYTES).build())
        .interleave(start, 6 * HUGE_BYTES, NodeSet.of(0, 1, 2));

    assertThat(report.after().byStatus()).containsOnly(entry(0, 2L), entry(1, 2L), entry(2, 2L));
    assertThat(migrator.calls).contains("move_pages 4 [MOVE]");
  }

  @Test
  void goesInStripesByMbindWhereMovePagesIsRefused() {
    migrator.refused.put(SystemCall.MOVE_PAGES, Errno.EPERM);
    migrator.map(BASE, 4096, 0);
    MoveReport report = pinner.interleave(BASE, 4096L * PAGE, NodeSet.of(0, 1));

    assertThat(migrator.countOn(0)).isEqualTo(2048);
    assertThat(migrator.countOn(1)).isEqualTo(2048);
    assertThat(migrator.policies.values()).hasSize(4096).containsOnly(MemoryPolicy.interleave(0, 1));
    assertThat(report.notes()).singleElement().asString().contains("move_pages may not be called", "stripes of 2 MiB");
    assertThat(report.complete()).isTrue();
    assertThat(report.before().unknown()).isEqualTo(4096);
  }

  @Test
  void saysSoWhereAHugePageIsLargerThanAStripe() {
    migrator.refused.put(SystemCall.MOVE_PAGES, Errno.EPERM);
    migrator.mapHuge(BASE, 0);
    migrator.mapHuge(BASE + HUGE_BYTES, 0);
    MoveReport report = pinner.interleave(BASE, 2 * HUGE_BYTES, NodeSet.of(0, 1));

    assertThat(report.complete()).isFalse();
    assertThat(report.stayed().get(Errno.EIO)).as("parts that a later stripe dragged along").isEqualTo(512);
  }

  @Test
  void givesEachNodeItsShareOfAFewPagesInStripes() {
    migrator.refused.put(SystemCall.MOVE_PAGES, Errno.EPERM);
    migrator.map(BASE, 12, 5);
    pinner.interleave(List.of(MemoryRange.of(BASE, 12L * PAGE)), NodeSet.of(0, 1, 2));

    assertThat(List.of(migrator.countOn(0), migrator.countOn(1), migrator.countOn(2))).containsOnly(4L);
    assertThat(migrator.policies).as("too small for a policy, and what was set is taken back").isEmpty();
  }
}
