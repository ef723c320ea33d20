package io.github.pageferry.it.host;

/** Transparent huge pages of this process. */
public final class TransparentHugePages {

  private static final int PR_SET_THP_DISABLE = 41;

  private TransparentHugePages() {}

  /**
   * Gives this process base pages alone from now on, prctl(2) with {@code PR_SET_THP_DISABLE}. Where the kernel does not
   * know that (before 3.15), nothing changes.
   */
  public static void switchOff() {
    Libc.prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
  }
}
