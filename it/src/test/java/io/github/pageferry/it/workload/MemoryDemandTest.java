package io.github.pageferry.it.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryDemandTest {

  private static MemoryDemand of(String... steps) {
    String text = "workload: w\nsteps:\n  - " + String.join("\n  - ", steps) + "\n";
    return MemoryDemand.of(WorkloadReader.parse("w", text).get(0));
  }

  @Test
  void memoryThatNobodyTouchesIsNone() {
    MemoryDemand demand = of("map: {as: a, pages: 16777216}", "query: {pages: \"a[3]\"}", "move: {pages: [hole], to: 1}");
    assertThat(demand.pages()).isZero();
    assertThat(demand.pagesByNode()).containsExactlyEntriesOf(Map.of(0, 0L));
  }

  @Test
  void touchingLockingAndPinningBringIn() {
    assertThat(of("map: {as: a, pages: 100}", "touch: {pages: \"a[10-19]\"}").pages()).isEqualTo(10);
    assertThat(of("map: {as: a, pages: 100}", "lock: {pages: a}").pages()).isEqualTo(100);
    assertThat(of("map: {as: a, pages: 100}", "pin: {pages: [\"a[1]\", \"a[5]\", hole]}").pages()).isEqualTo(2);
  }

  @Test
  void aPageThatIsTouchedAgainIsTheSame() {
    assertThat(of("map: {as: a, pages: 10}", "touch: {pages: a}", "touch: {pages: a, write: true}").pages()).isEqualTo(10);
  }

  @Test
  void afterAForkWhatIsWrittenIsCopied() {
    String[] forked = {"map: {as: a, pages: 10}", "touch: {pages: a, write: true}", "fork: {as: c}",
        "touch: {pages: \"a[0-3]\", write: true}"};
    assertThat(of(forked).pages()).isEqualTo(14);
  }

  @Test
  void aFileIsInMemoryFromTheBeginning() {
    assertThat(of("map: {as: a, pages: 10, backing: tmpfs}").pagesByNode()).containsExactlyEntriesOf(Map.of(0, 10L));
    assertThat(of("map: {as: a, pages: 10, backing: ext4, sharing: private}", "touch: {pages: a, write: true}").pages())
        .isEqualTo(20);
  }

  @Test
  void hugePagesOfThePoolAndADevicesMemoryDoNotCount() {
    assertThat(of("map: {as: h, pages: 512, backing: hugetlb}", "map: {as: d, pages: 1, backing: device}", "fork: {as: c}",
        "touch: {pages: [h, d], write: true}").pages()).isZero();
  }

  @Test
  void oneTouchCanBringInAWholeHugePage() {
    assertThat(of("map: {as: a, pages: 1024, huge: true}", "touch: {pages: \"a[0]\"}").pages()).isEqualTo(1024);
  }

  @Test
  void pagesCanBeOnEveryNodeThatAStepNames() {
    assertThat(of("map: {as: a, pages: 10}", "touch: {pages: a, node: 1}").pagesByNode())
        .containsExactlyInAnyOrderEntriesOf(Map.of(0, 0L, 1, 10L));
    assertThat(of("map: {as: a, pages: 10}", "touch: {pages: a}", "move: {pages: a, to: 2}").pagesByNode())
        .containsExactlyInAnyOrderEntriesOf(Map.of(0, 10L, 2, 10L));
    assertThat(of("map: {as: a, pages: 10}", "bind: {pages: a, mode: bind, nodes: [3]}", "lock: {pages: a}").pagesByNode())
        .containsEntry(3, 10L);
    assertThat(of("map: {as: a, pages: 10}", "touch: {pages: a}", "migrate: {from: [0], to: [1]}").pagesByNode())
        .containsEntry(1, 10L);
  }

  @Test
  void aTraceHasAPlacementForEachPageAfterEachStepAndTheStatuses() {
    assertThat(of("map: {as: a, pages: 10}", "touch: {pages: a}", "query: {pages: [a, hole]}").traced())
        .isEqualTo(10 + 10 + 10 + 11);
  }
}
