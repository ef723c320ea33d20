package io.github.pageferry.sim.kernel;

/** {@code gfp_t}: how a page is to be allocated ({@code include/linux/gfp.h}). */
public final class Gfp {

  /** {@code __GFP_HARDWALL}: within the task's own cpuset. */
  public static final int HARDWALL = 1;
  /** {@code __GFP_THISNODE}: this node and no other. */
  public static final int THISNODE = 2;

  /** {@code GFP_HIGHUSER_MOVABLE}: a process's page. */
  public static final int HIGHUSER_MOVABLE = HARDWALL;

  private Gfp() {}
}
