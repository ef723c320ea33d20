package io.github.pageferry.sim.mm;

/** A {@code BUG_ON} of the kernel came true: a real one would have stopped here, too. */
public final class KernelBug extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Where the kernel has the check and what it found. */
  public KernelBug(String what) {
    super("kernel BUG: " + what);
  }

  /** {@code BUG_ON(condition)}. */
  public static void on(boolean condition, String what) {
    if (condition) {
      throw new KernelBug(what);
    }
  }
}
