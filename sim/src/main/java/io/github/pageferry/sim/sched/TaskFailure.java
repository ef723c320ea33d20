package io.github.pageferry.sim.sched;

/** A task of an interleaved run has come to grief. */
final class TaskFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TaskFailure(String task, Throwable cause) {
    super(task + ": " + cause.getMessage(), cause);
  }
}
