package io.github.pageferry.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.pageferry.it.recording.Recording;
import io.github.pageferry.it.recording.RecordingReader;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.testbed.ScriptedTestbed;
import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run} and {@code diff}. */
class RecordingCommandsTest {

  private final CommandLineRunner pageferry = new CommandLineRunner();

  @TempDir
  private Path dir;

  private Path workloads;

  @BeforeEach
  void writeWorkloads() throws IOException {
    workloads = Files.writeString(dir.resolve("all.workloads.yaml"), """
        ---
        workload: asks
        steps:
          - map: {as: a, pages: 1}
          - query: {pages: a}
        ---
        workload: wide
        nodes: 2
        steps:
          - map: {as: a, pages: 1}
        """);
  }

  private int record(String backend, Path to) {
    return pageferry.run("run", workloads.toString(), "--on", backend, "--traces", to.toString());
  }

  private static Session.Result wrong(Step step) {
    return step instanceof Step.Query ? new Session.Result(-22, new int[] {-999}) : ScriptedTestbed.obey(step);
  }

  /** Three workloads, the second of which asks. */
  private Path thrice() throws IOException {
    return Files.writeString(dir.resolve("thrice.workloads.yaml"), """
        ---
        workload: first
        steps:
          - map: {as: a, pages: 1}
        ---
        workload: second
        steps:
          - map: {as: a, pages: 1}
          - query: {pages: a}
          - query: {pages: a}
        ---
        workload: third
        steps:
          - map: {as: a, pages: 1}
        """);
  }

  /** The signal that the user sends closes the testbed, too, and perhaps first. */
  @Test
  void aRecordingThatTheUserEndsKeepsWhatItHad() throws IOException {
    Path recording = dir.resolve("box.recording.yaml");
    pageferry.host = step -> {
      if (step instanceof Step.Query) {
        pageferry.cancelled = true;
        pageferry.opened.forEach(ScriptedTestbed::close);
      }
      return ScriptedTestbed.obey(step);
    };
    assertThat(pageferry.run("run", thrice().toString(), "--on", "host", "--record", recording.toString()))
        .isEqualTo(ExitStatus.INTERRUPTED);
    assertThatTheRestIsSkipped(recording, "a signal wanted its end");
    assertThat(pageferry.out).endsWith("first   ran\n\n1 workload, 1 ran, 0 broken, 0 skipped; traces are in " + recording
        + "; ended after 1 of 3 workloads\n");
  }

  /** Of {@link #thrice}, the first has run. */
  private static void assertThatTheRestIsSkipped(Path file, String reason) {
    Recording recording = RecordingReader.read(file);
    assertThat(recording.workloads()).extracting(Workload::name).containsExactly("first", "second", "third");
    assertThat(recording.traces()).extracting(Trace::workload).containsExactly("first", "second", "third");
    assertThat(recording.traces()).extracting(Trace::skipped).containsExactly(Optional.empty(),
        Optional.of("the run ended before it: " + reason), Optional.of("the run ended before it: " + reason));
  }

  @Test
  void aRecordingOfNothingReplacesNoOther() throws IOException {
    Path recording = Files.writeString(dir.resolve("box.recording.yaml"), "kept");
    pageferry.cancelled = true;
    assertThat(pageferry.run("run", thrice().toString(), "--on", "host", "--record", recording.toString()))
        .isEqualTo(ExitStatus.INTERRUPTED);
    assertThat(recording).hasContent("kept");
  }

  @Test
  void aRecordingThatCannotBeWrittenAtTheEndIsSaidToBeLost() throws IOException {
    Path folder = Files.createDirectory(dir.resolve("gone"));
    Path recording = folder.resolve("box.recording.yaml");
    pageferry.host = step -> {
      if (step instanceof Step.Query) {
        pageferry.cancelled = true;
        assertThat(folder.toFile().delete()).isTrue();
      }
      return ScriptedTestbed.obey(step);
    };
    assertThat(pageferry.run("run", thrice().toString(), "--on", "host", "--record", recording.toString()))
        .isEqualTo(ExitStatus.INTERRUPTED);
    assertThat(pageferry.err).startsWith("pageferry: ended by a signal; ").contains("\n" + recording + ": cannot be written: ");
  }

