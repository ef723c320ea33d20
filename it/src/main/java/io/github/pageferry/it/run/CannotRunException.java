package io.github.pageferry.it.run;

/**
 * What was asked for cannot be done on this machine, or not any more. The message says why and, where there is one, the way
 * out.
 */
public final class CannotRunException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public CannotRunException(String message) {
    super(message);
  }

  public CannotRunException(String message, Throwable cause) {
    super(message, cause);
  }
}
