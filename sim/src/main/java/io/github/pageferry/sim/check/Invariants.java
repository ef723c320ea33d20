package io.github.pageferry.sim.check;

import io.github.pageferry.sim.kernel.Kernel;
import java.util.ArrayList;
import java.util.List;

/** All invariants of a kernel. */
public final class Invariants {

  private static final List<Checker> CHECKERS = List.of(
      new ReferenceChecker(), new LruChecker(), new CounterChecker(), new VmaChecker(), new PageTableChecker(),
      new ReverseMapChecker(), new FileChecker(), new SwapChecker(), new ChargeChecker());

  private final Kernel kernel;

  public Invariants(Kernel kernel) {
    this.kernel = kernel;
  }

  /** What does not hold, one line each; empty where all is well. */
  public List<String> violations() {
    List<String> violations = new ArrayList<>();
    Census census = Census.of(kernel);
    for (Checker checker : CHECKERS) {
      checker.check(kernel, census, violations);
    }
    return violations;
  }

  /** What does not hold and would not in the real kernel either, one line each with the cause; {@link #violations} has none of it. */
  public List<String> findings() {
    List<String> findings = new ArrayList<>();
    CounterChecker.findings(kernel, findings);
    return findings;
  }

  /**
   * As {@link #check}, for a machine whose processes and files are all gone: every page is free.
   *
   * @throws IllegalStateException where a page is not
   */
  public void checkEmpty() {
    kernel.migrate.migratePrep();
    check();
    for (int node = kernel.nodes.withMemory().first(); node >= 0; node = kernel.nodes.withMemory().next(node)) {
      int lost = kernel.nodes.zone(node).presentPages() - kernel.nodes.zone(node).freePages();
      if (lost != 0) {
        throw new IllegalStateException(lost + " pages of node " + node + " were never freed");
      }
    }
  }

  /**
   * Holds the machine to its invariants.
   *
   * @throws IllegalStateException where one does not hold, naming all that do not
   */
  public void check() {
    List<String> violations = violations();
    if (!violations.isEmpty()) {
      throw new IllegalStateException("invariants do not hold:\n  " + String.join("\n  ", violations));
    }
  }
}