  @Test
  void runWritesATraceForEveryWorkloadThatDidNotBreak() throws IOException {
    Path to = dir.resolve("new/folder");
    assertThat(record("host", to)).isZero();
    assertThat(pageferry.out).isEqualTo("""
        host  6.18-test
        asks  ran
        wide  skipped  has 1 nodes

        2 workloads, 1 ran, 0 broken, 1 skipped; traces are in %s
        """.formatted(to));
    try (Stream<Path> files = Files.list(to)) {
      assertThat(files.map(file -> file.getFileName().toString()).sorted())
          .containsExactly("asks.6.18-test.trace.yaml", "wide.6.18-test.trace.yaml");
    }
    assertThat(Files.readString(to.resolve("asks.6.18-test.trace.yaml"))).isEqualTo("""
        workload: asks
        kernel: "6.18-test"
        nodes: 1
        outcomes:
          - {step: map, returned: 0}
          - {step: query, returned: 0, status: [0], placement: {a: [0]}}
        """);
    assertThat(TraceReader.read(to.resolve("wide.6.18-test.trace.yaml")).get(0).skipped()).contains("has 1 nodes");
  }

  @Test
  void runTellsWhatIsKnownToGoWrong() {
    pageferry.knownDefects = Map.of("mbind() leaks", "node 0: 2 pages");
    assertThat(record("sim", dir.resolve("new"))).isZero();
    assertThat(pageferry.out).contains("sim:6.18 shows, too:\n  mbind() leaks\n    asks, step 1: node 0: 2 pages");
  }

  @Test
  void whatBreaksHasNoTraceAndFails() throws IOException {
    pageferry.host = step -> {
      throw new IllegalStateException("broken");
    };
    assertThat(record("host", dir.resolve("out"))).isEqualTo(1);
    assertThat(pageferry.out).contains("asks  broken   java.lang.IllegalStateException: broken at ");
    assertThat(dir.resolve("out/asks.6.18-test.trace.yaml")).doesNotExist();
  }

  @Test
  void aBackendThatCanRunNothingMoreEndsItAndItsTracesAreKept() throws IOException {
    Path recording = dir.resolve("box.recording.yaml");
    pageferry.host = step -> {
      if (step instanceof Step.Query) {
        throw new CannotRunException("does not boot");
      }
      return ScriptedTestbed.obey(step);
    };
    assertThat(pageferry.run("run", thrice().toString(), "--on", "host", "--record", recording.toString())).isEqualTo(3);
    assertThatTheRestIsSkipped(recording, "does not boot");
    assertThat(pageferry.out).endsWith("first   ran\n\n1 workload, 1 ran, 0 broken, 0 skipped; traces are in " + recording
        + "; ended after 1 of 3 workloads\n");
    assertThat(pageferry.err).isEqualTo("pageferry: does not boot\n");
  }

  @Test
  void whereNothingRanRunFails() {
    pageferry.hostNodes = 0;
    assertThat(record("host", dir.resolve("out"))).isEqualTo(1);
  }

  @Test
  void aFileIsNoFolderForTraces() {
    assertThat(record("host", workloads)).isEqualTo(2);
    assertThat(pageferry.err).startsWith(workloads + ": is no folder and cannot be made");
  }

  @Test
  void diffOfEqualTracesSucceeds() throws IOException {
    record("sim:6.1", dir.resolve("a"));
    record("sim:7.3", dir.resolve("b"));
    assertThat(pageferry.run("diff", dir.resolve("a").toString(), dir.resolve("b").toString())).isZero();
    assertThat(pageferry.out).contains("asks          1  equivalent").contains("wide          2  equivalent");
  }

  @Test
  void diffNamesBothKernelsAndEveryDivergence() throws IOException {
    record("sim:6.1", dir.resolve("a"));
    pageferry.simulator = RecordingCommandsTest::wrong;
    record("sim:7.3", dir.resolve("b"));
    Path json = dir.resolve("diff.json");
    assertThat(pageferry.run("diff", dir.resolve("a").toString(), dir.resolve("b").toString(), "--json", json.toString()))
        .isEqualTo(1);
    assertThat(pageferry.out).endsWith("""

        asks: sim:6.1 against sim:7.3
          step 2  query
            returned: sim:6.1 0, sim:7.3 EINVAL
            status of entry 0: sim:6.1 0, sim:7.3 untouched

        2 workloads, 2 ran: 1 equivalent, 1 diverged; 0 skipped
        """);
    assertThat(new ObjectMapper().readTree(json.toFile()).at("/summary/diverged").asInt()).isEqualTo(1);
  }

