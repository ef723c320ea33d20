package io.github.pageferry.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.testbed.ScriptedTestbed;
import io.github.pageferry.it.testbed.Session;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.WorkloadReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FuzzCommandTest {

  private final CommandLineRunner pageferry = new CommandLineRunner();

  @TempDir
  private Path dir;

  private static Session.Result wrong(Step step) {
    return step instanceof Step.Fork ? Session.Result.of(-11) : ScriptedTestbed.obey(step);
  }

  private int fuzz(String... more) {
    String[] all = new String[more.length + 5];
    System.arraycopy(new String[] {"fuzz", "--seed", "1", "--out", out().toString()}, 0, all, 0, 5);
    System.arraycopy(more, 0, all, 5, more.length);
    return pageferry.run(all);
  }

  private Path out() {
    return dir.resolve("new/findings");
  }

  @Test
  void equivalentAnswersAreSuccess() {
    assertThat(fuzz("--count", "40")).isZero();
    assertThat(pageferry.out)
        .startsWith("host  6.18-test\nsim   sim:6.18\n\nseed 1, workloads 0 to 39, for 1 node\n")
        .contains("\nstep     backing").contains("\nmove     anon ").contains("\nnever run: ").contains("\nnever answered: ")
        .endsWith("40 workloads, 40 ran: 40 equivalent, 0 diverged; 0 skipped\n");
    assertThat(pageferry.err).isEmpty();
    assertThat(out()).doesNotExist();
    assertThat(pageferry.opened).hasSize(2).allSatisfy(testbed -> assertThat(testbed.calls).endsWith("close testbed"));
  }

  @Test
  void whatIsKnownToGoWrongIsNoFinding() throws IOException {
    pageferry.knownDefects = Map.of("mbind() leaks", "node 0: 2 pages");
    Path json = dir.resolve("result.json");
    assertThat(fuzz("--count", "40", "--json", json.toString())).isZero();
    assertThat(pageferry.out).contains("sim:6.18 shows, too:\n  mbind() leaks\n    fuzz-1-0, step 1: node 0: 2 pages; and in 39 more workloads\n")
        .endsWith("40 workloads, 40 ran: 40 equivalent, 0 diverged; 0 skipped\n");
    JsonNode root = new ObjectMapper().readTree(json.toFile());
    assertThat(root.at("/findings")).isEmpty();
    assertThat(root.at("/knownDefects/0/workloads").asInt()).isEqualTo(40);
  }

  @Test
  void aDivergenceIsReducedWrittenAndSaidHowToReplay() throws IOException {
    pageferry.simulator = FuzzCommandTest::wrong;
    Path json = dir.resolve("result.json");
    assertThat(fuzz("--count", "60", "--json", json.toString())).isEqualTo(1);
    JsonNode root = new ObjectMapper().readTree(json.toFile());
    assertThat(root.at("/summary/diverged").asInt()).isPositive();
    assertThat(root.at("/findings")).hasSize(1);
    JsonNode finding = root.at("/findings/0");
    assertThat(finding.get("symptom").asText()).isEqualTo("fork: returned a number against EAGAIN");
    assertThat(finding.get("reduction").asText()).isEqualTo("reduced as far as it goes");
    assertThat(finding.get("times").asInt()).isEqualTo(root.at("/summary/diverged").asInt());
    assertThat(finding.get("alone").isBoolean() && finding.get("alone").asBoolean()).isTrue();
    String name = finding.get("workload").asText();
    Path file = out().resolve(name + ".workload.yaml");
    assertThat(WorkloadReader.read(file).get(0).steps()).containsExactly(new Step.Fork("childx"));
    assertThat(out().resolve(name + ".on.6.18-test.trace.yaml")).isRegularFile();
    assertThat(out().resolve(name + ".against.sim:6.18.trace.yaml")).isRegularFile();
    String replay = "./pageferry conform " + file + " --on host --against sim";
    assertThat(finding.get("replay").asText()).isEqualTo(replay);
    assertThat(pageferry.out).contains("  step 1, returned: host 0, sim EAGAIN\n  replay: " + replay + "\n");
    assertThat(pageferry.run(replay.substring("./pageferry ".length()).split(" "))).isEqualTo(1);
  }

  @Test
  void aReductionThatIsCutShortIsSaidToBe() throws IOException {
    pageferry.simulator = FuzzCommandTest::wrong;
    Path json = dir.resolve("result.json");
    assertThat(fuzz("--count", "60", "--tries", "0", "--json", json.toString())).isEqualTo(1);
    assertThat(pageferry.out).contains(": fork: returned a number against EAGAIN; reducing it was cut short\n");
    JsonNode finding = new ObjectMapper().readTree(json.toFile()).at("/findings/0");
    assertThat(finding.get("reduction").asText()).isEqualTo("reducing it was cut short");
    assertThat(finding.get("lasting").asBoolean()).isTrue();
  }

  @Test
  void coverageStandsInTheJsonReport() throws IOException {
    Path json = dir.resolve("result.json");
    assertThat(fuzz("--count", "30", "--first", "7", "--json", json.toString())).isZero();
    JsonNode root = new ObjectMapper().readTree(json.toFile());
    assertThat(root.get("seed").asLong()).isEqualTo(1);
    assertThat(root.get("first").asLong()).isEqualTo(7);
    assertThat(root.at("/coverage/seen")).isNotEmpty()
        .allSatisfy(cell -> assertThat(cell.get("times").asInt()).isPositive());
    assertThat(root.at("/coverage/neverSeen")).isNotEmpty();
    assertThat(root.at("/coverage/neverAnswered/move")).isNotEmpty();
    assertThat(root.get("summary").get("ran").asInt()).isEqualTo(30);
  }

  @Test
  void theSameSeedGivesTheSameOutput() {
    assertThat(fuzz("--count", "20")).isZero();
    String once = pageferry.out;
    assertThat(fuzz("--count", "20")).isZero();
    assertThat(pageferry.out).isEqualTo(once);
  }

  @Test
  void aSeedIsChosenAndPrintedWhereNoneIsGiven() {
    assertThat(pageferry.run("fuzz", "--count", "1", "--out", out().toString())).isZero();
    assertThat(pageferry.out).containsPattern("\nseed [0-9]+, workload 0, for 1 node\n");
  }

  @Test
  void aCampaignThatRanNothingFails() {
    pageferry.hostNodes = 0;
    assertThat(fuzz("--count", "3", "--nodes", "1")).isEqualTo(1);
    assertThat(pageferry.out).contains("skipped 3 times, host: has 0 nodes\n")
        .endsWith("3 workloads, 0 ran: 0 equivalent, 0 diverged; 3 skipped\n");
    assertThat(pageferry.err).isEqualTo("nothing ran: all workloads were skipped\n");
  }

  @Test
  void badArgumentsAreUsageErrors() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "");
    assertThat(fuzz("--count", "0")).isEqualTo(2);
    assertThat(pageferry.err).startsWith("pageferry: --count: should be 1 or more, not 0\n");
    assertThat(fuzz("--first", "-1")).isEqualTo(2);
    assertThat(fuzz("--nodes", "9")).isEqualTo(2);
    assertThat(pageferry.err).startsWith("pageferry: --nodes: should be from 1 to 8, not 9\n");
    assertThat(fuzz("--tries", "-1")).isEqualTo(2);
    assertThat(fuzz("--on", "toaster")).isEqualTo(2);
    assertThat(pageferry.err).contains("there is no backend 'toaster'");
    assertThat(fuzz("--json", dir.toString())).isEqualTo(2);
    assertThat(pageferry.run("fuzz", "--seed", "-1")).isEqualTo(2);
    assertThat(pageferry.run("fuzz", "--out", file.resolve("in").toString())).isEqualTo(2);
    assertThat(pageferry.err).contains("cannot be made: " + file + " is no folder");
    assertThat(pageferry.opened).allSatisfy(testbed -> assertThat(testbed.calls).containsOnly("close testbed"));
  }

  @Test
  void aSignalEndsItWithTheTotalsSoFar() throws IOException {
    pageferry.cancelled = true;
    Path json = dir.resolve("result.json");
    assertThat(fuzz("--count", "1000", "--json", json.toString())).isEqualTo(130);
    assertThat(new ObjectMapper().readTree(json.toFile()).get("interrupted").asBoolean()).isTrue();
    assertThat(pageferry.orderly).isTrue();
    assertThat(pageferry.out).endsWith("0 workloads, 0 ran: 0 equivalent, 0 diverged; 0 skipped; ended before all were made\n"
        + "go on: ./pageferry fuzz --seed 1 --nodes 1 --first 0 --count 1000 --on host --against sim --out " + out()
        + " --json " + json + "\n");
    assertThat(pageferry.err).isEqualTo("pageferry: ended by a signal; what the run had changed on this machine has been undone\n");
  }

  @Test
  void aBackendThatCanRunNothingMoreEndsItAndTheRestCanBeRunLater() throws IOException {
    int[] forks = {0};
    pageferry.simulator = step -> {
      if (step instanceof Step.Fork && ++forks[0] == 12) {
        throw new CannotRunException("does not boot; the end of its console:\nNo bootable device.");
      }
      return ScriptedTestbed.obey(step);
    };
    Path json = dir.resolve("result.json");
    assertThat(fuzz("--count", "60", "--first", "5", "--tries", "3", "--json", json.toString())).isEqualTo(3);
    JsonNode root = new ObjectMapper().readTree(json.toFile());
    long next = root.get("next").asLong();
    assertThat(root.get("stopped").asText()).startsWith("does not boot");
    assertThat(root.at("/summary/equivalent").asLong()).isEqualTo(next - 5).isPositive();
    assertThat(pageferry.err).isEqualTo("pageferry: does not boot; the end of its console:\nNo bootable device.\n");
    String done = (next - 5) + " workloads, " + (next - 5) + " ran: " + (next - 5) + " equivalent, 0 diverged; 0 skipped";
    String rest = "fuzz --seed 1 --nodes 1 --first " + next + " --count " + (65 - next) + " --on host --against sim --out " + out()
        + " --tries 3 --json " + json;
    assertThat(pageferry.out).endsWith(done + "; ended before all were made\ngo on: ./pageferry " + rest + "\n");
    assertThat(pageferry.run(rest.split(" "))).isZero();
    assertThat(pageferry.out).contains("seed 1, workloads " + next + " to 64, ");
    assertThat(new ObjectMapper().readTree(json.toFile()).get("first").asLong()).isEqualTo(next);
  }

  @Test
  void theLineThatGoesOnHasNoOptionThatWasNotGiven() {
    pageferry.cancelled = true;
    assertThat(pageferry.run("fuzz", "--seed", "1", "--count", "2")).isEqualTo(130);
    assertThat(pageferry.out).endsWith("go on: ./pageferry fuzz --seed 1 --nodes 1 --first 0 --count 2 --on host --against sim\n");
  }

  @Test
  void theLinesThatRunAgainSurviveAShell() {
    pageferry.simulator = FuzzCommandTest::wrong;
    Path odd = dir.resolve("it's here");
    assertThat(pageferry.run("fuzz", "--seed", "1", "--count", "60", "--out", odd.toString())).isEqualTo(1);
    assertThat(pageferry.out).containsPattern("replay: ./pageferry conform '" + dir + "/it'\\\\''s here/fuzz-1-[0-9]+.workload.yaml' --on host");
    pageferry.cancelled = true;
    assertThat(pageferry.run("fuzz", "--seed", "1", "--out", odd.toString())).isEqualTo(130);
    assertThat(pageferry.out).endsWith(" --out '" + dir + "/it'\\''s here'\n");
  }

  @Test
  void whatDidNotComeAgainIsReplayedFromTheFirstWorkloadOn() throws IOException {
    int[] forks = {0};
    pageferry.simulator = step -> step instanceof Step.Fork && ++forks[0] == 12 ? wrong(step) : ScriptedTestbed.obey(step);
    Path json = dir.resolve("result.json");
    assertThat(fuzz("--count", "60", "--first", "5", "--json", json.toString())).isEqualTo(1);
    JsonNode finding = new ObjectMapper().readTree(json.toFile()).at("/findings/0");
    assertThat(finding.get("lasting").asBoolean()).isFalse();
    assertThat(finding.get("alone").isNull()).as("not known").isTrue();
    long number = finding.get("number").asLong();
    assertThat(number).isGreaterThan(5);
    String replay = finding.get("replay").asText();
    assertThat(replay).isEqualTo("./pageferry fuzz --seed 1 --nodes 1 --first 5 --count " + (number - 4)
        + " --on host --against sim --out " + out());
    forks[0] = 0;
    assertThat(pageferry.run(replay.substring("./pageferry ".length()).split(" "))).isEqualTo(1);
    assertThat(pageferry.out).contains("fuzz-1-" + number + ": fork: returned a number against EAGAIN; it did not come again");
  }

  @Test
  void aTerminalGetsProgressAndAPipeNone() {
    pageferry.terminal = new Terminal(true, true);
    assertThat(fuzz("--count", "2")).isZero();
    assertThat(pageferry.err).contains("[1/2] fuzz-1-0").contains("[2/2] fuzz-1-1").endsWith("\r\u001b[K");
    pageferry.terminal = Terminal.NONE;
    assertThat(fuzz("--count", "2")).isZero();
    assertThat(pageferry.err).isEmpty();
  }
}
