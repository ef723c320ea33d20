package io.github.pageferry.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.pageferry.it.Oracle;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.testbed.ScriptedTestbed;
import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.workload.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformCommandTest {

  private final CommandLineRunner pageferry = new CommandLineRunner();

  @TempDir
  private Path dir;

  @BeforeEach
  void writeWorkloads() throws IOException {
    Files.writeString(dir.resolve("all.workloads.yaml"), """
        ---
        workload: asks
        steps:
          - map: {as: a, pages: 1}
          - query: {pages: a}
        ---
        workload: pins
        steps:
          - map: {as: a, pages: 1}
          - pin: {pages: a}
        ---
        workload: wide
        nodes: 2
        steps:
          - map: {as: a, pages: 1}
        """);
  }

  private static Session.Result wrong(Step step) {
    return step instanceof Step.Query ? new Session.Result(0, new int[] {-2}) : ScriptedTestbed.obey(step);
  }

  private static Session.Result broken(Step step) {
    if (step instanceof Step.Pin) {
      throw new IllegalStateException("the model is wrong:\nin two lines");
    }
    return ScriptedTestbed.obey(step);
  }

  @Test
  void equivalentAnswersAreSuccess() {
    assertThat(pageferry.run("conform", dir.toString())).isZero();
    assertThat(pageferry.out).isEqualTo("""
        host  6.18-test
        sim   sim:6.18

        workload  nodes  result      why
        asks          1  equivalent
        pins          1  equivalent
        wide          2  skipped     host: has 1 nodes

        3 workloads, 2 ran: 2 equivalent, 0 diverged; 1 skipped
        """);
    assertThat(pageferry.err).isEmpty();
    assertThat(pageferry.opened).hasSize(2).allSatisfy(testbed -> assertThat(testbed.calls).endsWith("close testbed"));
  }

  @Test
  void whatIsKnownToGoWrongIsToldOnceAndIsNoDivergence() throws IOException {
    pageferry.knownDefects = Map.of("mbind() leaks (until abc, 2.6.32)", "node 0: 2 pages");
    Path json = dir.resolve("result.json");
    assertThat(pageferry.run("conform", dir.toString(), "--json", json.toString())).isZero();
    assertThat(pageferry.out).endsWith("""
        wide          2  skipped     host: has 1 nodes

        known defects of the kernel that sim:6.18 shows, too:
          mbind() leaks (until abc, 2.6.32)
            asks, step 1: node 0: 2 pages; and in 1 more workload

        3 workloads, 2 ran: 2 equivalent, 0 diverged; 1 skipped
        """);
    assertThat(new ObjectMapper().readTree(json.toFile()).get("knownDefects")).hasToString(
        "[{\"kernel\":\"sim:6.18\",\"cause\":\"mbind() leaks (until abc, 2.6.32)\",\"workloads\":2,"
            + "\"workload\":\"asks\",\"step\":1,\"what\":\"node 0: 2 pages\"}]");
  }

  @Test
  void everyDivergenceIsSaidStepByStep() {
    pageferry.simulator = ConformCommandTest::wrong;
    assertThat(pageferry.run("conform", dir.toString())).isEqualTo(1);
    assertThat(pageferry.out).contains("asks          1  diverged    1 difference in step 2\n");
    assertThat(pageferry.out).endsWith("""

        asks: host (6.18-test) against sim (sim:6.18)
          step 2  query: {pages: a}
            status of entry 0 (a[0]): host 0, sim ENOENT

        3 workloads, 2 ran: 1 equivalent, 1 diverged; 1 skipped
        """);
  }

  @Test
  void whatBreaksIsAFailureButNotTheEnd() {
    pageferry.simulator = ConformCommandTest::broken;
    assertThat(pageferry.run("conform", dir.toString())).isEqualTo(1);
    assertThat(pageferry.out).contains("""
        pins          1  broken      sim: java.lang.IllegalStateException: the model is wrong:
        wide          2  skipped     host: has 1 nodes

        pins: broken on sim
          java.lang.IllegalStateException: the model is wrong:
          in two lines
        """);
    assertThat(pageferry.out).endsWith("3 workloads, 1 ran: 1 equivalent, 0 diverged, 1 broken; 1 skipped\n");
  }

  private static Session.Result gone(Step step) {
    if (step instanceof Step.Pin) {
      throw new CannotRunException("does not boot:\nNo bootable device.");
    }
    return ScriptedTestbed.obey(step);
  }

  @Test
  void aBackendThatCanRunNothingMoreEndsThePairWithWhatWasDone() throws IOException {
    pageferry.host = ConformCommandTest::gone;
    Path json = dir.resolve("result.json");
    Path html = dir.resolve("result.html");
    assertThat(pageferry.run("conform", dir.toString(), "--json", json.toString(), "--report", html.toString())).isEqualTo(3);
    assertThat(pageferry.out).contains("asks          1  equivalent\n")
        .endsWith("3 workloads, 1 ran: 1 equivalent, 0 diverged; 2 skipped\n").doesNotContain("pins", "wide");
    assertThat(pageferry.err).isEqualTo("pageferry: ended after 1 of 3 workloads: does not boot:\nNo bootable device.\n");
    JsonNode root = new ObjectMapper().readTree(json.toFile());
    assertThat(root.get("unavailable").asText()).startsWith("does not boot:");
    assertThat(root.at("/summary/ran").asInt()).isEqualTo(1);
    assertThat(root.at("/summary/skipped").asInt()).isEqualTo(2);
    assertThat(root.get("workloads")).hasSize(3);
    assertThat(root.get("workloads").get(2)).hasToString("{\"workload\":\"wide\",\"nodes\":2,\"result\":\"skipped\","
        + "\"reason\":\"the run ended before it: does not boot:\"}");
    assertThat(Files.readString(html)).contains("<strong>ended early: </strong>does not boot:").contains("id=\"w-asks\"")
        .contains("<h1 class=\"bad\">");
  }

  @Test
  void aPairThatEndsEarlyKeepsNoOtherFromBeingRun() {
    pageferry.host = ConformCommandTest::gone;
    assertThat(pageferry.run("conform", dir.toString(), "--on", "host,sim:6.1")).isEqualTo(3);
    assertThat(pageferry.out).endsWith("""

        pair                                                  ran  equivalent  diverged  broken  skipped
        host (6.18-test) against sim (sim:6.18), ended early  1    1           0         0       2
        sim:6.1 against sim (sim:6.18)                        3    3           0         0       0
        """);
  }

  @Test
  void aBackendThatNeverRunsIsNamedOnceWithTheReason() {
    pageferry.host = step -> {
      throw new CannotRunException("does not boot");
    };
    assertThat(pageferry.run("conform", dir.toString())).isEqualTo(3);
    assertThat(pageferry.err).isEqualTo("pageferry: does not boot\n");
  }

  @Test
  void aRunThatRanNothingFails() {
    pageferry.hostNodes = 0;
    assertThat(pageferry.run("conform", dir.toString())).isEqualTo(1);
    assertThat(pageferry.out).endsWith("3 workloads, 0 ran: 0 equivalent, 0 diverged; 3 skipped\n");
    assertThat(pageferry.err).isEqualTo("nothing ran: all workloads were skipped\n");
  }

  @Test
  void theJsonReportHasTheSameFacts() throws IOException {
    pageferry.simulator = step -> broken(step) == null ? null : wrong(step);
    Path json = dir.resolve("result.json");
    assertThat(pageferry.run("conform", dir.toString(), "--json", json.toString())).isEqualTo(1);
    JsonNode root = new ObjectMapper().readTree(json.toFile());
    assertThat(root.get("summary")).hasToString(
        "{\"total\":3,\"ran\":1,\"equivalent\":0,\"diverged\":1,\"skipped\":1,\"broken\":1}");
    assertThat(root.get("on")).hasToString("{\"name\":\"host\",\"kernel\":\"6.18-test\",\"description\":\"6.18-test\"}");
    assertThat(root.get("against").get("kernel").asText()).isEqualTo("sim:6.18");
    assertThat(root.get("workloads")).hasSize(3);
    assertThat(root.get("workloads").get(0)).hasToString("{\"workload\":\"asks\",\"nodes\":1,\"result\":\"diverged\","
        + "\"divergences\":[{\"step\":2,\"text\":\"query: {pages: a}\",\"field\":\"status\",\"where\":\"entry 0 (a[0])\","
        + "\"on\":\"0\",\"against\":\"ENOENT\"}]}");
    assertThat(root.get("workloads").get(1).get("result").asText()).isEqualTo("broken");
    assertThat(root.get("workloads").get(1).get("by").asText()).isEqualTo("sim");
    assertThat(root.get("workloads").get(2)).hasToString(
        "{\"workload\":\"wide\",\"nodes\":2,\"result\":\"skipped\",\"by\":\"host\",\"reason\":\"has 1 nodes\"}");
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files).as("no unfinished file is left").hasSize(2);
    }
  }

  @Test
  void simulatedMachinesHaveTheNodesOfTheHostThatTheyStandBeside() {
    pageferry.hostNodes = 2;
    assertThat(pageferry.run("conform", dir.toString())).isZero();
    assertThat(pageferry.out).contains("wide          2  equivalent");
    pageferry.hostNodes = 1;
    assertThat(pageferry.run("conform", dir.toString(), "--on", "sim", "--against", "sim:6.1")).isZero();
    assertThat(pageferry.out).contains("wide          2  equivalent").contains("sim      sim:6.18\nsim:6.1  sim:6.1\n");
  }

  @Test
  void recordedTracesStandForAKernel() throws IOException {
    Path traces = Files.writeString(dir.resolve("x.traces.yaml"), Oracle.text("corpus.6.1.traces.yaml"));
    Path others = Files.writeString(dir.resolve("y.traces.yaml"), Oracle.text("corpus.6.12.traces.yaml"));
    assertThat(pageferry.run("conform", "sizes-338", "never-touched", "--on", "traces:" + traces, "--against", "traces:" + others))
        .isEqualTo(1);
    assertThat(pageferry.out)
        .startsWith("6.1   213 recorded traces of 6.1 in " + traces + "\n6.12  213 recorded traces of 6.12 in " + others + "\n")
        .contains("sizes-338          2  equivalent")
        .contains("    status of entries 0-2 (a[0] to a[2]): 6.1 EFAULT, 6.12 ENOENT\n");
  }

  @Test
  void theBuiltInCorpusIsTheDefault() {
    assertThat(pageferry.run("conform")).isZero();
    assertThat(pageferry.out).contains("\nzero-page ").contains("\nanon-shared ");
  }

  @Test
  void aSignalEndsTheRunWithItsOwnStatus() {
    pageferry.cancelled = true;
    assertThat(pageferry.run("conform", dir.toString())).isEqualTo(130);
    assertThat(pageferry.orderly).isTrue();
    assertThat(pageferry.out).endsWith("3 workloads, 0 ran: 0 equivalent, 0 diverged; 3 skipped\n");
    assertThat(pageferry.err).isEqualTo("pageferry: ended after 0 of 3 workloads: a signal wanted its end\n"
        + "pageferry: ended by a signal; what the run had changed on this machine has been undone\n");
    assertThat(pageferry.opened).hasSize(2).allSatisfy(testbed -> assertThat(testbed.calls).containsExactly("close testbed"));
  }

  @Test
  void whatASignalKeptFromBeingRunIsReportedAsSkipped() throws IOException {
    pageferry.host = step -> {
      pageferry.cancelled |= step instanceof Step.Pin;
      return ScriptedTestbed.obey(step);
    };
    Path json = dir.resolve("result.json");
    Path junit = dir.resolve("result.xml");
    assertThat(pageferry.run("conform", dir.toString(), "--on", "host,sim:6.1", "--json", json.toString(), "--junit",
        junit.toString())).isEqualTo(130);
    assertThat(pageferry.out).endsWith("""

        pair                                                  ran  equivalent  diverged  broken  skipped
        host (6.18-test) against sim (sim:6.18), ended early  1    1           0         0       2
        sim:6.1 against sim, ended early                      0    0           0         0       3
        """);
    assertThat(new ObjectMapper().readTree(json.toFile()).get("summary")).hasToString(
        "{\"total\":6,\"ran\":1,\"equivalent\":1,\"diverged\":0,\"skipped\":5,\"broken\":0}");
    assertThat(Files.readString(junit)).contains("tests=\"8\" failures=\"0\" errors=\"2\" skipped=\"5\"")
        .containsOnlyOnce("<testcase name=\"asks\" classname=\"pageferry.host 6_18-test against sim:6_18\"")
        .contains("<testcase name=\"wide\" classname=\"pageferry.sim:6_1 against sim\" time=\"0.000\">"
            + "<skipped message=\"the run ended before it: a signal wanted its end\"/>");
  }

  @Test
  void aTerminalGetsColoursAndProgressAndAPipeNone() {
    pageferry.terminal = new Terminal(true, true);
    assertThat(pageferry.run("conform", dir.toString())).isZero();
    assertThat(pageferry.out).contains("\u001b[32mequivalent\u001b[0m").contains("\u001b[33mskipped   \u001b[0m");
    assertThat(pageferry.err).contains("[1/3] asks").contains("[3/3] wide").endsWith("\r\u001b[K");
    pageferry.terminal = Terminal.NONE;
    assertThat(pageferry.run("conform", dir.toString())).isZero();
    assertThat(pageferry.out).doesNotContain("\u001b");
    assertThat(pageferry.err).isEmpty();
  }

  @Test
  void aStepWithManyDifferencesIsCutShortOnTheTerminalButNotInTheFile() throws IOException {
    Files.writeString(dir.resolve("many.workload.yaml"), """
        workload: many
        steps:
          - map: {as: a, pages: 40}
          - query: {pages: a}
        """);
    pageferry.host = step -> step instanceof Step.Query ? new Session.Result(0, new int[40]) : ScriptedTestbed.obey(step);
    int[] odd = new int[40];
    for (int i = 1; i < odd.length; i += 2) {
      odd[i] = -2;
    }
    pageferry.simulator = step -> step instanceof Step.Query ? new Session.Result(0, odd) : ScriptedTestbed.obey(step);
    Path json = dir.resolve("result.json");
    assertThat(pageferry.run("conform", dir.resolve("many.workload.yaml").toString(), "--json", json.toString())).isEqualTo(1);
    assertThat(pageferry.out)
        .contains("20 differences, the first in step 2")
        .contains("    status of entry 15 (a[15]): host 0, sim ENOENT\n    and 12 more, all of them in the file that --json writes\n");
    assertThat(new ObjectMapper().readTree(json.toFile()).at("/workloads/0/divergences")).hasSize(20);
  }

  @Test
  void severalPairsGiveATableEachAndOneReportOfAll() throws IOException {
    Path traces = Files.writeString(dir.resolve("x.traces.yaml"), Oracle.text("corpus.6.1.traces.yaml"));
    Path json = dir.resolve("result.json");
    Path html = dir.resolve("result.html");
    Path junit = dir.resolve("result.xml");
    Path alone = Files.writeString(dir.resolve("never-recorded.workload.yaml"), """
        workload: never-recorded
        steps:
          - map: {as: a, pages: 1}
        """);
    assertThat(pageferry.run("conform", "sizes-338", alone.toString(), "--on", "host,sim:7.3", "--on", "traces:" + traces,
        "--against", "sim", "--json", json.toString(), "--report", html.toString(), "--junit", junit.toString())).isEqualTo(1);
    assertThat(pageferry.out)
        .contains("host  6.18-test\nsim   sim:6.18\n")
        .contains("sim:7.3  sim:7.3\nsim      sim:6.18\n")
        .as("the model nearest to what was recorded").contains("in " + traces + "\nsim  sim:6.1\n")
        .endsWith("""

            pair                                     ran  equivalent  diverged  broken  skipped
            host (6.18-test) against sim (sim:6.18)  1    1           0         0       1
            sim:7.3 against sim (sim:6.18)           2    2           0         0       0
            6.1 against sim (sim:6.1)                1    0           1         0       1
            """);
    JsonNode root = new ObjectMapper().readTree(json.toFile());
    assertThat(root.get("summary")).hasToString(
        "{\"total\":6,\"ran\":4,\"equivalent\":3,\"diverged\":1,\"skipped\":2,\"broken\":0}");
    assertThat(root.get("pairs")).hasSize(3);
    assertThat(root.at("/pairs/2/against/kernel").asText()).isEqualTo("sim:6.1");
    assertThat(Files.readString(html)).contains("<h1 class=\"bad\">1 workload diverged</h1>");
    assertThat(Files.readString(junit)).contains("tests=\"6\" failures=\"1\"");
  }

  @Test
  void aBackendIsAskedOnceHoweverManyItIsComparedWith() {
    assertThat(pageferry.run("conform", dir.toString(), "--against", "sim:6.1,sim:6.12,sim:6.1")).isZero();
    assertThat(pageferry.out).contains("sim:6.1  sim:6.1\n").contains("sim:6.12  sim:6.12\n");
    List<ScriptedTestbed> hosts = pageferry.opened.stream().filter(testbed -> testbed.kernel().equals("6.18-test")).toList();
    assertThat(hosts).hasSize(1);
    assertThat(hosts.get(0).calls).containsOnlyOnce("open asks").containsOnlyOnce("open pins").endsWith("close testbed");
  }

  @Test
  void aPairThatCannotBeHadDoesNotKeepOthersFromBeingRun() throws IOException {
    Path html = dir.resolve("result.html");
    assertThat(pageferry.run("conform", dir.toString(), "--on", "lab:6.1,host", "--report", html.toString())).isEqualTo(3);
    assertThat(pageferry.out)
        .contains("lab:6.1 against sim: cannot run here: ")
        .contains("asks          1  equivalent")
        .contains("lab:6.1 against sim  ");
    assertThat(Files.readString(html)).contains("cannot run here: ").contains("<h1 class=\"bad\">");
  }
}
