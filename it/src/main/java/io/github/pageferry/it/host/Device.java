package io.github.pageferry.it.host;

import java.util.Optional;

/**
 * Mappings without pages of their own (VM_IO or VM_PFNMAP): the BIOS in /dev/mem, mem(4), whose reading has no effect,
 * else the buffer of a perf event that counts nothing, perf_event_open(2).
 */
final class Device {

  private static final long BIOS = 0xf0000;
  /** The first published size of struct perf_event_attr, linux/perf_event.h. */
  private static final int ATTRIBUTES = 64;
  private static final int PERF_TYPE_SOFTWARE = 1;
  private static final int PERF_COUNT_SW_DUMMY = 9;

  private Device() {}

  /** Maps so many pages or more. Returns the address or an errno negated. */
  static long map(long at, int pages, int prot) {
    long memory = mapBios(at, pages, prot);
    return memory >= 0 ? memory : mapPerfBuffer(at, pages, prot);
  }

  private static long mapBios(long at, int pages, int prot) {
    long fd = Libc.result(Libc.open("/dev/mem", Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
    if (fd < 0) {
      return fd;
    }
    long length = (long) pages * Libc.PAGE_SIZE;
    long mapped = Libc.result(Libc.mmap(at, length, prot, Libc.MAP_SHARED | Libc.MAP_FIXED, (int) fd, BIOS));
    Libc.close((int) fd);
    return mapped;
  }

  private static long mapPerfBuffer(long at, int pages, int prot) {
    try (ScratchMemory attributes = new ScratchMemory(ATTRIBUTES)) {
      attributes.buffer().putInt(0, PERF_TYPE_SOFTWARE).putInt(4, ATTRIBUTES).putLong(8, PERF_COUNT_SW_DUMMY);
      long fd = Libc.result(Libc.syscall(
          CallNumbers.here().perfEventOpen(), attributes.address(), 0, -1, -1, 0, 0));
      if (fd < 0) {
        return fd;
      }
      // one page that describes the buffer, and a power of two of others
      int others = Integer.highestOneBit(Math.max(1, 2 * (pages - 1) - 1));
      long mapped = Mapper.map(at, (1L + others) * Libc.PAGE_SIZE, prot, Libc.MAP_SHARED, (int) fd);
      Libc.close((int) fd);
      return mapped;
    }
  }

  /** Why nothing of the kind can be mapped here, or empty where it can. */
  static Optional<String> lacks() {
    try (AddressWindow window = AddressWindow.take()) {
      long mapped = map(window.reserve(Libc.PAGE_SIZE), 1, Libc.PROT_READ);
      return mapped >= 0 ? Optional.empty()
          : Optional.of("neither /dev/mem nor a perf event's buffer can be mapped: " + Errnos.name(mapped));
    }
  }
}
