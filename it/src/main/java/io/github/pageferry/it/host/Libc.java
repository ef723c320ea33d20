package io.github.pageferry.it.host;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The C library's functions as section 2 of the manual has them, pointers and sizes being {@code long}: nothing but
 * 64-bit Linux is served. They return −1 where they fail; {@link #result} makes that −errno.
 *
 * <p>Constants are those that x86-64, aarch64, riscv64, ppc64le and s390x share, from {@code asm-generic} and
 * {@code linux/}.
 */
final class Libc {

  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  static final int MAP_SHARED = 0x01;
  static final int MAP_PRIVATE = 0x02;
  static final int MAP_FIXED = 0x10;
  static final int MAP_ANONYMOUS = 0x20;
  static final int MAP_HUGETLB = 0x40000;
  static final int MAP_HUGE_2MB = 21 << 26;
  static final int MAP_FIXED_NOREPLACE = 0x100000;
  static final int MREMAP_MAYMOVE = 1;
  static final int MREMAP_FIXED = 2;
  static final int MS_SYNC = 4;
  static final int MADV_DONTNEED = 4;
  static final int MADV_MERGEABLE = 12;
  static final int MADV_HUGEPAGE = 14;
  static final int MADV_NOHUGEPAGE = 15;

  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0x40;
  static final int O_EXCL = 0x80;
  static final int O_CLOEXEC = 0x80000;
  /** O_TMPFILE without the O_DIRECTORY that is part of it ({@link CallNumbers#directoryFlag}). */
  static final int O_TMPFILE_ALONE = 0x400000;
  static final int LOCK_EX = 2;
  static final int LOCK_NB = 4;

  static final int CLONE_FILES = 0x400;
  static final int CLONE_NEWNS = 0x20000;
  static final int SIGKILL = 9;
  static final int SIGCHLD = 17;
  static final int PTRACE_SEIZE = 0x4206;
  static final int PTRACE_O_EXITKILL = 1 << 20;
  static final int PR_GET_DUMPABLE = 3;
  static final int PR_SET_DUMPABLE = 4;

  static final int MS_REC = 0x4000;
  static final int MS_PRIVATE = 1 << 18;
  static final int MNT_DETACH = 2;

  static {
    Native.register(Libc.class, NativeLibrary.getProcess());
    PAGE_SIZE = getpagesize();
  }

  /** The size of a base page in bytes. */
  static final int PAGE_SIZE;

  private Libc() {}

  /**
   * Binds the functions.
   *
   * @throws IllegalStateException where this C library lacks one of them, or the architecture is not served
   */
  static void load() {
    CallNumbers.here();
    try {
      getpagesize();
    } catch (LinkageError e) {
      throw new IllegalStateException("the host testbed cannot use this system's C library: " + e.getMessage(), e);
    }
  }

  private static native int getpagesize();

  static native long mmap(long address, long length, int protection, int flags, int fd, long offset);

  static native int munmap(long address, long length);

  static native long mremap(long address, long oldLength, long newLength, int flags, long newAddress);

  static native int mprotect(long address, long length, int protection);

  static native int madvise(long address, long length, int advice);

  static native int mlock(long address, long length);

  static native int munlock(long address, long length);

  static native int msync(long address, long length, int flags);

  static native int open(String path, int flags, int mode);

  static native int openat(int directory, String path, int flags, int mode);

  static native int unlinkat(int directory, String path, int flags);

  static native int close(int fd);

  static native long pread(int fd, long buffer, long count, long offset);

  static native long pwrite(int fd, long buffer, long count, long offset);

  static native long write(int fd, long buffer, long count);

  static native int ftruncate(int fd, long length);

  static native int fsync(int fd);

  static native int flock(int fd, int operation);

  static native int ioctl(int fd, long request, long argument);

  static native int pipe2(long fds, int flags);

  static native long vmsplice(int fd, long vectors, long count, int flags);

  static native int mkdir(String path, int mode);

  static native int rmdir(String path);

  static native int clone(long function, long stackTop, int flags, long argument);

  static native int kill(int pid, int signal);

  static native int waitpid(int pid, long status, int options);

  static native long ptrace(int request, int pid, long address, long data);

  static native int prctl(int option, long a, long b, long c, long d);

  static native int sched_setaffinity(int pid, long size, long mask);

  static native int sched_getaffinity(int pid, long size, long mask);

  static native int unshare(int flags);

  static native int mount(String source, String target, @Nullable String type, long flags, @Nullable String data);

  static native int umount2(String target, int flags);

  /** syscall(2), for calls that libc does not wrap, or wraps for all threads at once. */
  static native long syscall(long number, long a, long b, long c, long d, long e, long f);

  static long syscall(long number, long a, long b, long c) {
    return syscall(number, a, b, c, 0, 0, 0);
  }

  /** What a function of this class returned, −1 replaced by the errno that it left, negated. To be called at once. */
  static long result(long returned) {
    return returned == -1 ? -Native.getLastError() : returned;
  }

  /**
   * The value from 0 up that a call returned which must not fail.
   *
   * @throws IllegalStateException where it did, naming {@code what} and the errno
   */
  static long must(String what, long returned) {
    long result = result(returned);
    if (result < 0) {
      throw new IllegalStateException(what + " failed with " + Errnos.name(result));
    }
    return result;
  }

  /** Where the C library's function of this name is. */
  static long addressOf(String function) {
    return Pointer.nativeValue(NativeLibrary.getProcess().getFunction(function));
  }

  /** The memory at an address, which the caller keeps mapped while it uses the buffer. */
  static ByteBuffer bufferAt(long address, long length) {
    return new Pointer(address).getByteBuffer(0, length).order(ByteOrder.nativeOrder());
  }

  /** Where the memory of a direct buffer begins. */
  static long addressOf(ByteBuffer direct) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
  }
}
