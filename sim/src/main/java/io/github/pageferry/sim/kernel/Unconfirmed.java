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
   * @param what what it is, with its commit's hash or title
   */
  private record Difference(String since, String until, String what) {}

  private static final List<Difference> DIFFERENCES = List.of(
      new Difference("2.6.18", "2.6.19", "writes through shared mappings that nobody notices (until d08b3851da41)"),
      new Difference("2.6.18", "2.6.19", "ext3 in ext4's place (until ac27a0ec112a)"),
      new Difference("2.6.18", "2.6.19", "a move to another node where the one wanted is full or forbidden (until 3d99cfb5f461)"),
      new Difference("2.6.18", "2.6.21", "a file's page that moves and is counted where it came from (until 0e8c7d0fd5b4)"),
      new Difference("2.6.18", "2.6.24", "MPOL_F_MEMS_ALLOWED that is no flag (until 754af6f5a85f), local preference told as all nodes"),
      new Difference("2.6.18", "2.6.24", "a file's page of several mappings that stops the kernel when mbind moves it (until"
          + " 3ad33b2436b5)"),
      new Difference("2.6.18", "2.6.24", "cpusets of nodes without memory (until 0e1e7c7a7395)"),
      new Difference("2.6.18", "2.6.24", "migrate_pages(2) to nodes without memory (until 56bbd65df0e9)"),
      new Difference("2.6.18", "2.6.26", "MPOL_BIND in the order of the nodes' numbers (until 19770b32609b)"),
      new Difference("2.6.18", "2.6.26", "no flags of policies' modes (until f5b087b52f17)"),
      new Difference("2.6.18", "2.6.26", "interleaving that goes on where it was when the cpuset changes (until f5b087b52f17)"),
      new Difference("2.6.18", "2.6.26", "a page that moves and is dirty as a whole then (until 3a902c5f6851)"),
      new Difference("2.6.18", "2.6.27", "vmsplice that counts mapped pages as accessed, too (until bc40d73c950c)"),
      new Difference("2.6.18", "2.6.28", "a query that has one table for all its pages (until 2f007e74bb85)"),
      new Difference("2.6.18", "2.6.28", "a page that cannot be written to be moved and stops the kernel (until bda8550deed9)"),
      new Difference("2.6.18", "2.6.28", "locked pages that are like any others (until b291f000393f, 894bc310419a)"),
      new Difference("2.6.18", "2.6.29", "pages that are written and stay in the swap cache (until 7b1fe59793e6)"),
      new Difference("2.6.18", "2.6.29", "faults of files' pages that count as uses (until bf3f3bc5e734, 390722baa7fc)"),
      new Difference("2.6.18", "2.6.29", "an array that no table is large enough for (until 3140a2273009)"),
      new Difference("2.6.18", "2.6.30", "shared memory that reclaim writes when it comes by again (until 9fab5619bdd7)"),
      new Difference("2.6.18", "2.6.34", "one anon_vma for a family of processes (until 5beb49305251, c44b674323f4)"),
      new Difference("2.6.37", "", "offlining, swapping in and memory cgroups' reclaim, which are 2.6.36's here"),
      new Difference("3.0", "", "a page of the swap cache that moves and is no shared memory (99a15e21d96f)"),
      new Difference("3.0", "", "what fork has copied, which merges with nothing untouched (965f55dea0e3)"),
      new Difference("3.3", "", "migration entries in a process's counters (9f9f1acd713d)"),
      new Difference("3.6", "", "interleaving shared memory by the file's inode number, too (09c231cb8bfd)"),
      new Difference("3.8", "", "MPOL_LOCAL (479e2802d09f)"),
      new Difference("3.17", "", "a moved page that takes its memory cgroup's charge with it (0a31bc97c80c)"),
      new Difference("4.1", "", "allocations for a node alone that keep to the cpuset (\"kernel, cpuset: remove exception for"
          + " __GFP_THISNODE\")"),
      new Difference("4.2", "", "a page of data=journal that is looked at again once it is locked (bdf96838aea6)"),
      new Difference("4.8", "", "an anonymous page that has moved and still has a mapping (bda807d44454)"),
      new Difference("4.13", "", "interleaving that goes on after the node that it came to last when the cpuset changes (45816682b2cd)"),
      new Difference("4.13", "", "256 addresses at most for one of KSM's pages (2c653d0ee2ae)"),
      new Difference("4.13", "", "rights to move another's pages that follow ptrace's (197e7e521384)"),
      new Difference("4.14", "5.14", "the huge zero page that mbind splits (until e5947d23edd8)"),
      new Difference("4.14", "6.3", "a huge page without memory for its parts that makes the call ENOMEM (until 2ef7dbb26990)"),
      new Difference("4.15", "", "mlock that leaves in pagevecs what waits there (72b03fcd5d51)"),
      new Difference("4.16", "6.10", "15 pages in a pagevec (\"mm: get 7% more pages in a pagevec\")"),
      new Difference("4.17", "", "a huge page without memory for it as a whole that moves in parts (94723aafb9e7)"),
      new Difference("5.3", "6.1", "a strict mbind whose walk ends with the table of a page that it could not isolate (d883544515aa)"),
      new Difference("5.3", "6.7", "a hole that a strict mbind is silent on above a page that it could not isolate (d883544515aa)"),
      new Difference("5.5", "", "a page freed before it moves, for which nothing is allocated (\"mm: migrate: handle freed page at the"
          + " first place\")"),
      new Difference("5.13", "", "pagevecs that are used again when pages have moved (d479960e44f2)"),
      new Difference("5.14", "", "a preferred node that stays when the cpuset changes (269fbe72cded)"),
      new Difference("5.14", "", "local allocation that is told as a mode of its own (7858d7bca7fb)"),
      new Difference("5.15", "", "MPOL_PREFERRED_MANY (b27abaccf8e8)"),
      new Difference("5.17", "", "home nodes (c6018b4b2549)"),
      new Difference("5.18", "", "a page that waits in a pagevec and is written without a copy (d4c470970d45)"),
      new Difference("5.19", "", "pages of one process alone, which are so when they have moved, too, until KSM takes them (6c287605fd56)"),
      new Difference("6.1", "", "huge pages of the pool that move first, and parts that move with their batch (42012e0436d4)"),
      new Difference("6.2", "", "a dirty page of vfat that moves as it is (ee649af0d9a6)"),
      new Difference("6.3", "", "a huge page without memory for its parts that counts as not moved (2ef7dbb26990)"),
      new Difference("6.7", "", "interleaving by all 64 bits of a page's number (ddc1a5cbc05d)"),
      new Difference("6.7", "", "a strict mbind whose EIO hides the error of splitting a mapping (1cb5d11a370f)"),
      new Difference("6.7", "", "a home node that counts for huge pages as for others (ddc1a5cbc05d)"),
      new Difference("6.7", "6.15", "a part of a huge page that is copied though nobody else has the page (dec078cc2181)"),
      new Difference("6.9", "", "MPOL_WEIGHTED_INTERLEAVE (fa3bea4e1f82)"),
      new Difference("6.9", "", "a huge page whose first part is not mapped, which mbind no longer passes over (ebb34f78d72c)"),
      new Difference("6.9", "6.15", "a guess of whether a transparent huge page is shared (ebb34f78d72c)"),
      new Difference("6.10", "", "31 pages in a pagevec (9cecde80aae0)"),
      new Difference("6.10", "", "what is unmapped of a private mapping of huge pages and promised again (df7a6d1f6405)"),
      new Difference("6.12", "", "pages that a kernel thread takes after the tasks of a cgroup, which may be told twice that it names"
          + " no nodes (ee9707e8593d)"),
      new Difference("6.14", "", "MADV_DONTNEED that frees page tables (6375e95f381e)"),
      new Difference("6.15", "", "transparent huge pages that a third process maps (003fde4492c8)"),
      new Difference("6.16", "", "memory with pages that merges with an untouched neighbour, unless fork has copied it (879bca0a2c4f)"));

  private Unconfirmed() {}

  /** The differences of a release that no trace confirms, each with its commit's hash or title; empty where traces confirm all. */
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
