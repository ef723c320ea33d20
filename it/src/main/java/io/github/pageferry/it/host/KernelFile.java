package io.github.pageferry.it.host;

import java.io.FileInputStream;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Small files of sysfs, procfs and cgroups. */
final class KernelFile {

  private KernelFile() {}

  /** What stands in the file, without white space around it; empty where it cannot be read. */
  static Optional<String> read(Path file) {
    // the least that Java makes of a read(2): a run asks for many of them
    try (FileInputStream in = new FileInputStream(file.toString())) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The number in the file; empty where it cannot be read or holds something else. */
  static Optional<Long> readNumber(Path file) {
    try {
      return read(file).map(Long::valueOf);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * Writes to the file in one write(2), as these files want it.
   *
   * @return 0 or an errno negated
   */
  static long write(Path file, String text) {
    long fd = Libc.result(Libc.open(file.toString(), Libc.O_WRONLY | Libc.O_CLOEXEC, 0));
    if (fd < 0) {
      return fd;
    }
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      // an empty text still has to reach the kernel
      ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length + 1).put(bytes).put((byte) '\n');
      long written = Libc.result(Libc.write((int) fd, Libc.addressOf(buffer), buffer.capacity()));
      Reference.reachabilityFence(buffer);
      return Math.min(written, 0);
    } finally {
      Libc.close((int) fd);
    }
  }
}