  @Test
  void diffSkipsWhatOneSideLacksAndNamesIt() throws IOException {
    record("sim:6.1", dir.resolve("a"));
    record("sim:7.3", dir.resolve("b"));
    Files.delete(dir.resolve("b/asks.sim:7.3.trace.yaml"));
    Files.delete(dir.resolve("a/wide.sim:6.1.trace.yaml"));
    assertThat(pageferry.run("diff", dir.resolve("a").toString(), dir.resolve("b").toString())).isEqualTo(1);
    assertThat(pageferry.out)
        .contains("asks          1  skipped     sim:7.3: has no recorded trace in " + dir.resolve("b"))
        .contains("wide          2  skipped     sim:6.1: has no recorded trace in " + dir.resolve("a"));
    assertThat(pageferry.err).contains("nothing ran");
  }

  private Path recording(String backend, String name) {
    Path file = dir.resolve(name);
    assertThat(pageferry.run("run", workloads.toString(), "--on", backend, "--record", file.toString())).isZero();
    return file;
  }

  @Test
  void aRecordingIsOneFileWithTheMachineTheWorkloadsAndTheirTraces() {
    Recording recording = RecordingReader.read(recording("host", "box.recording.yaml"));
    assertThat(pageferry.out).endsWith("\n2 workloads, 1 ran, 0 broken, 1 skipped; traces are in " + dir.resolve("box.recording.yaml") + "\n");
    assertThat(recording.machine().orElseThrow().kernel()).isEqualTo("6.18-test");
    assertThat(recording.machine().orElseThrow().by()).startsWith("pageferry ");
    assertThat(recording.workloads()).extracting(Workload::name).containsExactly("asks", "wide");
    assertThat(recording.traces()).extracting(Trace::workload).containsExactly("asks", "wide");
  }

  @Test
  void conformTakesTheWorkloadsThatWereRecorded() {
    Path box = recording("sim:6.1", "box.recording.yaml");
    assertThat(pageferry.run("conform", "--on", "traces:" + box)).isZero();
    assertThat(pageferry.out)
        .contains("2 recorded traces of sim:6.1 in " + box + "\nsim      sim:6.1\n")
        .contains("\nasks          1  equivalent\nwide          2  equivalent\n");
  }

  @Test
  void whatWasRecordedWithOtherStepsIsNotCompared() throws IOException {
    Path box = recording("sim:6.1", "box.recording.yaml");
    Path other = Files.writeString(dir.resolve("asks.workload.yaml"), """
        workload: asks
        steps:
          - map: {as: a, pages: 2}
          - query: {pages: a}
        """);
    assertThat(pageferry.run("conform", other.toString(), "--on", "traces:" + box)).isEqualTo(1);
    assertThat(pageferry.out).contains("asks          1  skipped     sim:6.1: was recorded with other steps in " + box);
  }

  @Test
  void diffOfRecordingsSaysTheStepsAndWritesReports() throws IOException {
    Path before = recording("sim:6.1", "before.recording.yaml");
    pageferry.simulator = RecordingCommandsTest::wrong;
    Path after = recording("sim:7.3", "after.recording.yaml");
    Path html = dir.resolve("diff.html");
    Path junit = dir.resolve("diff.xml");
    assertThat(pageferry.run("diff", before.toString(), after.toString(), "--report", html.toString(), "--junit",
        junit.toString())).isEqualTo(1);
    assertThat(pageferry.out).contains("  step 2  query: {pages: a}\n    returned: sim:6.1 0, sim:7.3 EINVAL\n");
    assertThat(Files.readString(html)).contains("<h1 class=\"bad\">1 workload diverged</h1>").contains("query: {pages: a}");
    assertThat(Files.readString(junit)).contains("<testsuites name=\"pageferry\" ").contains("<testcase name=\"asks\"").contains("<failure ");
  }
}
