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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FuzzOutputTest {

  private static final FuzzOutput.Given NOTHING_GIVEN = new FuzzOutput.Given("", "", "", "");
  private static final String BACKENDS = " --on lab:6.1@one-cpu --against sim:6.1";

  @TempDir
  private Path dir;

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "LEAST        | ALONE             | it broke | conform FILE",
      "CUT_SHORT    | ALONE             | it broke; reducing it was cut short | conform FILE",
      "NOT_AGAIN    | UNKNOWN           | it broke; it did not come again, so it is not reduced | fuzz CAMPAIGN",
      "NOT_REPEATED | UNKNOWN           | it broke; the campaign ended before it was repeated | fuzz CAMPAIGN",
      "LEAST        | UNKNOWN           | it broke; whether a new machine shows it was not seen | fuzz CAMPAIGN",
      "LEAST        | ONLY_AFTER_OTHERS | it broke; it comes only after others: a new machine does not show it | fuzz CAMPAIGN",
  })
  void aFindingIsReplayedWithAllThatItNeeds(Finding.Reduction reduction, Finding.Alone alone, String said, String replay) {
    String campaign = "--seed 7 --nodes 2 --first 20 --count 6";
    assertThat(said(reduction, alone, NOTHING_GIVEN)).contains("fuzz-7-25: " + said,
        "  replay: ./pageferry " + replay.replace("FILE", file().toString()).replace("CAMPAIGN", campaign) + BACKENDS);
  }

  @Test
  void aReplayedCampaignRunsAndWritesAsItDidButForItsReport() {
    FuzzOutput.Given given = new FuzzOutput.Given(" --nodes 2", " --out found", " --tries 9", " --json all.json");
    assertThat(said(Finding.Reduction.NOT_AGAIN, Finding.Alone.UNKNOWN, given))
        .contains("  replay: ./pageferry fuzz --seed 7 --nodes 2 --first 20 --count 6" + BACKENDS + " --out found --tries 9");
    assertThat(said(Finding.Reduction.LEAST, Finding.Alone.ALONE, given))
        .contains("  replay: ./pageferry conform " + file() + BACKENDS + " --nodes 2");
  }

  private Path file() {
    return dir.resolve("fuzz-7-25.workload.yaml");
  }

  /** The lines about workload 25, found in a campaign that began with 20. */
  private Stream<String> said(Finding.Reduction reduction, Finding.Alone alone, FuzzOutput.Given given) {
    StringWriter printed = new StringWriter();
    Console console = new Console(new PrintWriter(printed, true), new PrintWriter(new StringWriter()), Terminal.NONE);
    FuzzOutput output = new FuzzOutput(console, dir, new Side("lab:6.1@one-cpu", "6.1.0", "a guest", Map.of()),
        new Side("sim:6.1", "sim:6.1", "a model", Map.of()), 20, 100, given);
    output.head(7, 2);
    Workload workload = new Workload("fuzz-7-25", "Found at random.", 1, Set.of(), List.of(new Step.Fork("a")));
    output.found(new Finding("it broke", 25, workload, reduction, alone, List.of(), Optional.of("it broke"), Optional.empty(),
        Optional.empty()));
    return printed.toString().lines();
  }
}
