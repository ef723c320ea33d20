package io.github.pageferry.it.lab;

import java.util.Optional;

/**
 * What follows {@code lab:} in a backend's name.
 *
 * @param kernel a series ({@code 6.1}) or a whole release
 * @param topology the machine's nodes; empty where what asks for the machine decides
 * @param fresh whether each workload starts from the same state of the kernel
 */
public record LabName(String kernel, Optional<LabTopology> topology, boolean fresh) {

  /** The last word behind the kernel. */
  private static final String FRESH = "fresh";

  /** What a name looks like, for messages. */
  private static final String FORMS = "lab:KERNEL, lab:KERNEL@TOPOLOGY, lab:KERNEL@" + FRESH
      + " or lab:KERNEL@TOPOLOGY," + FRESH;

  /**
   * Reads a name: {@code 6.1}, {@code 6.1@hole}, {@code 6.1@fresh} or {@code 6.1@hole,fresh}.
   *
   * @throws IllegalArgumentException where what follows the kernel is something else
   */
  public static LabName parse(String text) {
    int at = text.indexOf('@');
    if (at < 0) {
      return new LabName(text, Optional.empty(), false);
    }
    String kernel = text.substring(0, at);
    String machine = text.substring(at + 1);
    if (machine.equals(FRESH)) {
      return new LabName(kernel, Optional.empty(), true);
    }
    boolean fresh = machine.endsWith("," + FRESH);
    String nodes = fresh ? machine.substring(0, machine.length() - FRESH.length() - 1) : machine;
    return new LabName(kernel, Optional.of(topology(text, nodes)), fresh);
  }

  private static LabTopology topology(String text, String nodes) {
    try {
      return LabTopology.parse(nodes);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'lab:" + text + "' should be " + FORMS + ": " + e.getMessage(), e);
    }
  }
}
