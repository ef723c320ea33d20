package io.github.pageferry.sim.sched;

/** Every task waits for something that only another of them could give it. */
public final class DeadlockException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DeadlockException(String who) {
    super("deadlock:\n  " + who);
  }
}
