package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.pageferry.it.run.CannotRunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests of a program that stands for an emulator. */
class LabBackendTest {

  private final List<String> notes = new ArrayList<>();

  @TempDir
  private Path marks;

  private int boots() throws IOException {
    try (Stream<Path> files = Files.list(marks)) {
      return (int) files.count();
    }
  }

  @Test
  void aGuestThatEndsIsReplacedByANewOne() throws IOException {
    try (LabBackend lab = FakeEmulator.backend(marks, 2, notes)) {
      assertThat(lab.factsOf("this")).isEqualTo("is this");
      assertThatThrownBy(() -> lab.factsOf(FakeEmulator.OFF)).isInstanceOf(GuestDiedException.class)
          .hasMessageStartingWith("the guest ended while it was asked for facts of switched off");
      assertThat(lab.factsOf("that")).isEqualTo("is that");
      assertThat(boots()).isEqualTo(2);
    }
  }

  @Test
  void aGuestThatHangsIsEndedAfterAsLongAsAnAnswerMayTake() throws IOException {
    try (LabBackend lab = FakeEmulator.backend(marks, 2, notes)) {
      lab.limitAnswers(Optional.of(Duration.ofMillis(200)));
      assertThatThrownBy(() -> lab.factsOf(FakeEmulator.SILENCE)).isInstanceOf(GuestDiedException.class)
          .hasMessageStartingWith("the guest did not answer in time while it was asked for facts of silence");
      lab.limitAnswers(Optional.empty());
      assertThat(lab.factsOf("this")).isEqualTo("is this");
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
          assertThat(note).startsWith("lab:fake: the guest ended before it was running").endsWith("\nbooting it again"));
      assertThatThrownBy(() -> lab.factsOf("this")).as("without another try").isInstanceOf(CannotRunException.class)
          .hasMessage(end.getMessage());
      assertThat(boots()).isEqualTo(4);
    }
  }
}
