package io.github.pageferry.it.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.Errno;
import io.github.pageferry.PageStatus;
import io.github.pageferry.it.Oracle;
import io.github.pageferry.it.yaml.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceFormatTest {

  static Stream<Path> oneNodeTraces() throws IOException {
    return Files.list(Path.of("src/test/resources/traces/6.18")).filter(p -> p.toString().endsWith(".yaml")).sorted();
  }

  @ParameterizedTest
  @CsvSource({
      "corpus.2.6.18.traces.yaml, 124", "corpus.2.6.36.traces.yaml, 135", "corpus.5.10.traces.yaml, 213",
      "corpus.6.1.traces.yaml, 213", "corpus.6.12.traces.yaml, 213", "corpus.6.18.traces.yaml, 213",
      "corpus.7.3.traces.yaml, 213", "random.2.6.36.traces.yaml.gz, 1491", "random.5.10.traces.yaml.gz, 398",
      "random.6.1.traces.yaml.gz, 398", "random.6.12.traces.yaml.gz, 398", "random.6.18.traces.yaml.gz, 398",
      "random.7.3.traces.yaml.gz, 398", "random18.2.6.18.traces.yaml.gz, 394", "crash/5.10.traces.yaml, 2",
      "crash/6.1.traces.yaml, 2", "crash/6.12.traces.yaml, 2", "crash/6.18.traces.yaml, 2", "crash/7.3.traces.yaml, 2"})
  void recordedTracesAreReadAndWrittenByteForByte(String file, int count) {
    String text = Oracle.text(file);
    List<Trace> traces = TraceReader.parse(file, text);
    assertThat(traces).hasSize(count);
    assertThat(file).contains(traces.get(0).kernel());
    assertThat(TraceWriter.format(traces)).isEqualTo(text);
  }

  @ParameterizedTest
  @MethodSource("oneNodeTraces")
  void filesWithOneTraceAreReadAndWrittenUnchanged(Path file) throws IOException {
    List<Trace> traces = TraceReader.read(file);
    assertThat(traces).hasSize(1);
    assertThat(TraceWriter.format(traces.get(0))).isEqualTo(Files.readString(file));
  }

  @Test
  void everyFieldIsReadAndWritten() {
    Map<String, int[]> placement = new LinkedHashMap<>();
    placement.put("b", new int[] {0, -Errno.ENOENT.number()});
    placement.put("a", new int[] {1});
    Trace trace = Trace.ran("w", "sim:6.18", 2, List.of(
        new Outcome("map", 0, null, null, true),
        new Outcome("touch", -Errno.EFAULT.number(), null, placement, true),
        new Outcome("move", 3, new int[] {1, PageStatus.NOT_ATTEMPTED, -Errno.EHWPOISON.number(), -515}, placement, false),
        new Outcome("query", 0, new int[0], Map.of(), true),
        new Outcome("migrate", Outcome.SOME, null, Map.of(), true)));
    String text = TraceWriter.format(trace);
    assertThat(text).isEqualTo("""
        workload: w
        kernel: "sim:6.18"
        nodes: 2
        outcomes:
          - {step: map, returned: 0}
          - {step: touch, returned: EFAULT, placement: {b: [0, ENOENT], a: [1]}}
          - {step: move, returned: 3,
             status: [1, untouched, EHWPOISON, -515],
             placement: {b: [0, ENOENT], a: [1]}, intact: false}
          - {step: query, returned: 0, status: [], placement: {}}
          - {step: migrate, returned: some, placement: {}}
        """);
    assertThat(TraceReader.parse("t", text)).containsExactly(trace);
  }

  @Test
  void skippedTracesKeepTheirReason() {
    Trace trace = Trace.skipped("w", "6.12", 4, "needs 4 nodes with memory: there is 1");
    String text = TraceWriter.format(trace);
    assertThat(text).isEqualTo("""
        workload: w
        kernel: "6.12"
        nodes: 4
        skipped: "needs 4 nodes with memory: there is 1"
        """);
    assertThat(TraceReader.parse("t", text)).containsExactly(trace);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.12", "6.10", "7", "2.6.36", "sim:6.18", "1e3"})
  void aKernelsReleaseIsATextHoweverItIsWritten(String release) {
    String text = "workload: w\nkernel: " + release + "\nskipped: why\n";
    assertThat(TraceReader.parse("t", text).get(0).kernel()).isEqualTo(release);
    assertThat(TraceReader.parse("t", TraceWriter.format(TraceReader.parse("t", text))).get(0).kernel()).isEqualTo(release);
  }

  @Test
  void otherNamesOfAnErrnoMeanTheSame() {
    String text = "workload: w\nkernel: k\noutcomes:\n  - {step: query, returned: EWOULDBLOCK, status: [ENOTSUP], placement: {}}\n";
    Outcome outcome = TraceReader.parse("t", text).get(0).outcomes().get(0);
    assertThat(outcome.returned()).isEqualTo(-Errno.EAGAIN.number());
    assertThat(outcome.status()).containsExactly(-Errno.EOPNOTSUPP.number());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "returned: 0 | step: is missing",
      "step: jump, returned: 0, placement: {} | step: 'jump' is no step",
      "step: touch, placement: {} | returned: is missing",
      "step: touch, returned: ENOSUCH, placement: {} | returned: 'ENOSUCH' is neither an integer nor an errno's name nor 'some'",
      "step: touch, returned: 0.5, placement: {} | returned: '0.5' is neither an integer nor an errno's name nor 'some'",
      "step: touch, returned: 0 | placement: is missing",
      "step: map, returned: 0, placement: {} | placement: has no place after map",
      "step: touch, returned: 0, status: [0], placement: {} | status: has no place after touch",
      "step: move, returned: 0, placement: {} | status: is missing",
      "step: move, returned: 0, status: 0, placement: {} | status: should be a list, not an integer",
      "step: move, returned: 0, status: [x], placement: {} | status: 'x' is neither a node nor an errno's name nor 'untouched'",
      "step: touch, returned: 0, placement: [0] | placement: should be a mapping of regions to lists, not a list",
      "step: touch, returned: 0, placement: {a: 0} | placement: should be a list, not an integer",
      "step: touch, returned: 0, placement: {}, intact: maybe | intact: should be true or false, not 'maybe'",
      "step: touch, returned: 0, placement: {}, time: 3 | time: there is no such field here, only step, returned, status, "
          + "placement, intact",
  })
  void aWrongOutcomeIsNamedWithLineAndField(String outcome, String message) {
    String text = "workload: w\nkernel: k\nnodes: 1\noutcomes:\n  - {step: map, returned: 0}\n  - {" + outcome + "}\n";
    assertThatThrownBy(() -> TraceReader.parse("t.yaml", text))
        .isInstanceOf(BadInputException.class)
        .hasMessage("t.yaml:6: outcome 2, " + message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "{kernel: k, skipped: x} | 1: workload: is missing",
      "{workload: w, skipped: x} | 1: kernel: is missing",
      "{workload: w, kernel: k} | 1: outcomes: a trace has either 'outcomes' or, where the workload was not run, 'skipped' "
          + "with the reason",
      "{workload: w, kernel: k, skipped: x, outcomes: []} | 1: skipped: a trace has either 'outcomes' or, where the workload "
          + "was not run, 'skipped' with the reason",
      "{workload: w, kernel: k, outcomes: none} | 1: outcomes: should be a list, not a text",
      "{workload: w, kernel: k, skipped: [x]} | 1: skipped: should be a text, not a list",
      "{workload: w, kernel: k, skipped: x, steps: []} | 1: steps: there is no such field here, only workload, kernel, nodes, "
          + "outcomes, skipped",
      "# nothing | ` has no trace in it`"})
  void aWrongTraceIsNamed(String text, String message) {
    assertThatThrownBy(() -> TraceReader.parse("t.yaml", text))
        .isInstanceOf(BadInputException.class)
        .hasMessage("t.yaml:" + message);
  }

  @Test
  void aSingleFileHoldsOneTrace(@TempDir Path dir) throws IOException {
    String one = "---\nworkload: w\nkernel: k\nskipped: x\n";
    Path file = Files.writeString(dir.resolve("w.k.trace.yaml"), one + one);
    assertThatThrownBy(() -> TraceReader.read(file))
        .hasMessage(file + ": has 2 traces, but .trace.yaml promises one; a stream is called .traces.yaml");
    assertThat(TraceReader.read(Files.writeString(dir.resolve("w.k.traces.yaml"), one + one))).hasSize(2);
  }
}
