package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.PolicyMode;
import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.Pte;
import io.github.pageferry.sim.mm.UserInts;
import io.github.pageferry.sim.mm.UserLongs;

/** A machine of four nodes of 16 MiB, with mappings that ask for transparent huge pages. */
final class HugePages {

  static final long PATTERN = 77;

  final TestKernel t;

  HugePages(String release) {
    t = new TestKernel(new MachineSpec(4, 16L << 20, 1), release);
  }

  /** Private memory that begins where a huge page does, nothing in it. */
  long map(long pages) {
    long address = t.map(pages);
    t.self.adviseHuge(address);
    return address;
  }

  /** Writes to one page under a strict policy. */
  void write(long address, int node) {
    assertThat(t.self.setPolicy(PolicyMode.BIND.number(), NodeMask.of(node))).isZero();
    assertThat(t.self.write(address, PATTERN)).isZero();
    t.self.resetPolicy();
    check();
  }

  /** Memory for one huge page of which each part has been written; part i holds i + 1. */
  long written(int node) {
    long address = map(512);
    t.write(address, 512, node);
    check();
    return address;
  }

  boolean isHuge(long address) {
    return Pte.huge(t.pte(address));
  }

  /** The page that one entry maps at an address; there must be one. */
  int head(long address) {
    assertThat(isHuge(address)).as("a huge page at " + Long.toHexString(address)).isTrue();
    return Pte.pfn(t.k.current.mm().pageTable().huge(address));
  }

  /** {@code move_pages(2)} of one address: its status where the call returns 0, and else what it returns. */
  long move(long address, int node, int flags) {
    long result = moveUnchecked(address, node, flags);
    check();
    return result;
  }

  /** As {@link #move} while a test holds pages that the invariants know nothing of. */
  long moveUnchecked(long address, int node, int flags) {
    int[] status = new int[1];
    long returned = t.self.movePages(0, 1, UserLongs.of(address), UserInts.of(node), UserInts.of(status), flags);
    return returned == 0 ? status[0] : returned;
  }

  /** Holds the machine to its invariants. */
  void check() {
    t.machine.invariants().check();
  }
}
