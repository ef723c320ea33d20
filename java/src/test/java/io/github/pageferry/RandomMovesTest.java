package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Memory of any shape, troubles of any kind, options of any value: what a report says is true, and nothing else is
 * touched.
 */
class RandomMovesTest {

  private static final int PAGE = ScriptedMigrator.PAGE;
  private static final long BASE = 0x7f00_0000_0000L;
  private static final int PAGES = 2600;
  private static final int ROUNDS = 60;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void reportsAreTrue(long seed) {
    for (int round = 0; round < ROUNDS; round++) {
      SplittableRandom random = new SplittableRandom(1000 * seed + round);
      new Round(random, "new SplittableRandom(" + (1000 * seed + round) + ")").run();
    }
  }

  private static final class Round {
    private final SplittableRandom random;
    private final String name;
    private final ScriptedMigrator migrator = new ScriptedMigrator(0, 1, 2);
    private final List<MemoryRange> ranges = new ArrayList<>();
    private final boolean[] wanted = new boolean[PAGES];

    Round(SplittableRandom random, String name) {
      this.random = random;
      this.name = name;
    }

    void run() {
      layOutMemory();
      makeTrouble();
      chooseRanges();
      Map<Long, Integer> before = nodes();
      PagePlan plan = plan();
      FuturePages future = FuturePages.values()[random.nextInt(3)];
      PinOptions options = PinOptions.builder().ticker(new FakeTicker()).futurePages(future)
          .batchBytes((long) random.nextInt(1, 3000) * PAGE).threads(random.nextInt(3)).retries(random.nextInt(4)).build();
      BufferPinner pinner = BufferPinner.on(migrator, options);
      MoveReport report = plan.hasOneNode()
          ? pinner.pin(ranges, plan.node(0)) : pinner.interleave(ranges, plan.nodes());
      check(report, plan, before);
    }

    private void layOutMemory() {
      migrator.map(BASE, PAGES, 0);
      for (int i = random.nextInt(6); i > 0; i--) {
        int from = random.nextInt(PAGES);
        migrator.map(BASE + (long) from * PAGE, random.nextInt(Math.min(400, PAGES - from)) + 1, random.nextInt(-1, 3));
      }
      for (int huge = 0; huge < 4; huge++) {
        if (random.nextInt(4) == 0) {
          migrator.mapHuge(BASE + (long) huge * 512 * PAGE, random.nextInt(3));
        }
      }
    }

    private void makeTrouble() {
      migrator.classic = random.nextInt(4) == 0;
      for (int i = random.nextInt(5); i > 0; i--) {
        long page = BASE / PAGE + random.nextInt(PAGES);
        switch (random.nextInt(3)) {
          case 0 -> migrator.busy.put(page, random.nextInt(5));
          case 1 -> migrator.pinned.add(page);
          default -> migrator.shared.add(page);
        }
      }
      if (random.nextInt(6) == 0) {
        migrator.refused.put(SystemCall.MBIND, Errno.EPERM);
        if (random.nextBoolean()) {
          migrator.refusedUnforeseen.add(SystemCall.MBIND);
        }
      }
    }

    private void chooseRanges() {
      for (int i = random.nextInt(1, 5); i > 0; i--) {
        int from = random.nextInt(PAGES * PAGE);
        int bytes = random.nextInt(random.nextBoolean() ? 8 * PAGE : PAGES * PAGE);
        bytes = Math.min(bytes, PAGES * PAGE - from);
        ranges.add(MemoryRange.of(BASE + from, bytes));
        for (int page = from / PAGE; bytes > 0 && page <= (from + bytes - 1) / PAGE; page++) {
          wanted[page] = true;
        }
      }
    }

    private PagePlan plan() {
      return random.nextBoolean()
          ? PagePlan.pin(random.nextInt(3)) : PagePlan.interleave(NodeSet.of(random.nextInt(3), random.nextInt(3)));
    }

    private Map<Long, Integer> nodes() {
      Map<Long, Integer> nodes = new HashMap<>();
      for (long i = 0; i < PAGES; i++) {
        nodes.put(i, migrator.nodeOf(BASE + i * PAGE));
      }
      return nodes;
    }

    private void check(MoveReport report, PagePlan plan, Map<Long, Integer> before) {
      Map<Long, Integer> after = nodes();
      long pages = 0;
      long moved = 0;
      long[] onNode = new long[3];
      for (long i = 0; i < PAGES; i++) {
        int was = before.get(i);
        int is = after.get(i);
        if (wanted[(int) i]) {
          pages++;
          moved += was != is ? 1 : 0;
          if (is >= 0) {
            onNode[is]++;
          }
        } else if (was != is) {
          assertThat(migrator.huge).as("%s: page %d is none of ours, and moved", name, i)
              .contains((BASE / PAGE + i) / 512 * 512);
        }
      }
      assertThat(report.pages()).as(name).isEqualTo(pages);
      assertThat(report.movedPages()).as(name).isEqualTo(moved);
      for (int node = 0; node < 3; node++) {
        assertThat(report.after().onNode(node)).as("%s, node %d", name, node).isEqualTo(onNode[node]);
      }
      assertThat(report.before().present() + report.before().notPresent()).as(name).isEqualTo(pages);
      assertThat(report.notAttempted()).as(name).isZero();
      checkStayed(report, plan, onNode);
      checkPolicies(report);
    }

    private void checkStayed(MoveReport report, PagePlan plan, long[] onNode) {
      if (plan.hasOneNode()) {
        long elsewhere = onNode[0] + onNode[1] + onNode[2] - onNode[plan.node(0)];
        assertThat(report.stayedPages()).as(name).isEqualTo(elsewhere);
      }
      boolean troubled = !migrator.busy.isEmpty() || !migrator.pinned.isEmpty() || !migrator.shared.isEmpty();
      assertThat(report.complete()).as("%s: %s", name, report).isEqualTo(report.stayedPages() == 0);
      if (!troubled) {
        assertThat(report.complete()).as("%s: nothing was in the way: %s", name, report).isTrue();
      }
      if (migrator.classic) {
        assertThat(report.stayedUnexplained()).as("%s: old kernels give reasons", name).isZero();
      }
    }

    private void checkPolicies(MoveReport report) {
      for (long page : migrator.policies.keySet()) {
        long address = page * PAGE;
        assertThat(ranges).as("%s: a policy on a page that is not all ours: %s", name, report)
            .anyMatch(range -> range.address() <= address && address + PAGE <= range.address() + range.bytes());
      }
    }
  }
}
