package io.github.pageferry.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.github.pageferry.SystemCall;

/** What tests need of libc beside the code under test. Failures are {@link LastErrorException}. */
final class Posix {

  static final int PROT_NONE = 0;
  static final int PROT_READ_WRITE = 3;
  static final int MADV_NOHUGEPAGE = 15;

  /** {@code MAP_PRIVATE | MAP_ANONYMOUS}, numbered alike on all architectures of {@link Architecture}. */
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

  private static final int PR_SET_SECCOMP = 22;
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int SECCOMP_MODE_FILTER = 2;

  static {
    Native.register(Posix.class, NativeLibrary.getProcess());
  }

  private Posix() {}

  static native long mmap(long address, long length, int prot, int flags, int fd, long offset) throws LastErrorException;

  static native int munmap(long address, long length) throws LastErrorException;

  static native int madvise(long address, long length, int advice) throws LastErrorException;

  static native int mprotect(long address, long length, int prot) throws LastErrorException;

  static native int prctl(int option, long second, long third, long fourth, long fifth) throws LastErrorException;

  static native long syscall(long number, long a, long b, long c) throws LastErrorException;

  static native int getpid();

  /** New private anonymous memory, not touched. */
  static long map(long bytes) {
    return mmap(0, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
  }

  /** Writes to the first byte of each page. */
  static void touch(long address, long bytes, int pageBytes) {
    for (long at = address; at < address + bytes; at += pageBytes) {
      new Pointer(at).setByte(0, (byte) 1);
    }
  }

  /** Takes another user's rights and no capability, for the calling thread alone and until it ends. */
  static void becomeUser(int uid) {
    String arch = System.getProperty("os.arch");
    int setresgid = arch.equals("amd64") ? 119 : arch.equals("aarch64") || arch.equals("riscv64") ? 149
        : arch.equals("ppc64le") ? 169 : 210;
    int setresuid = arch.equals("amd64") ? 117 : arch.equals("aarch64") || arch.equals("riscv64") ? 147
        : arch.equals("ppc64le") ? 164 : 208;
    syscall(setresgid, uid, uid, uid);
    syscall(setresuid, uid, uid, uid);
  }

  /**
   * Installs a filter that lets the calling thread, and threads that it starts from then on, make every call but one.
   *
   * @param errno what that one returns
   */
  static void filter(SystemCall call, int errno) {
    int number = Architecture.named(System.getProperty("os.arch")).orElseThrow().number(call);
    // seccomp(2): struct sock_filter { u16 code; u8 jt; u8 jf; u32 k; }
    try (Memory program = new Memory(4 * 8); Memory header = new Memory(16)) {
      instruction(program, 0, 0x20, 0, 0, 0);                 // A = seccomp_data.nr
      instruction(program, 1, 0x15, 0, 1, number);            // if (A != number) skip one
      instruction(program, 2, 0x06, 0, 0, 0x00050000 | errno); // return SECCOMP_RET_ERRNO
      instruction(program, 3, 0x06, 0, 0, 0x7fff0000);        // return SECCOMP_RET_ALLOW
      header.setShort(0, (short) 4);
      header.setPointer(8, program);
      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, Pointer.nativeValue(header), 0, 0);
    }
  }

  private static void instruction(Memory program, int index, int code, int jt, int jf, int k) {
    int at = 8 * index;
    program.setShort(at, (short) code);
    program.setByte(at + 2, (byte) jt);
    program.setByte(at + 3, (byte) jf);
    program.setInt(at + 4, k);
  }
}
