package io.github.pageferry.it.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.workload.Need;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Nothing is left behind: by runs that end, and by runs that break off after any of their steps. */
class LeftoversTest {

  private static final List<String> WORKLOADS = List.of(
      """
      - map: {as: a, pages: 4}
      - touch: {pages: a, write: true, node: 0}
      - pin: {pages: a}
      - fork: {as: one}
      - fork: {as: two}
      - lock: {pages: a}
      - bind: {pages: a, mode: bind, nodes: [0]}
      - exit: {process: one}
      - move: {pages: a, to: 0, process: two, uid: 1000}
      """,
      """
      - map: {as: a, pages: 4, backing: tmpfs}
      - map: {as: b, pages: 4, backing: ramfs}
      - map: {as: c, pages: 4, backing: ext4}
      - map: {as: d, of: c, sharing: private}
      - touch: {pages: d, write: true}
      - sync: {region: c}
      """,
      """
      - map: {as: a, pages: 4}
      - cpuset: {mems: [0]}
      - fork: {as: one}
      - cpuset: {mems: [0]}
      """,
      """
      - map: {as: h, pages: 1024, backing: hugetlb}
      - touch: {pages: h, write: true}
      """,
      """
      - map: {as: a, pages: 4}
      - touch: {pages: a, write: true, same: true}
      - advise: {pages: a, advice: mergeable}
      """,
      """
      - map: {as: t, pages: 512, huge: true}
      - map: {as: d, pages: 1, backing: device}
      - touch: {pages: [t, d]}
      """);

  private static HostTestbed testbed;

  @BeforeAll
  static void open() {
    testbed = HostTestbed.open();
    // once through everything: what is made for all runs of a testbed is there from then on
    for (String steps : WORKLOADS) {
      Workload workload = HostRuns.workload(steps);
      if (testbed.lacks(workload).isEmpty()) {
        HostRuns.run(testbed, workload);
      }
    }
  }

  @AfterAll
  static void close() {
    testbed.close();
  }

  @TestFactory
  List<DynamicTest> runsLeaveNothingWhereverTheyEnd() {
    List<DynamicTest> tests = new ArrayList<>();
    AtomicInteger number = new AtomicInteger();
    for (String steps : WORKLOADS) {
      Workload workload = HostRuns.workload(steps);
      tests.add(DynamicTest.dynamicTest("workload " + number.incrementAndGet(), () -> {
        HostRuns.assumeRuns(testbed, workload);
        Machine before = Machine.now();
        for (int end = 0; end <= workload.steps().size(); end++) {
          breakOff(workload, end);
          assertThat(Machine.settled(before)).as("after %d steps", end).isEqualTo(before);
        }
      }));
    }
    return tests;
  }

  /** Makes the first steps, then one that fails. */
  private static void breakOff(Workload workload, int end) {
    assertThatThrownBy(() -> {
      try (Session session = testbed.open(workload)) {
        for (Step step : workload.steps().subList(0, end)) {
          session.execute(step);
        }
        session.execute(new Step.Sync("no_such_region"));
      }
    }).hasMessageContaining("no_such_region");
  }

  @Test
  void aTestbedLeavesNothing() {
    // the JVM and JNA have loaded by now what they load once
    Machine before = Machine.now();
    try (HostTestbed other = HostTestbed.open()) {
      for (String steps : WORKLOADS) {
        Workload workload = HostRuns.workload(steps);
        if (other.lacks(workload).isEmpty()) {
          HostRuns.run(other, workload);
        }
      }
    }
    assertThat(Machine.settled(before)).isEqualTo(before);
  }

  @Test
  void settingsOfTheMachineGetTheValueBackThatTheyHad() {
    Path scanned = Path.of("/sys/kernel/mm/ksm/pages_to_scan");
    Path huge = Path.of("/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages");
    Workload ksm = HostRuns.workload(WORKLOADS.get(4));
    Workload hugetlb = HostRuns.workload(WORKLOADS.get(3));
    HostRuns.assumeRuns(testbed, ksm);
    HostRuns.assumeRuns(testbed, hugetlb);
    try (KernelSettings unusual = new KernelSettings()) {
      assertThat(unusual.set(scanned, "123")).isTrue();
      assertThat(unusual.set(huge, "1")).isTrue();
      HostRuns.run(testbed, ksm);
      HostRuns.run(testbed, hugetlb);
      assertThat(KernelFile.read(scanned)).contains("123");
      assertThat(KernelFile.read(huge)).contains("1");
    }
  }

  @Test
  void aProcessThatTookOnAnotherUserCanStillBeLookedAt() {
    Workload workload = HostRuns.workload(WORKLOADS.get(0));
    HostRuns.assumeRuns(testbed, workload);
    assertThat(Libc.prctl(Libc.PR_GET_DUMPABLE, 0, 0, 0, 0)).isEqualTo(1);
    HostRuns.run(testbed, workload);
    assertThat(Libc.prctl(Libc.PR_GET_DUMPABLE, 0, 0, 0, 0)).isEqualTo(1);
  }

  @Test
  void aRunThatCannotBePreparedLeavesNothing() {
    Workload workload = new Workload("w", "", 1000, Set.of(Need.HUGETLB),
        List.of());
    Machine before = Machine.now();
    assertThatThrownBy(() -> testbed.open(workload)).isInstanceOf(IllegalStateException.class);
    assertThat(Machine.settled(before)).isEqualTo(before);
  }
}
