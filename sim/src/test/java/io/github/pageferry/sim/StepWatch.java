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
 * isolated, locked or held. What such a call breaks shows in the first call after that, or when the test ends. And where a machine has
 * more than {@link #SMALL} pages and VMAs to look at, only every so many calls are, so that the time that all checks take grows with
 * the calls and not with their square.
 */
final class StepWatch implements Kernel.SyscallTrace {

  private static final int SMALL = 128;
  /** Of a machine that is not small: pages and VMAs to look at for each call. */
  private static final int LOOKS_A_CALL = 4;

  private final Kernel kernel;
  private final Invariants invariants;
  /** Of each call that has begun, whether it is to be checked; one that never ends stays below those that do. */
  private final Deque<Boolean> checked = new ArrayDeque<>();
  private int callsSince;

  StepWatch(SimulatedMachine machine) {
    kernel = machine.kernel();
    invariants = machine.invariants();
  }

  private int size() {
    int size = 0;
    for (int node = kernel.nodes.withMemory().first(); node >= 0; node = kernel.nodes.withMemory().next(node)) {
      size += kernel.nodes.zone(node).touchedEnd() - kernel.nodes.zone(node).firstFrame();
    }
    for (Mm mm : kernel.mmlist()) {
      size += mm.mapCount();
    }
    return size;
  }

  private boolean isDue() {
    int size = size();
    if (size > SMALL && ++callsSince < size / LOOKS_A_CALL) {
      return false;
    }
    callsSince = 0;
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
