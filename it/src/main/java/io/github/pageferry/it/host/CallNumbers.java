package io.github.pageferry.it.host;

import java.util.Locale;

/**
 * The numbers of the system calls that are made without libc's help, by architecture: {@code arch/x86/entry/syscalls/
 * syscall_64.tbl}, {@code include/uapi/asm-generic/unistd.h} (aarch64, riscv64), {@code arch/powerpc/kernel/syscalls/
 * syscall.tbl}, {@code arch/s390/kernel/syscalls/syscall.tbl}.
 *
 * @param directoryFlag {@code O_DIRECTORY}, the one flag here that architectures number differently ({@code fcntl.h} of each)
 */
record CallNumbers(
    int movePages,
    int setgroups,
    int setresuid,
    int setresgid,
    int gettid,
    int perfEventOpen,
    int memfdCreate,
    int directoryFlag) {

  private static final CallNumbers X86_64 = new CallNumbers(279, 116, 117, 119, 186, 298, 319, 0x10000);
  private static final CallNumbers AARCH64 = new CallNumbers(239, 159, 147, 149, 178, 241, 279, 0x4000);
  private static final CallNumbers RISCV64 = new CallNumbers(239, 159, 147, 149, 178, 241, 279, 0x10000);
  private static final CallNumbers PPC64 = new CallNumbers(301, 81, 164, 169, 207, 319, 360, 0x4000);
  private static final CallNumbers S390X = new CallNumbers(310, 206, 208, 210, 236, 331, 350, 0x10000);

  /** Those of the machine that this JVM runs on; fails as {@link #of} does. */
  static CallNumbers here() {
    return of(System.getProperty("os.arch", ""));
  }

  /**
   * Those of an architecture as {@code os.arch} names it.
   *
   * @throws IllegalStateException where it is not one of those served
   */
  static CallNumbers of(String arch) {
    return switch (arch.toLowerCase(Locale.ROOT)) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64" -> AARCH64;
      case "riscv64" -> RISCV64;
      case "ppc64le" -> PPC64;
      case "s390x" -> S390X;
      default -> throw new IllegalStateException("the host testbed knows the system calls of amd64, aarch64, riscv64,"
          + " ppc64le and s390x, not of '" + arch + "'");
    };
  }
}
