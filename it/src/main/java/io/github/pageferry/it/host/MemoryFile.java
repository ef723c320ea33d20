package io.github.pageferry.it.host;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Files without a name in any file system, memfd_create(2): they go with their last descriptor. */
final class MemoryFile {

  private static final int MFD_CLOEXEC = 1;

  private MemoryFile() {}

  /** A new file of zeroes; its name is for listings alone. Returns its descriptor. */
  static int create(String name, long size) {
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer text = ByteBuffer.allocateDirect(bytes.length + 1).put(bytes);
    int fd = (int) Libc.must("memfd_create",
        Libc.syscall(CallNumbers.here().memfdCreate(), Libc.addressOf(text), MFD_CLOEXEC, 0));
    Reference.reachabilityFence(text);
    long truncated = Libc.result(Libc.ftruncate(fd, size));
    if (truncated < 0) {
      Libc.close(fd);
      throw new IllegalStateException("ftruncate of a memory file failed with " + Errnos.name(truncated));
    }
    return fd;
  }
}
