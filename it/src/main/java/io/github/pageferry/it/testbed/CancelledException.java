package io.github.pageferry.it.testbed;

/** The user asked for the end of the run. What the run had changed on the machine has been undone. */
public final class CancelledException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public CancelledException() {
    super("a signal wanted its end");
  }
}
