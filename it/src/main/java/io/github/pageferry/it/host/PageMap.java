package io.github.pageferry.it.host;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What this process's page tables say of single pages, without touching them: /proc/self/pagemap,
 * Documentation/admin-guide/mm/pagemap.rst.
 */
final class PageMap implements AutoCloseable {

  private static final Path FILE = Path.of("/proc/self/pagemap");
  private static final int ENTRY = Long.BYTES;
  private static final long PRESENT = 1L << 63;
  private static final long SWAPPED = 1L << 62;

  /** What stands in the page table. */
  enum State {
    /** A page. */
    PRESENT,
    /** A page that is in swap space, or on its way to another place. */
    SWAPPED,
    /** Nothing: the next access brings a page in. */
    NONE
  }

  private final int fd;
  private final ScratchMemory entry = new ScratchMemory(ENTRY);
  private final ByteBuffer read = entry.buffer();

  /** Opens it while this process may look at itself: see {@link AsUser}. */
  PageMap() {
    fd = (int) Libc.must("open " + FILE, Libc.open(FILE.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
  }

  /** Why it cannot be had, or empty where it can. */
  static Optional<String> lacks() {
    return Files.isReadable(FILE) ? Optional.empty()
        : Optional.of(FILE + " cannot be read (CONFIG_PROC_PAGE_MONITOR)");
  }

  State state(long address) {
    long at = address / Libc.PAGE_SIZE * ENTRY;
    if (Libc.pread(fd, entry.address(), ENTRY, at) != ENTRY) {
      throw new IllegalStateException(FILE + " ends before address 0x" + Long.toHexString(address));
    }
    long bits = read.getLong(0);
    if ((bits & PRESENT) != 0) {
      return State.PRESENT;
    }
    return (bits & SWAPPED) != 0 ? State.SWAPPED : State.NONE;
  }

  @Override
  public void close() {
    Libc.close(fd);
    entry.close();
  }
}
