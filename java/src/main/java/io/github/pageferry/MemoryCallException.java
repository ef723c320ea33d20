package io.github.pageferry;

/**
 * A system call of a {@link MemoryMigrator} failed as a whole. The message names the call, the error and what to do.
 */
public final class MemoryCallException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final SystemCall call;
  private final Errno errno;
  private final String hint;

  /**
   * @param call the call that failed
   * @param errno the error that it returned
   * @param hint what the user can do about it, a sentence without a full stop
   */
  public MemoryCallException(SystemCall call, Errno errno, String hint) {
    super(call.kernelName() + " failed with " + errno + " (" + errno.meaning() + "): " + hint);
    this.call = call;
    this.errno = errno;
    this.hint = hint;
  }

  /** The call that failed. */
  public SystemCall call() {
    return call;
  }

  /** The error that it returned. */
  public Errno errno() {
    return errno;
  }

  /** What the user can do about it. */
  public String hint() {
    return hint;
  }
}
