package io.github.pageferry.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.fuzz.Finding;
import io.github.pageferry.it.run.Side;
import io.github.pageferry.it.workload.Step;
import io.github.pageferry.it.workload.Workload;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FuzzOutputTest {

  @TempDir
  private Path dir;

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "LEAST     | true  | it broke                                                             | conform FILE",
      "NOT_AGAIN | true  | it broke; it did not come again, so it is not reduced                | fuzz --seed 7 --nodes 2 --first 25 --count 1",
      "LEAST     | false | it broke; it comes only after others: a new machine does not show it | fuzz --seed 7 --nodes 2 --first 20 --count 6",
  })
  void aFindingIsReplayedWithAllThatItNeeds(Finding.Reduction reduction, boolean alone, String said, String replay) {
    StringWriter printed = new StringWriter();
    Console console = new Console(new PrintWriter(printed, true), new PrintWriter(new StringWriter()), Terminal.NONE);
    FuzzOutput output = new FuzzOutput(console, dir, new Side("lab:6.1@one-cpu", "6.1.0", "a guest", Map.of()),
        new Side("sim:6.1", "sim:6.1", "a model", Map.of()), 20, 100, false);
    output.head(7, 2);
    Workload workload = new Workload("fuzz-7-25", "Found at random.", 1, Set.of(), List.of(new Step.Fork("a")));
    output.found(new Finding("it broke", 25, workload, reduction, alone, List.of(), Optional.of("it broke"), Optional.empty(),
        Optional.empty()));
    Path file = dir.resolve("fuzz-7-25.workload.yaml");
    assertThat(printed.toString().lines()).contains("fuzz-7-25: " + said,
        "  replay: ./pageferry " + replay.replace("FILE", file.toString()) + " --on lab:6.1@one-cpu --against sim:6.1");
  }
}
