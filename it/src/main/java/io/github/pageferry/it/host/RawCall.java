package io.github.pageferry.it.host;

import java.util.Arrays;

/** System calls with whatever arguments, also such as the API never passes. */
public final class RawCall {

  private static final int ARGUMENTS = 6;

  private RawCall() {}

  /**
   * Makes a call with syscall(2).
   *
   * @param number of the call on this architecture
   * @param arguments up to six; those that are not given are 0
   * @return what the kernel answers: from 0 up, or an errno negated
   */
  public static long make(long number, long... arguments) {
    long[] all = Arrays.copyOf(arguments, ARGUMENTS);
    return Libc.result(Libc.syscall(number, all[0], all[1], all[2], all[3], all[4], all[5]));
  }
}
