package io.github.pageferry.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * libc's functions that the backend calls, mapped directly by JNA: arguments go in registers, nothing is allocated.
 * They are looked up in the process itself, which has a libc whatever its name is.
 *
 * <p>Initialization fails with an {@link Error} where JNA cannot be had; {@link KernelAccess} turns that into a reason.
 */
final class LibC {

  static {
    Native.register(LibC.class, NativeLibrary.getProcess());
  }

  private LibC() {}

  /**
   * syscall(2). All six arguments are always given: the function is variadic in C, but takes integers in the same
   * registers either way on every architecture of {@link Architecture}, and the kernel ignores those that it does not
   * use.
   */
  static native long syscall(
      long number, long first, long second, long third, long fourth, long fifth, long sixth);

  /** getpagesize(2): the size of a base page in bytes. */
  static native int getpagesize();
}
