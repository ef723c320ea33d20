package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.pageferry.it.lab.FakeEmulator.Start;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.testbed.CancelledException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guests of a program that stands for an emulator. */
class LabBackendTest {

  private final List<String> notes = new ArrayList<>();

  @TempDir
  private Path marks;

  private int boots() throws IOException {
    return FakeEmulator.starts(marks);
  }

  @Test
  void aGuestThatEndsIsReplacedByANewOne() throws IOException {
    try (LabBackend lab = FakeEmulator.backend(marks, 2, notes)) {
      assertThat(lab.factsOf("this")).isEqualTo("is this");
      assertThatThrownBy(() -> lab.factsOf(FakeEmulator.OFF)).isInstanceOf(GuestDiedException.class)
          .hasMessageStartingWith("the guest ended while it was asked for facts of switched off");
      assertThat(lab.hasHung()).isFalse();
      assertThat(lab.factsOf("that")).isEqualTo("is that");
      assertThat(boots()).isEqualTo(2);
    }
  }

  /** Else whoever ends it would make a finding of the workload that it is at. */
  @Test
  void aGuestWhoseEmulatorIsSentASignalDiesOfNoWorkload() throws IOException {
    try (LabBackend lab = FakeEmulator.backend(marks, 2, notes)) {
      assertThatThrownBy(() -> lab.factsOf(FakeEmulator.SIGNALLED)).isInstanceOf(CannotRunException.class)
          .hasMessage("the guest was ended from outside while it was asked for facts of sent a signal ("
              + FakeEmulator.LAST_WORDS + ")");
      assertThat(boots()).isEqualTo(1);
    }
  }

  @Test
  void aGuestThatHangsIsEndedAfterAsLongAsAnAnswerMayTake() throws IOException {
    try (LabBackend lab = FakeEmulator.backend(marks, 2, notes)) {
      lab.limitAnswers(Optional.of(Duration.ofMillis(200)));
      assertThatThrownBy(() -> lab.factsOf(FakeEmulator.SILENCE)).isInstanceOf(GuestDiedException.class)
          .hasMessageStartingWith("the guest did not answer in time while it was asked for facts of silence");
      assertThat(lab.hasHung()).isTrue();
      lab.limitAnswers(Optional.empty());
      assertThat(lab.factsOf("this")).isEqualTo("is this");
      assertThat(lab.hasHung()).isFalse();
      assertThat(boots()).isEqualTo(2);
    }
  }

  @Test
  void aMachineThatBootsNoMoreEndsTheRunWithItsConsole() throws IOException {
    try (LabBackend lab = FakeEmulator.backend(marks, 1, notes)) {
      assertThatThrownBy(() -> lab.factsOf(FakeEmulator.OFF)).isInstanceOf(GuestDiedException.class);
      CannotRunException end = catchThrowableOfType(CannotRunException.class, () -> lab.factsOf("this"));
      assertThat(end).hasMessage("lab:fake does not boot, tried 3 times: the guest ended before it was running\n"
          + "The end of its console:\nNo bootable device.");
      assertThat(boots()).isEqualTo(4);
      assertThat(notes).hasSize(2).allSatisfy(note ->
          assertThat(note).startsWith("lab:fake: the guest ended before it was running").endsWith("\ntrying it again"));
      assertThatThrownBy(() -> lab.factsOf("this")).as("without another try").isInstanceOf(CannotRunException.class)
          .hasMessage(end.getMessage());
      assertThat(boots()).isEqualTo(4);
    }
  }

  @Test
  void eachQuestionGetsAMachineOfItsOwnFromOneThatWarmedUp() throws IOException {
    try (LabBackend lab = FakeEmulator.fresh(marks, List.of(Start.FINE), () -> false, notes)) {
      assertThat(lab.factsOf("this")).isEqualTo("is this");
      assertThat(lab.factsOf("that")).isEqualTo("is that");
    }
    assertThat(boots()).as("one that is saved, and one for each question").isEqualTo(3);
    assertThat(notes).isEmpty();
  }

