package io.github.pageferry.it.lab;

import static org.junit.jupiter.api.Assumptions.abort;

import io.github.pageferry.it.run.CannotRunException;
import java.util.List;
import java.util.function.Supplier;

/** The lab for tests. Where it is not possible they are skipped, or fail if that is what the environment wants. */
final class LabMachines {

  /** Set where tests without a lab are to fail. */
  private static final String REQUIRED = "PAGEFERRY_LAB_REQUIRED";

  private LabMachines() {}

  static LabBackend open(String kernel, LabTopology topology, List<String> notes) {
    return orSkip(() -> new Lab(LabFolder.find()).open(kernel, topology, () -> false, notes::add));
  }

  /** By what follows {@code lab:} on the command line, with its nodes. */
  static LabBackend open(String name, List<String> notes) {
    return orSkip(() -> new Lab(LabFolder.find()).open(name, 1, () -> false, notes::add));
  }

  private static LabBackend orSkip(Supplier<LabBackend> opening) {
    try {
      return opening.get();
    } catch (CannotRunException e) {
      if (System.getenv(REQUIRED) != null) {
        throw e;
      }
      return abort("no lab: " + e.getMessage());
    }
  }
}
