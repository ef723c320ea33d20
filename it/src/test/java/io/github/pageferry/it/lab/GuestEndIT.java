package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.lab.guest.GuestFacts;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.run.Corpus;
import io.github.pageferry.it.run.Recorder;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guests that come to an end of their own are told of, others take their place, and nothing stays of any. */
class GuestEndIT {

  private static final Workload WORKLOAD = Corpus.builtIn("fork-zero-page").orElseThrow();
  private static LabBackend lab;

  @BeforeAll
  static void open() {
    lab = LabMachines.open("6.1", LabTopology.of(2), new ArrayList<>());
  }

  @AfterAll
  static void close() throws IOException {
    if (lab != null) {
      lab.close();
      assertThat(emulators()).isEmpty();
      assertThat(folders()).isEmpty();
    }
  }

  private static List<ProcessHandle> emulators() {
    return ProcessHandle.current().descendants()
        .filter(process -> process.info().command().orElse("").contains("qemu")).toList();
  }

  private static List<Path> folders() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.filter(path -> path.getFileName().toString().startsWith("pageferry-lab-" + ProcessHandle.current().pid() + "-"))
          .toList();
    }
  }

  private static void assertRuns() {
    Trace trace = lab.run(WORKLOAD);
    assertThat(trace.skipped()).isEmpty();
    assertThat(trace.kernel()).isEqualTo(lab.kernel()).startsWith("6.1.");
    assertThat(trace.outcomes()).hasSameSizeAs(WORKLOAD.steps());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      GuestFacts.PANIC + "     | broke (Kernel panic - not syncing: sysrq triggered crash) | Kernel panic",
      GuestFacts.COMPLAINT + " | broke (BUG: a test says that something is broken) | BUG: ",
      GuestFacts.EXIT + "      | ended | pageferry-lab: the harness ended with status 0",
  })
  void anEndIsToldWithTheConsoleAndTheNextWorkloadFindsANewGuest(String end, String how, String said) {
    assertThatThrownBy(() -> lab.factsOf(end)).isInstanceOf(GuestDiedException.class)
        .hasMessageStartingWith("the guest " + how + " while it was asked for facts of " + end + "\n")
        .hasMessageContaining("\nThe end of its console:\n").hasMessageContaining(said);
    assertThat(emulators()).isEmpty();
    assertRuns();
    assertThat(emulators()).hasSize(1);
  }

  @Test
  void anEmulatorThatIsToldToEndIsTheEndOfTheRunAndNoWorkloadsFault() {
    assertRuns();
    ProcessHandle emulator = emulators().get(0);
    assertThat(emulator.destroy()).isTrue();
    emulator.onExit().join();
    assertThatThrownBy(GuestEndIT::assertRuns).isInstanceOf(CannotRunException.class)
        .hasMessageMatching("the guest was ended from outside while it ran fork-zero-page"
            + " \\(qemu.*: terminating on signal 15.*\\)");
    assertThat(emulators()).isEmpty();
    assertRuns();
  }

  @Test
  void aGuestThatHangsIsEnded() {
    assertRuns();
    lab.limitAnswers(Optional.of(Duration.ofSeconds(1)));
    try {
      assertThatThrownBy(() -> lab.factsOf(GuestFacts.SILENCE)).isInstanceOf(GuestDiedException.class)
          .hasMessageContaining("did not answer in time");
    } finally {
      lab.limitAnswers(Optional.empty());
    }
    assertThat(emulators()).isEmpty();
    assertRuns();
  }

  @Test
  void whatTheHarnessInTheGuestFailsWithIsToldAndTheGuestLives() {
    assertRuns();
    List<ProcessHandle> before = emulators();
    assertThatThrownBy(() -> lab.factsOf("nothing that there is")).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no such facts: nothing that there is");
    assertRuns();
    assertThat(emulators()).isEqualTo(before);
  }

  @Test
  void aWorkloadThatIsLongerThanASerialLinesBuffersArrivesWhole() {
    // at random, since the line carries them compressed
    String pages = new Random(1).ints(40_001, 0, 4096).mapToObj(page -> "\"a[" + page + "]\"").collect(Collectors.joining(", "));
    String steps = "- map: {as: a, pages: 4096}\n- touch: {pages: a, write: true}\n".indent(2)
        + "  - query: {pages: [" + pages + "]}\n";
    Workload workload = WorkloadReader.parse("long", "workload: long\nsteps:\n" + steps).get(0);
    Recorder.Result result = Recorder.run(lab, workload);
    assertThat(result.failure()).isEmpty();
    assertThat(result.trace().orElseThrow().outcomes().get(2).status()).hasSize(40_001).containsOnly(0);
  }
}
