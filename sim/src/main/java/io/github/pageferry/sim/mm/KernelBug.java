package io.github.pageferry.sim.mm;

/** A {@code BUG_ON} of the kernel came true: a real one would have stopped here, too. */
public final class KernelBug extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Where the kernel has the check and what it found. */
  public KernelBug(String what) {
    super("kernel BUG: " + what);
  }

  /**
   * {@code BUG_ON(condition)}.
   *
   * @param what what is wrong, {@code {}} standing for the subject: a text is made only where it is
   */
  public static void on(boolean condition, String what, Object subject) {
    if (condition) {
      throw new KernelBug(what.replace("{}", subject.toString()));
    }
  }

  /** As {@link #on(boolean, String, Object)}, of a page or another number. */
  public static void on(boolean condition, String what, long subject) {
    if (condition) {
      throw new KernelBug(what.replace("{}", Long.toString(subject)));
    }
  }

  /** {@code BUG_ON(condition)}. */
  public static void on(boolean condition, String what) {
    if (condition) {
      throw new KernelBug(what);
    }
  }
}
