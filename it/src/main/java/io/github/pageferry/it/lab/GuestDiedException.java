package io.github.pageferry.it.lab;

/** A guest came to an end, or hangs, or its kernel says that it is broken. The message has the end of its console. */
public final class GuestDiedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean hanging;

  /** @param hanging whether it was ended since it did not answer in time */
  GuestDiedException(String what, String console, boolean hanging) {
    super(what + (console.isEmpty() ? "\nIts console is empty." : "\nThe end of its console:\n" + console));
    this.hanging = hanging;
  }

  boolean isHanging() {
    return hanging;
  }

  @Override
  public String toString() {
    return getMessage();
  }
}
