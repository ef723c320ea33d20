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
    return open(spec, option, name, "", nodes);
  }

  /**
   * Opens a backend beside another.
   *
   * @param kernel of the other one, see {@link Backends#open(String, String, int, java.util.function.BooleanSupplier)}
   */
  Backend open(CommandSpec spec, String option, String name, String kernel, int nodes) {
    ending.beOrderly();
    try {
      return backends.open(name, kernel, nodes, ending::requested);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
    }
  }
}
