package io.github.pageferry.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.recording.Recording;
import io.github.pageferry.it.recording.RecordingReader;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingFileTest {

  private static final Recording.Machine MACHINE =
      new Recording.Machine("Pageferry", "host", "6.18-test", "a machine", OptionalInt.of(1), Map.of());

  @TempDir
  private Path dir;

  private Path file;
  private List<Trace> traces;

  @BeforeEach
  void readTraces() throws IOException {
    file = dir.resolve("box.recording.yaml");
    traces = TraceReader.read(Files.writeString(dir.resolve("two.traces.yaml"), """
        ---
        workload: first
        kernel: "6.18-test"
        nodes: 1
        outcomes:
          - {step: map, returned: 0}
        ---
        workload: second
        kernel: "6.18-test"
        nodes: 1
        outcomes:
          - {step: map, returned: 0}
        """));
  }

  private RecordingFile recording(Duration interval) {
    return new RecordingFile(file, MACHINE, List.of(), interval);
  }

  @Test
  void whatWasRecordedIsThereBeforeTheEnd() throws IOException {
    try (RecordingFile recording = recording(Duration.ZERO)) {
      recording.add(traces.get(0));
      assertThat(RecordingReader.read(file).traces()).containsExactly(traces.get(0));
      recording.add(traces.get(1));
      assertThat(RecordingReader.read(file).traces()).isEqualTo(traces);
    }
  }

  @Test
  void aRecordingIsNotWrittenAnewForEachTrace() throws IOException {
    try (RecordingFile recording = recording(Duration.ofDays(1))) {
      traces.forEach(recording::add);
      assertThat(file).doesNotExist();
    }
    assertThat(RecordingReader.read(file).traces()).isEqualTo(traces);
  }

  @Test
  void aRecordingWithoutTracesReplacesNothing() throws IOException {
    Files.writeString(file, "kept");
    recording(Duration.ZERO).close();
    assertThat(file).hasContent("kept");
  }
}
