package io.github.pageferry.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.lab.LabTopology;
import io.github.pageferry.it.run.Corpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a command line or an input file is said in full, with the exit status for it, and nothing is run. */
class UsageTest {

  private final CommandLineRunner pageferry = new CommandLineRunner();

  @TempDir
  private Path dir;

  private void assertRefused(int status, String message, String... args) {
    assertThat(pageferry.run(args)).as(pageferry.err).isEqualTo(status);
    assertThat(pageferry.err).contains(message);
    assertThat(pageferry.out).isEmpty();
    assertThat(pageferry.opened).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelp(String command) {
    assertThat(pageferry.run(command, "--help")).isZero();
    assertThat(pageferry.out).startsWith("Usage: pageferry " + command).doesNotContain("\u001b[");
    String help = pageferry.out;
    assertThat(pageferry.run("help", command)).isZero();
    assertThat(pageferry.out).isEqualTo(help);
    assertThat(help.lines()).allMatch(line -> line.length() <= 80);
    String footer = help.substring(Math.max(help.indexOf("\n\n"), 0));
    assertThat(footer).as("no line of a table is broken").doesNotContainPattern("\n  [^\n]*\n[^ \n][^\n]*(?<!:)\n");
  }

  static List<String> commands() {
    return new CommandLineRunner().commands();
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "fetch", "run"})
  void everyCommandOfTheLabHasHelp(String command) {
    assertThat(pageferry.run("lab", command, "--help")).isZero();
    assertThat(pageferry.out).startsWith("Usage: pageferry lab " + command).doesNotContain("\u001b[");
    assertThat(pageferry.out.lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void theHelpOfLabRunNamesEveryTopology() {
    assertThat(pageferry.run("lab", "run", "--help")).isZero();
    assertThat(pageferry.out.replaceAll("\\s+", " "))
        .contains("or a name: " + String.join(", ", new TreeSet<>(LabTopology.named().keySet())) + ".");
  }

  @ParameterizedTest
  @ValueSource(strings = {"conform", "run", "lab", "lab run"})
  void theWorkloadsThatExamplesNameAreBuiltIn(String command) {
    assertThat(pageferry.run((command + " --help").split(" "))).isZero();
    List<String> examples = pageferry.out.lines().filter(line -> line.matches("  pageferry (conform|run|lab run) .*"))
        .map(line -> line.strip().split("  ")[0]).toList();
    assertThat(examples).isNotEmpty();
    assertThat(examples.stream().flatMap(line -> Stream.of(line.split(" ")))
        .filter(word -> word.matches("[a-z]+(-[a-z]+)+") && !LabTopology.named().containsKey(word)))
        .allSatisfy(name -> assertThat(Corpus.builtIn(name)).as(name).isPresent());
  }

  @Test
  void theHelpListsCommandsExitStatusesAndExamples() {
    assertThat(pageferry.run("--help")).isZero();
    assertThat(pageferry.out).contains("Exit status:", "Examples:");
    assertThat(pageferry.commands()).containsExactly(
        "conform", "run", "diff", "fuzz", "explore", "nodes", "where", "move", "doctor", "bench", "lab");
  }

  @Test
  void theVersionIsPrinted() {
    assertThat(pageferry.run("--version")).isZero();
    assertThat(pageferry.out).startsWith("pageferry ").contains("\nJava ");
  }

  @Test
  void aCommandIsNeeded() {
    assertRefused(2, "pageferry: a command is missing\nSee: pageferry --help\n");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "conforn | Did you mean: pageferry conform",
      "conform --off host | Unknown option: '--off'",
      "conform --on | Missing required parameter for option '--on'",
      "conform --on host --on guest | --on: there is no backend 'guest'",
      "conform --on host,sim:9.9 | --on: there is no profile of Linux 9.9",
      "conform --against sim,traces:/nowhere/at-all | /nowhere/at-all: there is no such file",
      "conform --on guest | --on: there is no backend 'guest': it should be host, sim, sim:PROFILE, traces:FILE or lab:KERNEL",
      "conform --against sim: | --against: 'sim:' says nothing after its colon",
      "conform --on traces | --on: 'traces' needs the file or folder with the traces: traces:FILE",
      "conform --on sim:none | --on: there is no profile of Linux none; there are 2.6.18, 2.6.36, 5.10",
      "conform --on sim:9.9 | --on: there is no profile of Linux 9.9; there are 2.6.18, 2.6.36, 5.10",
      "conform --on host:6 | --on: there is no backend 'host:6'",
      "conform --on sim --against traces:/nowhere/at-all | /nowhere/at-all: there is no such file",
      "conform /no/such-file | /no/such-file: there is no such file or built-in workload",
      "conform fork-zero-pgae | there is no such file or built-in workload; did you mean fork-zero-page",
      "conform sizes-33 | did you mean sizes-338",
      "conform --json /nowhere/at/all.json | /nowhere/at/all.json: cannot be written: there is no folder /nowhere/at",
      "conform --report /nowhere/a.html | /nowhere/a.html: cannot be written: there is no folder /nowhere",
      "conform --junit /nowhere/a.xml | /nowhere/a.xml: cannot be written: there is no folder /nowhere",
      "diff --report / a b | /: is a folder, not a file to write to",
      "conform --json / | /: is a folder, not a file to write to",
      "conform --on lab | --on: 'lab' needs a kernel: lab:6.1",
      "conform --nodes 0 | --nodes: 0 is not from 1 to 64",
      "conform --nodes 65 | --nodes: 65 is not from 1 to 64",
      "lab | a command is missing: list, fetch or run",
      "lab run | Missing required parameter: 'KERNEL'",
      "lab fetch | Missing required parameter: 'KERNEL'",
      "run | where the traces go is missing: --record FILE or --traces DIR",
      "run --record /nowhere/at/all.recording.yaml | /nowhere/at/all.recording.yaml: cannot be written: there is no folder",
      "diff | Missing required parameters: 'FILE', 'FILE'",
      "diff a b c | Unmatched argument at index 3: 'c'",
      "diff /nowhere /nowhere | /nowhere: there is no such file",
      "bench sim-mvoes | there is no row 'sim-mvoes' to measure",
      "bench --pages 1 | --pages: 1 is not in 1024..262144",
      "bench --rounds 0 | --rounds: at least 1, not 0",
      "where | Missing required parameter: 'PID'",
      "where java | 'java' is no process: give its pid or 'self'",
      "where 0 | '0' is no process: give its pid or 'self'",
      "where -1 | '-1' is no process: give its pid or 'self'",
  })
  void wrongUsageIsStatusTwo(String args, String message) {
    int status = pageferry.run(args.split(" "));
    assertThat(pageferry.err).contains(message);
    assertThat(status).isEqualTo(2);
    assertThat(pageferry.out).isEmpty();
    assertThat(pageferry.opened).allMatch(testbed -> testbed.calls.equals(List.of("close testbed")));
  }

  static Stream<String> everyCommand() {
    return Stream.concat(commands().stream(), Stream.of("lab list", "lab fetch", "lab run"));
  }

  @ParameterizedTest
  @MethodSource("everyCommand")
  void whatIsWrongWithACommandRefersToItsOwnHelp(String command) {
    assertThat(pageferry.run((command + " --qqq").split(" "))).isEqualTo(2);
    assertThat(pageferry.err).startsWith("pageferry: ").endsWith("\nSee: pageferry " + command + " --help\n");
  }

  /** Although {@code conform} does its work. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "6.1 --nodes 0 | --nodes: 0 is not from 1 to 64",
      "6.1 --nodes 2 --topology hole | --nodes: --topology says already how many there are",
      "6.1 --topology loop | --topology: 'loop' is no topology: it should be one of ",
      "6.1 --topology hole,stale | --topology: 'hole,stale' is no topology: it should be one of ",
      "6.1@loop | KERNEL: 'lab:6.1@loop' should be lab:KERNEL, ",
      "6.1 --stale | Unknown option: '--stale'"
  })
  void whatIsWrongWithLabRunRefersToItsHelpAndItsOwnOptions(String args, String message) {
    assertThat(pageferry.run(("lab run " + args).split(" "))).isEqualTo(2);
    assertThat(pageferry.err).startsWith("pageferry: " + message).endsWith("\nSee: pageferry lab run --help\n");
  }

  @Test
  void whatCannotBeDoneHereIsStatusThree() {
    assertRefused(3, "pageferry: there is no process 999999999", "where", "999999999");
  }

  @Test
  void everyMistakeInAWorkloadFileIsNamed() throws IOException {
    Path file = Files.writeString(dir.resolve("w.workload.yaml"), "workload: w\nnodes: 0\nsteps:\n  - leap: {}\n");
    assertRefused(2, file + ":2: nodes: 0 is not from 1 to 1024\n" + file + ":4: step 1: there is no step 'leap'",
        "conform", file.toString());
  }

  @Test
  void aFolderWithoutWorkloadsIsRefused() {
    assertRefused(2, dir + ": has no workload files (*.workload.yaml, *.workloads.yaml)", "conform", dir.toString());
  }

  @Test
  void oneNameForTwoWorkloadsIsRefused() throws IOException {
    String text = "workload: w\nsteps:\n  - fork: {as: c}\n";
    Path a = Files.writeString(dir.resolve("a.workload.yaml"), text);
    Path b = Files.writeString(dir.resolve("b.workload.yaml"), text);
    assertRefused(2, b + ": workload 'w' is in " + a + " already", "conform", dir.toString());
  }
}
