package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.lab.guest.GuestFacts;
import io.github.pageferry.it.run.Corpus;
import io.github.pageferry.it.run.Runner;
import io.github.pageferry.it.run.Verdict;
import io.github.pageferry.it.sim.SimTestbed;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.TestbedBackend;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.Profiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Guests that are made from one saved state, each for one workload. */
class FreshGuestIT {

  /** Counted since the kernel booted, of all processes (vmstat.c). */
  private static final String MIGRATED = "pgmigrate_success=";

  private static final LabTopology TWO = LabTopology.parse("256M/1cpu,256M");
  /** Moves 338 pages and moves them back. */
  private static final Workload WORKLOAD = Corpus.builtIn("sizes-338").orElseThrow();

  private static final List<String> NOTES = new ArrayList<>();
  private static LabBackend fresh;

  @BeforeAll
  static void open() {
    fresh = LabMachines.open("6.1@" + TWO + ",fresh", NOTES);
  }

  @AfterAll
  static void close() throws IOException {
    if (fresh != null) {
      fresh.close();
      try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
        assertThat(all).noneMatch(path ->
            path.getFileName().toString().startsWith("pageferry-lab-" + ProcessHandle.current().pid() + "-"));
      }
    }
  }

  private static long migrated(LabBackend lab) {
    return lab.factsOf(GuestFacts.COUNTERS).lines().filter(line -> line.startsWith(MIGRATED))
        .mapToLong(line -> Long.parseLong(line.substring(MIGRATED.length()))).findFirst().orElseThrow();
  }

  private static void assertRuns(LabBackend lab) {
    assertThat(lab.run(WORKLOAD).outcomes()).hasSameSizeAs(WORKLOAD.steps());
  }

  @Test
  void whatAWorkloadLeavesInTheKernelTheNextOneDoesNotSee() {
    long before = migrated(fresh);
    assertRuns(fresh);
    assertThat(migrated(fresh)).isEqualTo(before);
    assertThat(fresh.renew()).as("each workload has a machine of its own anyway").isFalse();
  }

  @Test
  void whereOneGuestLivesForAllItDoesUntilItIsGivenUp() {
    try (LabBackend lasting = LabMachines.open("6.1", TWO, NOTES)) {
      long before = migrated(lasting);
      assertRuns(lasting);
      assertThat(migrated(lasting)).isGreaterThanOrEqualTo(before + 2 * 338);
      assertThat(lasting.renew()).isTrue();
      assertThat(migrated(lasting)).isLessThan(before + 2 * 338);
    }
  }

  @Test
  void answersAsItsProfile() {
    List<Workload> workloads = Stream.of("bind-moves", "sizes-338", "ksm-merged", "ext4-dirty", "hugetlb-move", "migrate-child")
        .map(name -> Corpus.builtIn(name).orElseThrow()).toList();
    try (Backend model = new TestbedBackend("sim:6.1",
        new SimTestbed(Profiles.find("6.1"), new MachineSpec(2, 256L << 20, 1), true), () -> false)) {
      List<Verdict> verdicts = new Runner(fresh, model, workload -> { }, verdict -> { }).run(workloads);
      assertThat(verdicts).hasSameSizeAs(workloads).allMatch(verdict -> verdict.kind() == Verdict.Kind.EQUIVALENT);
    }
  }

  @Test
  void aPanicIsToldWithWhatTheConsoleSaidOfItAndTheNextWorkloadRuns() {
    assertThatThrownBy(() -> fresh.factsOf(GuestFacts.PANIC)).isInstanceOf(GuestDiedException.class)
        .hasMessageStartingWith("the guest ").hasMessageContaining("while it was asked for facts of panic")
        .hasMessageContaining("\nThe end of its console:\n").hasMessageContaining("Kernel panic");
    assertRuns(fresh);
    assertThat(ProcessHandle.current().descendants()).noneMatch(
        process -> process.info().command().orElse("").contains("qemu"));
  }
}
