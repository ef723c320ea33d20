package io.github.pageferry.it.host;

import java.util.BitSet;

/**
 * The stretch of addresses that a run's regions lie in. Neither the kernel nor the JVM puts anything there of itself:
 * it is far below where mmap(2) begins to look from the top, far above programs, heaps and their metadata. So what a run
 * unmaps stays unmapped.
 *
 * <pre>
 * | hole, never mapped | region | ... | region | ...
 * 0                    1 GiB            1 GiB or more apart
 * </pre>
 */
final class AddressWindow implements AutoCloseable {

  private static final long GIB = 1L << 30;
  private static final long SIZE = 1L << 40;
  /** Where windows begin: for 47 bits of user addresses and more, else for 43 (s390x grows them on demand). */
  private static final long[] BASES = {0x6000_0000_0000L, 0x0400_0000_0000L};

  private static final int MOST = 64;
  private static final BitSet TAKEN = new BitSet(MOST);

  private final int number;
  private final long start;
  private long end;

  private AddressWindow(int number, long start) {
    this.number = number;
    this.start = start;
    end = start + GIB;
  }

  /**
   * Takes a window that no other run of this process has.
   *
   * @throws IllegalStateException where all are taken, or the kernel does not let any be used
   */
  static AddressWindow take() {
    synchronized (TAKEN) {
      for (int i = TAKEN.nextClearBit(0); i < MOST; i = TAKEN.nextClearBit(i + 1)) {
        for (long base : BASES) {
          long start = base + i * SIZE;
          if (canMapAt(start + SIZE - GIB)) {
            TAKEN.set(i);
            return new AddressWindow(i, start);
          }
        }
      }
    }
    throw new IllegalStateException("no addresses for another run: " + MOST + " are open, or addresses are limited");
  }

  private static boolean canMapAt(long address) {
    int flags = Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_FIXED_NOREPLACE;
    long at = Libc.mmap(address, Libc.PAGE_SIZE, 0, flags, -1, 0);
    if (at != -1) {
      Libc.munmap(at, Libc.PAGE_SIZE);
    }
    return at == address;
  }

  /** An address that nothing maps, with mappings above it. */
  long hole() {
    return start;
  }

  /** Takes the addresses for a region of so many bytes; it has a hole on either side. */
  long reserve(long bytes) {
    long at = end;
    end = (at + bytes + GIB + GIB - 1) / GIB * GIB;
    if (end > start + SIZE) {
      throw new IllegalArgumentException("the regions of one workload exceed " + (SIZE / GIB) + " GiB of addresses");
    }
    return at;
  }

  /** Whether the address lies where a run may do what it likes. */
  boolean contains(long address) {
    return address >= start && address < start + SIZE;
  }

  /** Unmaps whatever is left in the window and gives it back. */
  @Override
  public void close() {
    Libc.munmap(start, end - start);
    synchronized (TAKEN) {
      TAKEN.clear(number);
    }
  }
}
