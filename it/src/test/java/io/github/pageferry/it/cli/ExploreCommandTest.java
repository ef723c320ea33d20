package io.github.pageferry.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.sched.Exploration;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code explore}. */
class ExploreCommandTest {

  private final CommandLineRunner pageferry = new CommandLineRunner();

  @TempDir
  private Path dir;

  @Test
  void triesSeedsOnEachProfileAndTellsWhatWasSeen() {
    assertThat(pageferry.run("explore", "--seeds", "20", "--profile", "2.6.36,6.18")).isEqualTo(ExitStatus.OK);
    assertThat(pageferry.out)
        .contains("2.6.36: 20 runs, ", "6.18: 20 runs, ", " points, 0 failed")
        .containsPattern("mmap_sem is waited for +[1-9]\\d* +[1-9]")
        .contains("a fault waits for the end of a migration");
    assertThat(pageferry.orderly).isTrue();
  }

  @Test
  void oneSeedIsOneRunThatComesOutTheSame() {
    assertThat(pageferry.run("explore", "--seed", "7", "--profile", "2.6.36", "--log")).isEqualTo(ExitStatus.OK);
    String first = pageferry.out;
    assertThat(first).contains("task 0, a thread of process ", "task 0: user space", "2.6.36: 1 run, ");
    pageferry.run("explore", "--seed", "7", "--profile", "2.6.36", "--log");
    assertThat(pageferry.out).isEqualTo(first);
    pageferry.run("explore", "--seed", "7", "--profile", "2.6.36", "--log", "--schedule", "8");
    assertThat(pageferry.out).isNotEqualTo(first);
  }

  @Test
  void keepsOnlyTheStepsAskedFor() {
    assertThat(pageferry.run("explore", "--seed", "7", "--profile", "6.1", "--log", "--keep", "0.0")).isEqualTo(ExitStatus.OK);
    assertThat(pageferry.out).contains("  0.0  ").doesNotContain("task 1");
    assertThat(pageferry.run("explore", "--seed", "7", "--profile", "6.1", "--keep", "9.9")).isEqualTo(ExitStatus.USAGE);
    assertThat(pageferry.err).contains("--keep: seed 7 has the steps 0.0,");
  }

  @Test
  void writesTheSameFactsForMachines() throws IOException {
    Path json = dir.resolve("explored.json");
    pageferry.run("explore", "--seeds", "3", "--seed", "5", "--profile", "7.3", "--json", json.toString());
    JsonNode root = new ObjectMapper().readTree(json.toFile());
    assertThat(root.at("/summary/ran").asLong()).isEqualTo(3);
    assertThat(root.at("/summary/failed").asLong()).isZero();
    assertThat(root.at("/firstSeed").asLong()).isEqualTo(5);
    assertThat(root.at("/profiles/0/profile").asText()).isEqualTo("7.3");
    assertThat(root.at("/profiles/0/seen").has("entry-waited")).isTrue();
  }

  @Test
  void listsWhatRealKernelsHaveWrongToo() throws IOException {
    Path json = dir.resolve("found.json");
    assertThat(pageferry.run("explore", "--seeds", "10", "--profile", "2.6.18", "--json", json.toString())).isEqualTo(ExitStatus.OK);
    assertThat(pageferry.out).containsPattern("  finding in [1-9]\\d*, first seed [1-9]\\d*: .*0e8c7d0fd5b4, 2\\.6\\.21");
    JsonNode finding = new ObjectMapper().readTree(json.toFile()).at("/profiles/0/findings/0");
    assertThat(finding.path("defect").asText()).isEqualTo("file-pages-stay-counted");
    assertThat(finding.path("what").asText()).contains("0e8c7d0fd5b4");
    assertThat(finding.path("runs").asLong()).isBetween(1L, 10L);
  }

  @Test
  void aFailurePrintsALineThatRunsItAgain() throws IOException {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text, true);
    Ending ending = new Ending() {
      @Override
      public boolean requested() {
        return false;
      }

      @Override
      public void beOrderly() {}
    };
    ExploreCommand command = new ExploreCommand(
        new Context(new Console(out, out, Terminal.NONE), null, ending),
        profile -> new Exploration(profile, (release, frames, nodes) -> {
          throw new KernelBug("does not boot");
        }));
    Path json = dir.resolve("failed.json");
    int status = new CommandLine(command).execute("--seed", "3", "--seeds", "2", "--profile", "6.12", "--json", json.toString());
    assertThat(status).isEqualTo(ExitStatus.FAILED);
    assertThat(text.toString()).contains(
        "failed  6.12, ./pageferry explore --profile 6.12 --seed 3", "kernel BUG: does not boot", "--keep ", "2 failed");
    assertThat(List.of(new ObjectMapper().readTree(json.toFile()).at("/profiles/0/failures/1/command").asText()))
        .containsExactly("./pageferry explore --profile 6.12 --seed 4");
  }

  @Test
  void endsEarlyWhereASignalWantsIt() {
    pageferry.cancelled = true;
    assertThat(pageferry.run("explore", "--seeds", "1000000")).isEqualTo(ExitStatus.INTERRUPTED);
    assertThat(pageferry.out).contains("2.6.36: 0 runs");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "--seeds 0 | --seeds: at least 1, not 0",
    "--seeds x | Invalid value for option '--seeds'",
    "--profile 9.9 | --profile: there is no profile of Linux 9.9",
    "--log --seeds 2 | --log is for one seed",
    "--keep 0.0 | --keep is for one seed",
    "--seed 9223372036854775807 --seeds 2 | is too large for 2 seeds",
    "--json /nowhere/at/all.json | cannot be written"
  })
  void refusesWhatItCannotDo(String arguments, String message) {
    String[] words = ("explore " + arguments).split(" ");
    assertThat(pageferry.run(words)).isEqualTo(ExitStatus.USAGE);
    assertThat(pageferry.err).contains(message);
  }
}
