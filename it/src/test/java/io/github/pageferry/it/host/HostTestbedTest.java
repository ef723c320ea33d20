package io.github.pageferry.it.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.workload.Need;
import io.github.pageferry.it.workload.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTestbedTest {

  private static final Workload SMALL = HostRuns.workload("""
      - map: {as: a, pages: 40}
      - touch: {pages: a, write: true}
      - fork: {as: child}
      - touch: {pages: "a[0-20]", write: true}
      - move: {pages: a, to: 0}
      """);

  @Test
  void saysWhatIsMissingAndWhy() {
    try (HostTestbed testbed = HostTestbed.open()) {
      assertThat(testbed.lacks(new Workload("w", "", 1000, Set.of(), List.of())).orElseThrow())
          .startsWith("needs 1000 nodes with memory (0-999), there ");
      assertThat(testbed.lacks(new Workload("w", "", 1, Set.of(Need.SWAP), List.of())).orElse("needs swap: none"))
          .startsWith("needs swap: ");
    }
  }

  @Test
  void workloadsThatWantMoreMemoryThanThereIsDoNotRun() {
    StringBuilder steps = new StringBuilder();
    for (int i = 0; i < 64; i++) {
      steps.append("- map: {as: a").append(i).append(", pages: 16777216}\n- touch: {pages: a").append(i).append("}\n");
    }
    try (HostTestbed testbed = HostTestbed.open()) {
      HostRuns.assumeRuns(testbed, SMALL);
      assertThat(testbed.lacks(HostRuns.workload(steps.toString())).orElse(""))
          .matches("needs up to \\d+ MiB of memory; \\d+ MiB are available \\(MemAvailable\\), of which .*");
    }
  }

  @Test
  void stepsSayWhatTheyNeedThemselves() {
    assertThat(Requirements.needs(HostRuns.workload("""
        - map: {as: a, pages: 1, backing: ramfs}
        - map: {as: b, of: a}
        - map: {as: c, pages: 512, huge: true}
        - map: {as: d, pages: 1, backing: device}
        - advise: {pages: c, advice: mergeable}
        - cpuset: {mems: [0]}
        """))).containsExactlyInAnyOrder(Need.RAMFS, Need.THP, Need.DEVICE, Need.KSM, Need.CPUSET);
  }

  @Test
  void aGivenDirectoryMustBeOnTheFileSystemThatItStandsFor(@TempDir Path folder) {
    String before = System.setProperty("pageferry.host.vfat", folder.toString());
    try (HostTestbed testbed = HostTestbed.open()) {
      assertThat(testbed.lacks(new Workload("w", "", 1, Set.of(Need.VFAT), List.of()))).contains("needs vfat: " + folder
          + ", which the property pageferry.host.vfat names, is not on a file system of the type vfat");
    } finally {
      restore("pageferry.host.vfat", before);
    }
  }

  @Test
  void aGivenDirectoryIsUsed() {
    Path folder = Path.of("/dev/shm");
    assumeTrue(Files.isWritable(folder), "/dev/shm is not there to be given");
    String before = System.setProperty("pageferry.host.tmpfs", folder.toString());
    Workload workload = HostRuns.workload("- map: {as: a, pages: 1, backing: tmpfs}\n");
    try (HostTestbed testbed = HostTestbed.open()) {
      HostRuns.assumeRuns(testbed, workload);
      try (Session session = testbed.open(workload)) {
        session.execute(workload.steps().get(0));
        assertThat(Processes.openFiles(ProcessHandle.current().pid()))
            .anyMatch(file -> file.startsWith("/dev/shm/#") && file.endsWith(" (deleted)"));
      }
    } finally {
      restore("pageferry.host.tmpfs", before);
    }
  }

  private static void restore(String property, String value) {
    if (value == null) {
      System.clearProperty(property);
    } else {
      System.setProperty(property, value);
    }
  }

  @Test
  void sessionsOfSeveralThreadsAndTestbedsDoNotDisturbEachOther() throws Exception {
    try (HostTestbed first = HostTestbed.open();
        HostTestbed second = HostTestbed.open()) {
      HostRuns.assumeRuns(first, SMALL);
      var expected = HostRuns.run(first, SMALL);
      ExecutorService threads = Executors.newFixedThreadPool(4);
      List<Future<?>> runs = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        HostTestbed testbed = i % 2 == 0 ? first : second;
        runs.add(threads.submit(() -> assertThat(HostRuns.run(testbed, SMALL)).isEqualTo(expected)));
      }
      for (Future<?> run : runs) {
        run.get();
      }
      threads.shutdown();
    }
  }

  @Test
  void aSessionWaitsForTheEndOfTheOneBefore() throws Exception {
    try (HostTestbed first = HostTestbed.open();
        HostTestbed second = HostTestbed.open()) {
      HostRuns.assumeRuns(first, SMALL);
      ExecutorService threads = Executors.newFixedThreadPool(1);
      Future<?> other;
      try (Session session = first.open(SMALL)) {
        session.execute(SMALL.steps().get(0));
        other = threads.submit(() -> HostRuns.run(second, SMALL));
        assertThatThrownBy(() -> RunSlot.take(() -> true)).hasMessageContaining("another session");
        assertThat(other).isNotDone();
      }
      other.get();
      threads.shutdown();
    }
  }

  @Test
  void closingClosesOpenSessions() {
    HostTestbed testbed = HostTestbed.open();
    HostRuns.assumeRuns(testbed, SMALL);
    Session session = testbed.open(SMALL);
    session.execute(SMALL.steps().get(0));
    testbed.close();
    assertThatThrownBy(() -> session.execute(SMALL.steps().get(1))).hasMessage("the session is closed");
    assertThatThrownBy(() -> testbed.open(SMALL)).hasMessage("the host testbed is closed");
    session.close();
    testbed.close();
  }

  @Test
  void aWaitForAnotherRunsSettingsEndsWithTheTestbed() {
    Path directory = Path.of("/sys/kernel/mm");
    assumeTrue(Files.isDirectory(directory), "no " + directory);
    try (MachineLock held = new MachineLock(directory, () -> false)) {
      assertThat(held).isNotNull();
      assertThatThrownBy(() -> new MachineLock(directory, () -> true)).hasMessageContaining("another run");
    }
    new MachineLock(directory, () -> false).close();
  }
}
