package io.github.pageferry.sim.kernel;

import java.util.ArrayList;
import java.util.List;

/** What profiles do as the kernel's source says, although no recorded trace shows it: no workload comes upon it, or none can. */
public final class Unconfirmed {

  /**
   * A difference between releases.
   *
   * @param since the first release that has it
   * @param until the first release that no longer has it, empty where all have
   * @param what what it is, with its commit
   */
  private record Difference(String since, String until, String what) {}

  private static final List<Difference> DIFFERENCES = List.of(
      new Difference("2.6.18", "2.6.24", "MPOL_F_MEMS_ALLOWED that is no flag (until 754af6f5a85f), local preference told as all nodes"),
      new Difference("2.6.18", "2.6.28", "pages that migrate_pages(2) moves on from where it has just moved them (until 0aedadf91a70)"),
      new Difference("4.13", "", "interleaving that goes on after the node that it came to last when the cpuset changes (il_prev)"),
      new Difference("6.7", "", "interleaving by all 64 bits of a page's number (ddc1a5cbc05d)"),
      new Difference("5.3", "6.7", "a hole that a strict mbind is silent on above a page that it could not isolate (d883544515aa)"),
      new Difference("6.7", "", "a strict mbind whose EIO hides the error of splitting a mapping (1cb5d11a370f)"),
      new Difference("4.14", "6.3", "a huge page without memory for its parts that makes the call ENOMEM (until 2ef7dbb26990)"),
      new Difference("6.1", "", "huge pages of the pool that move first, and parts that move with their batch (42012e0436d4)"),
      new Difference("3.6", "", "interleaving shared memory by the file's inode number, too (09c231cb8bfd)"),
      new Difference("3.8", "", "MPOL_LOCAL (479e2802d09f)"),
      new Difference("5.14", "", "a preferred node that stays when the cpuset changes (269fbe72cded)"),
      new Difference("5.15", "", "MPOL_PREFERRED_MANY (b27abaccf8e8)"),
      new Difference("6.9", "", "MPOL_WEIGHTED_INTERLEAVE (fa3bea4e1f82)"),
      new Difference("4.13", "", "256 addresses at most for one of KSM's pages (2c653d0ee2ae)"),
      new Difference("6.10", "", "31 pages in a pagevec (PAGEVEC_SIZE)"),
      new Difference("4.14", "5.14", "the huge zero page that mbind splits (until e5947d23edd8)"),
      new Difference("6.15", "", "transparent huge pages that a third process maps (folio_maybe_mapped_shared())"));

  private Unconfirmed() {}

  /** The differences of a release that no trace confirms, each with its commit; empty where traces confirm all. */
  public static List<String> of(Release release) {
    List<String> differences = new ArrayList<>();
    for (Difference difference : DIFFERENCES) {
      if (release.has(difference.since()) && (difference.until().isEmpty() || !release.has(difference.until()))) {
        differences.add(difference.what());
      }
    }
    return differences;
  }
}
