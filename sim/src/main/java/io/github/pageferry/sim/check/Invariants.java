package io.github.pageferry.sim.check;

import io.github.pageferry.sim.kernel.Defects;
import io.github.pageferry.sim.kernel.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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

  /**
   * What this machine has wrong since the real kernel does the same, each with its cause. {@link #violations} takes it into account
   * and has none of it; but a mapping that was lost breaks them all the same, as it breaks the kernel.
   */
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    for (int node = kernel.nodes.withMemory().first(); node >= 0; node = kernel.nodes.withMemory().next(node)) {
      int pages = of(node, kernel.defects.neverPutBack());
      if (pages != 0) {
        findings.add(new Finding(KnownDefect.NEVER_PUT_BACK,
            "node " + node + ": " + pages + (pages == 1 ? " page stays" : " pages stay") + " isolated for good"));
      }
    }
    CounterChecker.findings(kernel, findings);
    PageTableChecker.findings(kernel, findings);
    FileChecker.findings(kernel, findings);
    for (Defects.LostMapping lost : kernel.defects.lostMappings()) {
      findings.add(new Finding(KnownDefect.MAPPING_LOST,
          "no VMA maps " + Long.toHexString(lost.start()) + " to " + Long.toHexString(lost.end()) + " any longer"));
    }
    return findings;
  }

  private int of(int node, Set<Integer> pages) {
    return (int) pages.stream().filter(page -> kernel.frames.pageToNid(page) == node).count();
  }

  /**
   * As {@link #check}, for a machine whose processes and files are all gone: every page is free but those that
   * the kernel is known to have lost, and no anon_vma is held.
   *
   * @throws IllegalStateException where another page is not free, or an anon_vma is there
   */
  public void checkEmpty() {
    kernel.migrate.migratePrep();
    check();
    for (int node = kernel.nodes.withMemory().first(); node >= 0; node = kernel.nodes.withMemory().next(node)) {
      int lost = kernel.nodes.zone(node).presentPages() - kernel.nodes.zone(node).freePages()
          - of(node, kernel.defects.neverPutBack()) - of(node, kernel.defects.journalledAfterTruncation());
      if (lost != 0) {
        throw new IllegalStateException(lost + " pages of node " + node + " were never freed");
      }
    }
    if (kernel.mappings.liveAnonVmas() != 0) {
      throw new IllegalStateException(kernel.mappings.liveAnonVmas() + " anon_vmas were never freed");
    }
  }

  /**
   * Holds the machine to its invariants.
   *
   * @throws IllegalStateException where one does not hold, naming all that do not, and what is known to be wrong
   */
  public void check() {
    List<String> violations = violations();
    if (!violations.isEmpty()) {
      findings().forEach(finding -> violations.add("known: " + finding));
      throw new IllegalStateException("invariants do not hold:\n  " + String.join("\n  ", violations));
    }
  }
}
