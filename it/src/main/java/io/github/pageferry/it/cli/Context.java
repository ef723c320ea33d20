package io.github.pageferry.it.cli;

import io.github.pageferry.it.run.Backends;
import io.github.pageferry.it.testbed.Backend;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What commands work with.
 *
 * @param console where they print
 * @param backends what they open by name
 * @param ending how they end when a signal wants it
 */
record Context(Console console, Backends backends, Ending ending) {

  /**
   * Opens a backend that an option names. From then on the command has to end in order.
   *
   * @param spec of the command, for its usage error
   * @param nodes of a simulated machine
   */
  Backend open(CommandSpec spec, String option, String name, int nodes) {
    ending.beOrderly();
    try {
      return backends.open(name, nodes, ending::requested);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
    }
  }
}