  @Test
  void whatFailsInMakingAMachineIsTriedAgain() throws IOException {
    List<Start> starts = List.of(
        Start.NO_BOOT, Start.FAILS_AT_WORKLOAD, Start.FINE, Start.LOST, Start.NO_BOOT, Start.FINE);
    try (LabBackend lab = FakeEmulator.fresh(marks, starts, () -> false, notes)) {
      assertThat(lab.factsOf("this")).isEqualTo("is this");
    }
    assertThat(boots()).isEqualTo(starts.size());
    assertThat(notes).hasSize(4).allMatch(note -> note.endsWith("\ntrying it again"));
    assertThat(notes.get(1)).startsWith("lab:fake: the harness in the guest failed:\nis ");
    assertThat(notes.get(2)).startsWith("lab:fake: the guest was lost (the monitor was cut) while it was restored\n");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "ENDS_AT_WORKLOAD  | does not boot and warm up, tried 3 times: the guest ended while it warmed up with fork-zero-page",
      "FAILS_AT_WORKLOAD | does not boot and warm up, tried 3 times: the harness in the guest failed:",
      "LOST              | does not boot and warm up, tried 3 times: the guest was lost (the monitor was cut) while its state",
      "NO_BOOT           | does not boot and warm up, tried 3 times: the guest ended before it was running"
  })
  void whereNoMachineEverWarmsUpTheRunEnds(Start always, String reason) throws IOException {
    assertEndsTheRunAfter(3, List.of(always), reason);
  }

  @Test
  void whereNoMachineIsEverRestoredTheRunEnds() throws IOException {
    assertEndsTheRunAfter(4, List.of(Start.FINE, Start.LOST),
        "does not go on from its saved state, tried 3 times: the guest was lost (the monitor was cut) while it was restored");
  }

  private void assertEndsTheRunAfter(int count, List<Start> starts, String reason) throws IOException {
    try (LabBackend lab = FakeEmulator.fresh(marks, starts, () -> false, notes)) {
      CannotRunException end = catchThrowableOfType(CannotRunException.class, () -> lab.factsOf("this"));
      assertThat(end).hasMessageStartingWith("lab:fake " + reason);
      assertThatThrownBy(() -> lab.factsOf("that")).as("without another try").isInstanceOf(CannotRunException.class)
          .hasMessage(end.getMessage());
    }
    assertThat(boots()).isEqualTo(count);
    assertThat(notes).hasSize(2);
  }

  /** As by a terminal's ^C, which ends the emulator, too. */
  @ParameterizedTest
  @CsvSource({"1, ENDS_AT_WORKLOAD", "1, LOST", "2, FINE LOST"})
  void aMachineThatEndsWithTheRunWhileItIsMadeIsNoFinding(int count, String starts) throws IOException {
    List<Start> each = Stream.of(starts.split(" ")).map(Start::valueOf).toList();
    try (LabBackend lab = FakeEmulator.fresh(marks, each, () -> FakeEmulator.hasEnded(marks), notes)) {
      assertThatThrownBy(() -> lab.factsOf("this")).isInstanceOf(CancelledException.class);
    }
    assertThat(boots()).isEqualTo(count);
    assertThat(notes).isEmpty();
  }

  @Test
  void warningsOfAKernelThatWarmsUpAreTold() throws IOException {
    List<Start> starts = List.of(Start.WARNS_AT_WORKLOAD, Start.FINE);
    try (LabBackend lab = FakeEmulator.fresh(marks, starts, () -> false, notes)) {
      assertThat(lab.factsOf("this")).isEqualTo("is this");
    }
    assertThat(notes).isNotEmpty().containsOnly("lab:fake, while it warmed up: " + FakeEmulator.WARNING);
    assertThat(boots()).isEqualTo(2);
  }
}
