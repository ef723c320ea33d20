package io.github.pageferry.it.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.Errno;
import io.github.pageferry.MemoryPolicy;
import io.github.pageferry.PageStatus;
import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.workload.PageSelector;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.linux.LinuxMigrator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Steps on the real kernel, with expectations that hold on every release that a JVM runs on: from the manual pages. */
class HostStepsTest {

  private static final int EFAULT = -Errno.EFAULT.number();

  private static int[] places(Outcome outcome, String region) {
    return Objects.requireNonNull(outcome.placement()).get(region);
  }

  private static int[] status(Outcome outcome) {
    return Objects.requireNonNull(outcome.status());
  }

  @Test
  void aWrittenPageIsOnNode0AndTheOthersAreNowhere() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: a, pages: 3}
        - touch: {pages: "a[1]", write: true}
        """);
    assertThat(places(outcomes.get(1), "a")[1]).isZero();
    assertThat(places(outcomes.get(1), "a")[0]).isNegative();
    assertThat(places(outcomes.get(1), "a")[2]).isNegative();
  }

  @Test
  void aTouchGoesOnAfterAPageThatCannotBeAccessed() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: a, pages: 3}
        - protect: {pages: "a[1]", prot: r}
        - touch: {pages: [null, a, hole], write: true}
        """);
    assertThat(outcomes.get(2).returned()).isEqualTo(EFAULT);
    assertThat(places(outcomes.get(2), "a")[0]).isZero();
    assertThat(places(outcomes.get(2), "a")[1]).isNegative();
    assertThat(places(outcomes.get(2), "a")[2]).isZero();
    assertThat(outcomes.get(2).intact()).isTrue();
  }

  @Test
  void aTouchUnderANodeThatIsNotThereIsRefusedAndTouchesNothing() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: a, pages: 1}
        - touch: {pages: a, write: true, node: 1023}
        - touch: {pages: a, write: true, node: 0}
        """);
    assertThat(outcomes.get(1).returned()).isEqualTo(-Errno.EINVAL.number());
    assertThat(places(outcomes.get(1), "a")[0]).isNegative();
    assertThat(places(outcomes.get(2), "a")[0]).isZero();
  }

  @Test
  void aTouchUnderANodeLeavesTheThreadItsPolicy() {
    try (LinuxMigrator migrator = LinuxMigrator.open();
        AddressWindow window = AddressWindow.take();
        FileSystems fileSystems = new FileSystems();
        UserMemory memory = new UserMemory();
        PageMap pageMap = new PageMap();
        Children children = new Children()) {
      Regions regions = new Regions(window);
      new Mapper(window, regions, fileSystems).map(
          new Step.Map("a", 1, Step.Backing.ANON, Step.Sharing.PRIVATE, Step.Prot.RW, "", false));
      try (PageCalls calls = new PageCalls(migrator, regions, children)) {
        var pages = List.<PageSelector>of(new PageSelector.Pages("a", 0, 0, 0), new PageSelector.Hole(0));
        assertThat(calls.bindThread(0)).isZero();
        assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.bind(0));
        calls.unbindThread();
        long touched = new RangeCalls(regions, memory, pageMap, calls)
            .touch(new Step.Touch(pages, true, OptionalInt.of(0), false));
        assertThat(touched).isEqualTo(EFAULT);
        assertThat(migrator.getPolicy()).isEqualTo(MemoryPolicy.DEFAULT);
      }
    }
  }

  @Test
  void aWriteAfterAForkIsCopiedAndBothStayIntact() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: a, pages: 2}
        - touch: {pages: a, write: true}
        - fork: {as: child}
        - touch: {pages: "a[0]", write: true, same: true}
        - query: {pages: a, process: child}
        - exit: {process: child}
        """);
    assertThat(outcomes).allMatch(outcome -> outcome.returned() == 0 && outcome.intact());
    assertThat(status(outcomes.get(4))).containsExactly(0, 0);
  }

  @Test
  void aMoveToWhereThePageIsAnswersThatNode() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: a, pages: 2}
        - touch: {pages: a, write: true}
        - move: {pages: ["a[1]", "a[0]+7", "a[1]"], to: 0}
        """);
    assertThat(outcomes.get(2).returned()).isZero();
    assertThat(status(outcomes.get(2))).containsExactly(0, 0, 0);
  }

  @Test
  void aCallThatIsRefusedAsAWholeLeavesTheStatusesUntouched() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: a, pages: 2}
        - touch: {pages: a, write: true}
        - move: {pages: a, to: 0, flags: [bogus]}
        - move: {pages: a, to: 0, process: absent}
        - move: {pages: a, to: 0, bad: pages}
        - query: {pages: a, bad: [pages, status]}
        """);
    assertThat(outcomes.get(2).returned()).isEqualTo(-Errno.EINVAL.number());
    assertThat(outcomes.get(3).returned()).isEqualTo(-Errno.ESRCH.number());
    assertThat(outcomes.get(4).returned()).isEqualTo(EFAULT);
    assertThat(outcomes.get(5).returned()).isEqualTo(EFAULT);
    assertThat(outcomes.subList(2, 6)).allSatisfy(outcome ->
        assertThat(status(outcome)).containsOnly(PageStatus.NOT_ATTEMPTED));
  }

  @Test
  void aCallOfAnotherUserHasThatUsersRightsAndTheNextOneTheOwnAgain() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: a, pages: 1}
        - touch: {pages: a, write: true}
        - fork: {as: child}
        - move: {pages: a, to: 0, process: child, uid: 1000}
        - move: {pages: a, to: 0, flags: [all], uid: 1000}
        - move: {pages: a, to: 0, flags: [all]}
        """);
    assertThat(outcomes.get(3).returned()).isEqualTo(-Errno.EPERM.number());
    assertThat(outcomes.get(4).returned()).isEqualTo(-Errno.EPERM.number());
    assertThat(outcomes.get(5).returned()).isZero();
  }

  @Test
  void fileRegionsShareTheirPagesWithASecondMapping() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: a, pages: 2, backing: tmpfs}
        - map: {as: b, of: a}
        - map: {as: c, of: a, sharing: private}
        - touch: {pages: "a[0]", write: true}
        - touch: {pages: [b, c]}
        - touch: {pages: "c[1]", write: true}
        - touch: {pages: "b[1]", write: true}
        - sync: {region: a}
        """);
    assertThat(outcomes).allMatch(outcome -> outcome.returned() == 0 && outcome.intact());
    assertThat(places(outcomes.get(7), "b")).containsExactly(0, 0);
    assertThat(places(outcomes.get(7), "c")).containsExactly(0, 0);
  }

  @Test
  void sharedAnonymousMemoryIsMappedTwiceAndAChildHasToFaultItIn() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: a, pages: 2, sharing: shared}
        - touch: {pages: a, write: true}
        - map: {as: b, of: a}
        - fork: {as: child}
        - touch: {pages: b, write: true}
        - query: {pages: a, process: child}
        """);
    assertThat(outcomes).allMatch(outcome -> outcome.returned() == 0 && outcome.intact());
    assertThat(places(outcomes.get(5), "a")).containsExactly(0, 0);
    assertThat(places(outcomes.get(5), "b")).containsExactly(0, 0);
    // fork leaves out what a fault would bring in just so (vma_needs_copy in mm/memory.c)
    assertThat(status(outcomes.get(5))).doesNotContain(0);
  }

  @Test
  void advisingAwayBringsZeroesBackAlsoWhereTheCallStopsHalfWay() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: a, pages: 4}
        - touch: {pages: a, write: true}
        - lock: {pages: "a[2]"}
        - advise: {pages: a, advice: dontneed}
        - touch: {pages: a}
        - unlock: {pages: a}
        - unmap: {pages: "a[1]"}
        - advise: {pages: a, advice: dontneed}
        - touch: {pages: "a[2-3]"}
        """);
    assertThat(outcomes.get(3).returned()).isEqualTo(-Errno.EINVAL.number());
    assertThat(places(outcomes.get(3), "a")[0]).isNegative();
    assertThat(places(outcomes.get(3), "a")[2]).isZero();
    assertThat(outcomes.get(7).returned()).isEqualTo(-Errno.ENOMEM.number());
    assertThat(outcomes).allMatch(Outcome::intact);
  }

  @Test
  void protectionThatStopsHalfWayIsKnown() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: a, pages: 4}
        - touch: {pages: a, write: true}
        - unmap: {pages: "a[2]"}
        - protect: {pages: a, prot: none}
        - touch: {pages: a}
        - protect: {pages: "a[0-1]", prot: rw}
        """);
    assertThat(outcomes.get(3).returned()).isEqualTo(-Errno.ENOMEM.number());
    assertThat(outcomes.get(4).returned()).isEqualTo(EFAULT);
    assertThat(outcomes).allMatch(Outcome::intact);
    assertThat(places(outcomes.get(5), "a")[0]).isZero();
    assertThat(places(outcomes.get(5), "a")[3]).isZero();
  }

  @Test
  void aPageIsPinnedOnceForEachPin() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: a, pages: 2}
        - touch: {pages: a, write: true}
        - pin: {pages: ["a[0]", "a[0]", hole]}
        - unpin: {pages: ["a[0]", "a[0]"]}
        - unpin: {pages: "a[0]"}
        """);
    assertThat(outcomes.get(2).returned()).isEqualTo(EFAULT);
    assertThat(outcomes.get(3).returned()).isZero();
    assertThat(outcomes.get(4).returned()).isEqualTo(-Errno.ENOENT.number());
  }

  @Test
  void aRegionsNameIsFreeOnceAllOfItIsUnmapped() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: a, pages: 1}
        - map: {as: b, pages: 1}
        - unmap: {pages: [a, a]}
        - map: {as: a, pages: 2}
        - touch: {pages: a, write: true}
        """);
    assertThat(places(outcomes.get(2), "a")).isNull();
    assertThat(Objects.requireNonNull(outcomes.get(4).placement()).keySet()).containsExactly("b", "a");
    assertThat(places(outcomes.get(4), "a")).containsExactly(0, 0);
  }

  @Test
  void equalPagesAreMergedAndKeepTheirContent() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: a, pages: 3}
        - touch: {pages: "a[0-1]", write: true, same: true}
        - touch: {pages: "a[2]", write: true}
        - advise: {pages: a, advice: mergeable}
        - move: {pages: a, to: 0}
        - touch: {pages: "a[0]", write: true}
        """);
    assertThat(outcomes).allMatch(outcome -> outcome.returned() == 0 && outcome.intact());
  }

  @Test
  void aHugePageIsThereWithAllItsPagesAtOnce() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: a, pages: 512, huge: true}
        - map: {as: b, pages: 512}
        - touch: {pages: ["a[0]", "b[0]"], write: true}
        """);
    assertThat(places(outcomes.get(2), "a")).containsOnly(0);
    assertThat(places(outcomes.get(2), "b")[1]).isNegative();
  }

  @Test
  void hugePagesOfThePoolAndDevicesAreMapped() {
    List<Outcome> outcomes = HostRuns.run("""
        - map: {as: h, pages: 512, backing: hugetlb}
        - map: {as: d, pages: 2, backing: device}
        - touch: {pages: "h[511]", write: true}
        - touch: {pages: d}
        - touch: {pages: d, write: true}
        """);
    assertThat(outcomes.subList(0, 4)).allMatch(outcome -> outcome.returned() == 0 && outcome.intact());
    assertThat(places(outcomes.get(2), "h")).containsOnly(0);
    assertThat(outcomes.get(4).returned()).isEqualTo(EFAULT);
  }

  @Test
  void aCpusetConfinesTheRunAndNothingElse() {
    try (HostTestbed testbed = HostTestbed.open()) {
      var workload = HostRuns.workload("- cpuset: {mems: [0]}\n- cpuset: {mems: [1023]}\n- cpuset: {mems: [0]}\n");
      HostRuns.assumeRuns(testbed, workload);
      String before = KernelFile.read(Path.of("/proc/self/cgroup")).orElseThrow();
      try (Session session = testbed.open(workload)) {
        assertThat(session.execute(workload.steps().get(0)).returned()).isZero();
        assertThat(session.execute(workload.steps().get(1)).returned()).isNegative();
        assertThat(session.execute(workload.steps().get(2)).returned()).isZero();
        assertThat(KernelFile.read(Path.of("/proc/self/cgroup"))).contains(before);
        assertThat(Machine.threadsInGroups()).hasSize(1)
            .doesNotContain(Long.toString(ProcessHandle.current().pid()))
            .allMatch(thread -> Files.exists(Path.of("/proc/self/task", thread)));
      }
    }
  }

  @Test
  void aStepThatMakesNoSenseIsRefusedAndTheSessionGoesOn() {
    var workload = HostRuns.workload("- map: {as: a, pages: 1}\n- touch: {pages: a, write: true}\n");
    try (HostTestbed testbed = HostTestbed.open()) {
      HostRuns.assumeRuns(testbed, workload);
      try (Session session = testbed.open(workload)) {
        session.execute(workload.steps().get(0));
        assertThatThrownBy(() -> session.execute(workload.steps().get(0))).hasMessageContaining("region a already");
        assertThatThrownBy(() -> session.execute(lock(new PageSelector.Pages("b", 0, 0, 0))))
            .hasMessageContaining("no region b");
        assertThatThrownBy(() -> session.execute(lock(new PageSelector.Pages("a", 0, 1, 0))))
            .hasMessageContaining("pages 0-1 are not in region a of 1 pages");
        assertThatThrownBy(() -> session.execute(lock(new PageSelector.Null(1 << 20))))
            .hasMessageContaining("first 64 KiB");
        assertThatThrownBy(() -> session.execute(new Step.Exit("x"))).hasMessageContaining("no process x");
        assertThat(session.execute(workload.steps().get(1)).returned()).isZero();
        assertThat(session.placement()).isEqualTo(Map.of("a", session.placement().get("a")));
        assertThat(session.placement().get("a")).containsExactly(0);
      }
    }
  }

  private static Step lock(PageSelector pages) {
    return new Step.Lock(List.of(pages));
  }
}
