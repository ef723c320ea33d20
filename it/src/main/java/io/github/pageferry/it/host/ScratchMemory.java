package io.github.pageferry.it.host;

import java.nio.ByteBuffer;

/** Zeroed native memory, which no page is there of before it is touched, unmapped by {@link #close}. */
public final class ScratchMemory implements AutoCloseable {

  private final long address;
  private final long length;

  /** @param length in bytes */
  public ScratchMemory(long length) {
    this.length = length;
    address = Libc.must("mmap", Libc.mmap(
        0, length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0));
  }

  /** Where it begins: a page's first byte. */
  public long address() {
    return address;
  }

  /** The memory, in the machine's byte order. Of no use after {@link #close}. */
  public ByteBuffer buffer() {
    return Libc.bufferAt(address, length);
  }

  @Override
  public void close() {
    Libc.munmap(address, length);
  }
}
