package io.github.pageferry.it.lab;

import static org.junit.jupiter.api.Assumptions.abort;

import io.github.pageferry.it.run.CannotRunException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

  /** What a guest says about something, by name. */
  static Map<String, String> facts(LabBackend lab, String about) {
    Map<String, String> facts = new TreeMap<>();
    lab.factsOf(about).lines().map(line -> line.split("=", 2)).forEach(fact -> facts.put(fact[0], fact[1]));
    return facts;
  }

  /** Reads {@code 0:256,1:none}. */
  static Map<String, String> pairs(String text) {
    Map<String, String> pairs = new TreeMap<>();
    for (String pair : text.split(",")) {
      String[] parts = pair.split(":", -1);
      pairs.put(parts[0], parts[1]);
    }
    return pairs;
  }
}
