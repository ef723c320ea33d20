package io.github.pageferry.it.cli;

import io.github.pageferry.it.fuzz.Campaign;
import io.github.pageferry.it.fuzz.FuzzReport;
import io.github.pageferry.it.fuzz.Generator;
import io.github.pageferry.it.run.Backends;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.run.ShellWord;
import io.github.pageferry.it.run.Side;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.CancelledException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fuzz}: random workloads on two backends; what they answer differently is reduced and written as a workload. */
@Command(
    name = "fuzz",
    description = "Runs random workloads on two backends. One that they answer differently, or that breaks one of them, is"
        + " reduced to its least form and written as a workload file beside the traces of both.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nThe same seed, number and nodes make the same workload everywhere.%n%nExamples:%n",
    footer = {
      "  pageferry fuzz --count 10000          this kernel against the simulator",
      "  pageferry fuzz --seed 7 --first 1234 --count 1          that workload again",
      "  pageferry fuzz --on lab:6.12 --against sim:6.12 --count 500"
    })
final class FuzzCommand implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Option(names = "--count", paramLabel = "N", defaultValue = "1000",
      description = "How many workloads. Default: ${DEFAULT-VALUE}.")
  private long count;

  @Option(names = "--seed", paramLabel = "S",
      description = "What they are made from, 0 or more. Default: another one each time, which is printed.")
  private @Nullable Long seed;

  @Option(names = "--first", paramLabel = "I", defaultValue = "0",
      description = "The number of the first workload of the seed. Default: ${DEFAULT-VALUE}.")
  private long first;

  @Option(names = "--nodes", paramLabel = "N",
      description = "The most nodes that a workload needs. Default: what the host has where it takes part, else 4.")
  private @Nullable Integer nodes;

  @Option(names = "--on", paramLabel = "BACKEND", defaultValue = "host",
      description = "What is examined: " + Backends.NAMES + ". Default: ${DEFAULT-VALUE}.")
  private String on;

  @Option(names = "--against", paramLabel = "BACKEND", defaultValue = "sim",
      description = "What it is compared with. Default: ${DEFAULT-VALUE}.")
  private String against;

  @Option(names = "--out", paramLabel = "DIR", defaultValue = "fuzz-findings",
      description = "The folder for what is found, made where there is something. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Option(names = "--tries", paramLabel = "N", defaultValue = "500",
      description = "How many smaller workloads may be run to reduce one finding. Default: ${DEFAULT-VALUE}.")
  private int tries;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the same facts for machines to this file, too.")
  private @Nullable Path json;

  private final Context context;

  FuzzCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    int mostNodes = checkedNodes();
    require(count >= 1, "--count: should be 1 or more, not " + count);
    require(first >= 0, "--first: should be 0 or more, not " + first);
    require(count <= Long.MAX_VALUE - first, "--count: is more than there are numbers after --first");
    require(tries >= 0, "--tries: should be 0 or more, not " + tries);
    require(seed == null || seed >= 0, "--seed: should be 0 or more, not " + seed);
    OutputFile.check(json);
    OutputFile.checkFolder(out);
    // One that people can read and type.
    long from = seed != null ? seed : System.currentTimeMillis() / 1000 % 1_000_000_000;
    try (Backend examined = context.open(spec, "--on", on, mostNodes);
        Backend other = context.open(spec, "--against", against, examined.kernel(), examined.nodes().orElse(mostNodes))) {
      // Asked now: where a signal ends the run, the host's testbed is closed before the report is written.
      Side one = Side.of(examined);
      Side two = Side.of(other);
      FuzzOutput output = new FuzzOutput(context.console(), out, one, two, first, count, given());
      Campaign campaign = new Campaign(examined, other, tries, context.ending()::requested, output);
      output.head(from, mostNodes);
      campaign.run(new Generator(from, mostNodes), first, count);
      output.tail(campaign);
      OutputFile.write(json, FuzzReport.format(campaign, from, first, mostNodes, one, two, output.replays()));
      if (campaign.isInterrupted()) {
        throw new CancelledException();
      }
      campaign.stopped().ifPresent(reason -> {
        throw new CannotRunException(reason);
      });
      return campaign.summary().isSuccess() ? ExitStatus.OK : ExitStatus.FAILED;
    }
  }

  private FuzzOutput.Given given() {
    return new FuzzOutput.Given(given("--nodes", nodes), given("--out", out), given("--tries", tries), given("--json", json));
  }

  private String given(String option, @Nullable Object value) {
    return spec.commandLine().getParseResult().hasMatchedOption(option) ? " " + option + " " + ShellWord.of("" + value) : "";
  }

  private int checkedNodes() {
    int there = context.backends().simulatedNodes(List.of(on, against), List.of());
    int wanted = nodes != null ? nodes : Math.min(there, Generator.MOST_NODES);
    require(wanted >= 1 && wanted <= Generator.MOST_NODES,
        "--nodes: should be from 1 to " + Generator.MOST_NODES + ", not " + wanted);
    return wanted;
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }
}
