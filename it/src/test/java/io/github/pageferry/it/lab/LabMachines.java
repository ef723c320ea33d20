package io.github.pageferry.it.lab;

import static org.junit.jupiter.api.Assumptions.abort;

import io.github.pageferry.it.run.CannotRunException;
import java.util.List;

/** The lab for tests. Where it is not possible they are skipped, or fail if that is what the environment wants. */
final class LabMachines {

  /** Set where tests without a lab are to fail. */
  private static final String REQUIRED = "PAGEFERRY_LAB_REQUIRED";

  private LabMachines() {}

  static LabBackend open(String kernel, LabTopology topology, List<String> notes) {
    try {
      return new Lab(LabFolder.find()).open(kernel, topology, () -> false, notes::add);
    } catch (CannotRunException e) {
      if (System.getenv(REQUIRED) != null) {
        throw e;
      }
      return abort("no lab: " + e.getMessage());
    }
  }
}
