package io.github.pageferry.sim;

import io.github.pageferry.sim.check.Invariants;
import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.Mm;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Holds a machine to its invariants after each call that a process makes and each access to its memory, and after what is asked of the
 * machine itself.
 *
 * <p>Not checked are calls that find the invariants broken: a test makes them in the middle of what it does by hand, with a page
 * isolated, locked or held. What such a call breaks shows when the test ends. And a machine of many pages and VMAs is checked as long as
 * its looks at them last; each call adds a few, so that the time that all checks take grows with the calls and not with their square.
 */
final class StepWatch implements Kernel.SyscallTrace {

  /** Enough for 140 calls of a process that touches a new page each time. */
  private static final int LOOKS_AT_FIRST = 10_000;
  private static final int LOOKS_A_CALL = 2;

  private final Kernel kernel;
  private final Invariants invariants;
  /** Of each call that has begun, whether it is to be checked; one that never ends stays below those that do. */
  private final Deque<Boolean> checked = new ArrayDeque<>();
  private int looks = LOOKS_AT_FIRST;

  StepWatch(SimulatedMachine machine) {
    kernel = machine.kernel();
    invariants = machine.invariants();
  }

  private int size() {
    int size = 0;
    for (int node = kernel.nodes.withMemory().first(); node >= 0; node = kernel.nodes.withMemory().next(node)) {
      size += kernel.nodes.zone(node).touchedEnd();
    }
    for (Mm mm : kernel.mmlist()) {
      size += mm.mapCount();
    }
    return size;
  }

  private boolean isDue() {
    looks += LOOKS_A_CALL;
    int size = size();
    if (size > looks) {
      return false;
    }
    looks -= size;
    return true;
  }

  @Override
  public void enter() {
    checked.push(isDue() && invariants.violations().isEmpty());
  }

  @Override
  public void exit() {
    if (checked.pop()) {
      invariants.check();
    }
  }
}
