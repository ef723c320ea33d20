package io.github.pageferry.it.host;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * Reads and writes pages as a user's instruction would, but lets the kernel do the access: pwrite(2) of bytes from a
 * page into a memory file reads it, pread(2) into a page writes it. The kernel takes the same page faults for these
 * copies as for an instruction ({@code handle_mm_fault}); one that cannot be served is EFAULT where an instruction would
 * be a signal, which no JVM survives in native memory.
 *
 * <pre>
 * memory file:  | page to be written | page to compare with | up to CHECKED pages that were read |
 * </pre>
 */
final class UserMemory implements AutoCloseable {

  private static final int CHECKED = 64;
  private static final int PAGE = Libc.PAGE_SIZE;
  private static final long COMPARED_AT = PAGE;
  private static final long READ_AT = 2L * PAGE;
  private static final long SIZE = (2L + CHECKED) * PAGE;

  private final int fd;
  private final long mapping;
  private final ByteBuffer file;

  UserMemory() {
    fd = MemoryFile.create("pageferry-pages", SIZE);
    mapping = Libc.must("mmap of a memory file",
        Libc.mmap(0, SIZE, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, fd, 0));
    file = Libc.bufferAt(mapping, SIZE);
  }

  /** Reads the first byte of the page. Returns 0 or an errno negated. */
  long read(long page) {
    return complete(Libc.result(Libc.pwrite(fd, page, 1, READ_AT)), 1);
  }

  /** Writes the whole page. Returns 0 or an errno negated. */
  long write(long page, long pattern) {
    Pattern.fill(pattern, words(0));
    return complete(Libc.result(Libc.pread(fd, page, PAGE, 0)), PAGE);
  }

  private static long complete(long result, long wanted) {
    if (result == wanted) {
      return 0;
    }
    return result < 0 ? result : Errnos.EFAULT;
  }

  /** Whether the pages of the region from {@code first} to before {@code end} can be read and hold what they should. */
  boolean intact(Region region, int first, int end) {
    for (int from = first; from < end; from += CHECKED) {
      int count = Math.min(CHECKED, end - from);
      long length = (long) count * PAGE;
      if (Libc.pwrite(fd, region.address(from), length, READ_AT) != length) {
        return false;
      }
      for (int i = 0; i < count; i++) {
        if (!holds(i, region.expected(from + i))) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean holds(int read, long pattern) {
    Pattern.fill(pattern, words(COMPARED_AT));
    ByteBuffer expected = file.slice((int) COMPARED_AT, PAGE);
    return expected.equals(file.slice((int) READ_AT + read * PAGE, PAGE));
  }

  private LongBuffer words(long at) {
    return file.slice((int) at, PAGE).order(ByteOrder.nativeOrder()).asLongBuffer();
  }

  @Override
  public void close() {
    Libc.munmap(mapping, SIZE);
    Libc.close(fd);
  }
}
