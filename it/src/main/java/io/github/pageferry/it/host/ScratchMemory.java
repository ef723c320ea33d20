package io.github.pageferry.it.host;

import java.nio.ByteBuffer;

/** Zeroed native memory, which no page is there of before it is touched, unmapped by {@link #close}. */
public final class ScratchMemory implements AutoCloseable {

  private final long address;
  private final long length;

  /**
   * Memory of this process alone.
   *
   * @param length in bytes
   */
  public ScratchMemory(long length) {
    this(length, Libc.MAP_PRIVATE);
  }

  private ScratchMemory(long length, int sharing) {
    this.length = length;
    address = Libc.must("mmap", Libc.mmap(
        0, length, Libc.PROT_READ | Libc.PROT_WRITE, sharing | Libc.MAP_ANONYMOUS, -1, 0));
  }

  /**
   * Memory that children would share.
   *
   * @param length in bytes
   */
  public static ScratchMemory shared(long length) {
    return new ScratchMemory(length, Libc.MAP_SHARED);
  }

  /** Where it begins: a page's first byte. */
  public long address() {
    return address;
  }

  /** The memory, in the machine's byte order. Of no use after {@link #close}. */
  public ByteBuffer buffer() {
    return Libc.bufferAt(address, length);
  }

  /** Takes all access away ({@code PROT_NONE}) from an offset to the end; both ends are at pages' ends. */
  public void forbidFrom(long offset) {
    Libc.must("mprotect", Libc.mprotect(address + offset, length - offset, 0));
  }

  @Override
  public void close() {
    Libc.munmap(address, length);
  }
}
