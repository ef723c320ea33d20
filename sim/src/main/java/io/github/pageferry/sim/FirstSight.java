package io.github.pageferry.sim;

import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.UserLongs;
import io.github.pageferry.sim.mm.Vma;

/**
 * Brings in memory that a simulated process has not named before: private anonymous pages, touched by a thread that runs on the first
 * node and has no policy, before the call that names them.
 *
 * <p>Mappings are made in blocks of 2 MiB, so that scattered pages do not cost one each, but only the pages that are named are touched.
 * As nothing unmaps them, an entry that is empty is one that was not seen.
 */
final class FirstSight {

  /** {@code mmap_min_addr}: below this nothing is mapped. */
  static final long LOWEST = 1L << 16;
  /** One more than the highest address: 48 bits, which is what the architectures that the JVM runs on give a process. */
  static final long HIGHEST = 1L << 48;

  private final Kernel kernel;
  /** The process's first thread, which no caller is: it stays on the first node and without a policy. */
  private final SimulatedProcess toucher;
  private final Mm mm;

  FirstSight(SimulatedMachine machine) {
    kernel = machine.kernel();
    toucher = machine.self();
    mm = kernel.current.mm();
  }

  /** Sees the page of an address; returns whether there is memory left for it. */
  boolean see(long address) {
    if (address < LOWEST || address >= HIGHEST || mm.pageTable().get(address) != 0) {
      return true;
    }
    map(address);
    return toucher.write(address, 0) == 0;
  }

  /** Sees the pages of these addresses, up to the first that there is no memory left for; returns whether there was none. */
  boolean see(UserLongs addresses) {
    for (long i = 0; i < addresses.accessible(); i++) {
      if (!see(addresses.get(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Sees the pages of a range, or none of them where it reaches to where no memory can be.
   *
   * @param length in bytes, from 0 up; the range does not wrap
   * @return whether there is memory left for them; where there is not, none was seen
   */
  boolean see(long address, long length) {
    if (address < LOWEST || address >= HIGHEST || length > HIGHEST - address) {
      return true;
    }
    long start = address & PageTable.PAGE_MASK;
    long end = address + length;
    if (!fits(start, end)) {
      return false;
    }
    for (long at = start; at < end; at += PageTable.PAGE_SIZE) {
      see(at);
    }
    return true;
  }

  /** Whether the machine has pages enough for what a range has not; looks at no more of it than it must. */
  private boolean fits(long start, long end) {
    long free = 0;
    for (int node = kernel.nodes.withMemory().first(); node >= 0; node = kernel.nodes.withMemory().next(node)) {
      free += kernel.nodes.zone(node).freePages();
    }
    if (end - start >>> PageTable.PAGE_SHIFT > free + mm.anonPages) {
      return false;
    }
    long unseen = 0;
    for (long at = start; at < end && unseen <= free; at += PageTable.PAGE_SIZE) {
      unseen += mm.pageTable().get(at) == 0 ? 1 : 0;
    }
    return unseen <= free;
  }

  /** Maps the block that an address is in, where it is not mapped. */
  private void map(long address) {
    Vma vma = mm.findVma(address);
    if (vma == null || vma.start > address) {
      long block = address & PageTable.PMD_MASK;
      long start = Math.max(block, LOWEST);
      long pages = block + PageTable.PMD_SIZE - start >>> PageTable.PAGE_SHIFT;
      toucher.mapPrivate(start, pages, SimulatedProcess.PROT_READ_WRITE);
    }
  }
}
