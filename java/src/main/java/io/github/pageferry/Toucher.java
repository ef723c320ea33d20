package io.github.pageferry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Brings pages of buffers in by accessing each of them once. */
final class Toucher {

  private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

  /** Written with what was read, so that reading is not optimised away. */
  private static volatile int sink;

  private Toucher() {}

  /** Refuses ranges that only their owner can touch: Java may not access an address that it has no buffer for. */
  static void requireBuffers(List<MemoryRange> ranges) {
    for (MemoryRange range : ranges) {
      if (!(range.buffer() instanceof ByteBuffer) && range.bytes() > 0) {
        throw new IllegalArgumentException("the range " + range + " is no ByteBuffer, and others cannot be populated:"
            + " touch it yourself first, or pass MemorySegment.asByteBuffer()");
      }
    }
  }

  /** Accesses one byte or word of each page of the chunk; returns whether there was one. */
  static boolean touch(Chunk chunk, List<MemoryRange> ranges, int pageShift, Populate how) {
    boolean touched = false;
    for (int piece = 0; piece < chunk.pieces(); piece++) {
      long from = chunk.first(piece) << pageShift;
      long to = from + ((long) chunk.count(piece) << pageShift);
      for (MemoryRange range : ranges) {
        Buffer buffer = range.buffer();
        if (range.address() < to && range.address() + range.bytes() > from && buffer instanceof ByteBuffer bytes) {
          touch(bytes, Math.max(from, range.address()), Math.min(to, range.address() + range.bytes()), pageShift, how);
          touched = true;
        }
      }
    }
    return touched;
  }

  private static void touch(ByteBuffer owners, long from, long to, int pageShift, Populate how) {
    boolean write = how == Populate.WRITE && !owners.isReadOnly();
    int sum = 0;
    // The owner may change the buffer's position and limit at any time.
    ByteBuffer buffer = owners.duplicate().clear();
    long start = BufferAddress.of(buffer);
    for (long address = from; address < to; address = ((address >>> pageShift) + 1) << pageShift) {
      long word = (address + Integer.BYTES - 1) / Integer.BYTES * Integer.BYTES;
      int index = (int) (word - start);
      if (write && word + Integer.BYTES <= Math.min(to, ((address >>> pageShift) + 1) << pageShift)) {
        sum += (int) INTS.getAndBitwiseOr(buffer, index, 0);
      } else {
        sum += buffer.get((int) (address - start));
      }
    }
    sink = sum;
  }
}
