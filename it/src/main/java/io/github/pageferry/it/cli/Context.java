package io.github.pageferry.it.cli;

import io.github.pageferry.it.run.Backends;
import io.github.pageferry.it.testbed.Backend;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What commands work with.
 *
 * @param console where they print
 * @param backends what they open by name
 * @param cancelled whether a signal wants the end
 */
record Context(Console console, Backends backends, BooleanSupplier cancelled) {

  /**
   * Opens a backend that an option names.
   *
   * @param spec of the command, for its usage error
   * @param nodes of a simulated machine
   */
  Backend open(CommandSpec spec, String option, String name, int nodes) {
    try {
      return backends.open(name, nodes, cancelled);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
    }
  }
}
