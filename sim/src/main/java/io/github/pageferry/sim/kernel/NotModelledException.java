package io.github.pageferry.sim.kernel;

/** Something that the model lacks yet was asked of it; the message names it. */
public final class NotModelledException extends UnsupportedOperationException {

  private static final long serialVersionUID = 1L;

  /** What is lacking, as it stands after "the simulator does not model". */
  public NotModelledException(String what) {
    super("the simulator does not model " + what);
  }
}
