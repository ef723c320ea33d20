package io.github.pageferry.it.host;

import java.util.function.LongSupplier;

/**
 * Calls with another user's credentials, on a thread that has them alone and ends with the call: the raw system calls
 * change the calling thread only, credentials(7), and take its capabilities, capabilities(7).
 *
 * <p>They also make the process undumpable ({@code commit_creds} in kernel/cred.c), which decides who may look at it.
 */
final class AsUser {

  private AsUser() {}

  /** What the call returns when that user makes it. */
  static long call(int uid, LongSupplier call) {
    // made by the run's thread, it has its CPU, cpuset and policy
    return Futures.onNewThread("pageferry-user", () -> {
      become(uid);
      return call.getAsLong();
    });
  }

  private static void become(int uid) {
    CallNumbers numbers = CallNumbers.here();
    Libc.must("setgroups", Libc.syscall(numbers.setgroups(), 0, 0, 0));
    Libc.must("setresgid", Libc.syscall(numbers.setresgid(), uid, uid, uid));
    Libc.must("setresuid", Libc.syscall(numbers.setresuid(), uid, uid, uid));
  }
}
