package io.github.pageferry.it.cli;

import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The option that says how many nodes machines have that are made for the run. */
final class NodesOption {

  private static final int MOST = 64;

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  private @Nullable Integer nodes;

  @Option(names = "--nodes", paramLabel = "N",
      description = "Nodes of simulated machines and the lab's, 1 to " + MOST + ". Default: as many as this host where it"
          + " takes part, else 4, or more where a workload needs them.")
  void nodes(int wanted) {
    if (wanted < 1 || wanted > MOST) {
      throw new ParameterException(spec.commandLine(), "--nodes: " + wanted + " is not from 1 to " + MOST);
    }
    nodes = wanted;
  }

  /** What was asked for, or else this. */
  int or(IntSupplier usual) {
    return nodes == null ? usual.getAsInt() : nodes;
  }
}
