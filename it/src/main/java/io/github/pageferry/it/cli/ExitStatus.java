package io.github.pageferry.it.cli;

/** What every command's exit status means. */
public final class ExitStatus {

  /** As wanted: all that ran was equivalent. */
  public static final int OK = 0;

  /** Something diverged or failed, or nothing ran. */
  public static final int FAILED = 1;

  /** The command line or an input file is wrong. */
  public static final int USAGE = 2;

  /** It cannot be done on this machine. */
  public static final int CANNOT_RUN = 3;

  /** Ended by SIGINT, as shells count it. */
  public static final int INTERRUPTED = 130;

  private ExitStatus() {}
}
