package io.github.pageferry.it.run;

import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.CancelledException;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.workload.Workload;
import java.util.Optional;

/** Runs a workload on a backend and survives what breaks there. */
public final class Recorder {

  private Recorder() {}

  /**
   * What came of a run: a trace, or what broke.
   *
   * @param trace of the run, perhaps one that says why it was skipped; empty where it broke
   * @param failure what broke; empty where there is a trace
   */
  public record Result(Optional<Trace> trace, Optional<String> failure) {}

  /**
   * Runs a workload.
   *
   * @throws CancelledException where the user asked for the end
   * @throws CannotRunException where the backend can run nothing any more, neither this workload nor another
   */
  public static Result run(Backend backend, Workload workload) {
    try {
      return new Result(Optional.of(backend.run(workload)), Optional.empty());
    } catch (CancelledException | CannotRunException e) {
      throw e;
    } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
      StackTraceElement[] stack = e.getStackTrace();
      return new Result(Optional.empty(), Optional.of(e + (stack.length == 0 ? "" : "\nat " + stack[0])));
    }
  }
}
