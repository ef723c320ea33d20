package io.github.pageferry;

import java.nio.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A range of this process's virtual memory, outside the Java heap. One that was made of a buffer keeps it reachable.
 *
 * <p>For a native {@code MemorySegment} it is {@code MemoryRange.of(segment.address(), segment.byteSize())}; the caller
 * keeps the segment's arena open for as long as the range is in use.
 */
public final class MemoryRange {

  private final long address;
  private final long bytes;
  private final @Nullable Buffer buffer;

  private MemoryRange(long address, long bytes, @Nullable Buffer buffer) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a range has 0 bytes or more, not " + bytes);
    }
    if (address < 0 || address + bytes < 0) {
      throw new IllegalArgumentException("the range 0x" + Long.toHexString(address) + " + " + bytes
          + " bytes reaches beyond the addresses that a process can have");
    }
    if (address == 0 && bytes > 0) {
      throw new IllegalArgumentException("the range begins at address 0, where no memory is: a null pointer?");
    }
    this.address = address;
    this.bytes = bytes;
    this.buffer = buffer;
  }

  /**
   * The memory between a direct buffer's position and its limit as they are now.
   *
   * @param buffer direct, of any element type; mapped, sliced, read-only and empty ones are welcome
   * @throws IllegalArgumentException where the buffer's memory is on the Java heap
   */
  public static MemoryRange of(Buffer buffer) {
    return new MemoryRange(BufferAddress.of(buffer), BufferAddress.bytes(buffer), buffer);
  }

  /**
   * The memory from an address on.
   *
   * @param address an absolute virtual address
   * @param bytes the length in bytes
   * @throws IllegalArgumentException where the length is negative, the range wraps round the end of the address space,
   *     or it begins at address 0
   */
  public static MemoryRange of(long address, long bytes) {
    return new MemoryRange(address, bytes, null);
  }

  /** The address of the first byte. */
  public long address() {
    return address;
  }

  /** The length in bytes. */
  public long bytes() {
    return bytes;
  }

  /** The buffer that it was made of, or null. */
  @Nullable Buffer buffer() {
    return buffer;
  }

  /** For example {@code "0x7f0000001000+8192"}. */
  @Override
  public String toString() {
    return "0x" + Long.toHexString(address) + "+" + bytes;
  }
}
