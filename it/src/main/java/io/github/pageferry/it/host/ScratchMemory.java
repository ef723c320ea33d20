package io.github.pageferry.it.host;

import java.nio.ByteBuffer;

/** Zeroed native memory for the arguments of calls, unmapped by {@link #close}. */
final class ScratchMemory implements AutoCloseable {

  private final long address;
  private final long length;

  ScratchMemory(long length) {
    this.length = length;
    address = Libc.must("mmap", Libc.mmap(
        0, length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0));
  }

  long address() {
    return address;
  }

  /** The memory, in the machine's byte order. Of no use after {@link #close}. */
  ByteBuffer buffer() {
    return Libc.bufferAt(address, length);
  }

  @Override
  public void close() {
    Libc.munmap(address, length);
  }
}
