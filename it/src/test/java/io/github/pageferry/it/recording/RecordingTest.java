package io.github.pageferry.it.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.recording.Recording.Machine;
import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import io.github.pageferry.it.yaml.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordingTest {

  private static final String TRACE = "workload: w\nkernel: \"6.1\"\nnodes: 1\nskipped: no ksm\n";

  @TempDir
  private Path dir;

  private Recording read(String name, String text) throws IOException {
    return RecordingReader.read(Files.writeString(dir.resolve(name), text));
  }

  @Test
  void whatIsWrittenIsReadTheSame() throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("node 0", "256 MiB, CPUs 0-1, distances 10 20");
    facts.put("odd: \"fact\"", "- yes\n# no: {[");
    Machine machine = new Machine("pageferry 1", "host", "6.1", "Linux 6.1, 2 nodes: \"0-1\"", OptionalInt.of(2), facts);
    List<Workload> workloads = WorkloadReader.parse("test", """
        ---
        workload: w
        about: "Says: more"
        steps:
          - map: {as: a, pages: 2}
        ---
        workload: x
        nodes: 2
        needs: [ksm]
        steps:
          - fork: {as: child}
        """);
    Recording recording = new Recording(Optional.of(machine), workloads, List.of(
        Trace.ran("w", "6.1", 1, List.of(new Outcome("map", 0, null, null, true))),
        Trace.skipped("x", "6.1", 2, "needs ksm: \"none\"")));
    assertThat(read("a.recording.yaml", RecordingWriter.format(recording))).isEqualTo(recording);
    Recording bare = new Recording(
        Optional.of(new Machine("p", "sim", "6.1", "", OptionalInt.empty(), Map.of())), List.of(), recording.traces());
    assertThat(read("b.recording.yaml", RecordingWriter.format(bare))).isEqualTo(bare);
  }

  @Test
  void tracesAloneAreARecordingToo() throws IOException {
    Recording recording = read("x.traces.yaml", "---\n" + TRACE);
    assertThat(recording.machine()).isEmpty();
    assertThat(recording.workloads()).isEmpty();
    assertThat(recording.traces()).containsExactly(Trace.skipped("w", "6.1", 1, "no ksm"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "recording: 2 | 2 is a form that this release does not know; it knows 1",
      "recording: new | should be an integer, not 'new'",
      "recording: 1\\nnodes: 0 | 0 is not from 1 to 1024",
      "recording: 1\\nhost: box | there is no such field here",
      "recording: 1\\n---\\nrecording: 1 | is no second recording's place",
      "workload: w\\nsteps: [{fork: {as: c}}]\\n---\\nworkload: w\\nsteps: [{fork: {as: c}}] | 'w' stands before this already",
      "workload: w\\nsteps: [{leap: {}}] | there is no step 'leap'",
      "nodes: 1 | workload: is missing",
  })
  void whatIsWrongIsSaid(String document, String message) {
    String text = "---\n" + document.replace("\\n", "\n") + "\n---\n" + TRACE;
    assertThatThrownBy(() -> read("a.recording.yaml", text)).isInstanceOf(BadInputException.class).hasMessageContaining(message);
  }

  @Test
  void aRecordingWithoutATraceIsRefused() {
    assertThatThrownBy(() -> read("a.recording.yaml", "workload: w\nsteps: [{fork: {as: c}}]\n"))
        .isInstanceOf(BadInputException.class).hasMessageContaining("has no trace in it");
  }
}
