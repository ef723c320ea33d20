package io.github.pageferry.linux;

import io.github.pageferry.Errno;
import io.github.pageferry.SystemCall;
import java.util.Objects;
import java.util.Optional;

/**
 * What came of a harmless try of one system call: it names no pages, so that nothing but its being let through is tested.
 *
 * @param call the call
 * @param verdict what is the matter with it
 * @param errno the error that stands behind a verdict other than {@link Verdict#WORKS}, where Linux has a name for it
 * @param explanation why, and what to do about it; a sentence without a full stop
 */
public record ProbedCall(SystemCall call, Verdict verdict, Optional<Errno> errno, String explanation) {

  public ProbedCall {
    Objects.requireNonNull(call, "call");
    Objects.requireNonNull(verdict, "verdict");
    Objects.requireNonNull(errno, "errno");
    Objects.requireNonNull(explanation, "explanation");
  }

  /** What is the matter with a call. */
  public enum Verdict {
    /** The kernel answered it. What it may be used for is still a matter of rights. */
    WORKS,
    /** A seccomp filter refuses it, whatever its arguments and whoever makes it. */
    FILTERED,
    /** It is refused without a seccomp filter: a security module or a sandbox that is not Linux. */
    REFUSED,
    /** The kernel does not have it. */
    NOT_IN_KERNEL
  }

  /** Whether the call can be made. */
  public boolean works() {
    return verdict == Verdict.WORKS;
  }
}
