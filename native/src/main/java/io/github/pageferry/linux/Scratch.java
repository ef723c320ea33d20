package io.github.pageferry.linux;

import io.github.pageferry.BufferAddress;
import io.github.pageferry.NodeSet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Native memory for the small arguments of one call, kept for each thread so that a call allocates nothing.
 *
 * <pre>
 * offset 0          4          8                8 + 8 x words     8 + 16 x words
 * | first int       | second   | first mask      | second mask     |
 * </pre>
 *
 * <p>Bit n of a mask is bit n % 64 of its word n / 64, in the byte order of the machine, as the kernel's bitmaps are.
 */
final class Scratch {

  /** Enough for 1024 nodes, what distributions' kernels are built for (CONFIG_NODES_SHIFT=10). */
  private static final int FIRST_WORDS = 16;

  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  private int words;
  private ByteBuffer memory;
  private long address;

  private Scratch() {
    words = FIRST_WORDS;
    memory = allocate(words);
    address = BufferAddress.of(memory);
  }

  /** The calling thread's own. */
  static Scratch ofThread() {
    return OF_THREAD.get();
  }

  /** How many 64-bit words a mask needs to hold these nodes; one at least. */
  static int wordsFor(NodeSet nodes) {
    return Math.max(1, (nodes.limit() + Long.SIZE - 1) / Long.SIZE);
  }

  /** Makes room for masks of so many words; what was there is lost. */
  void reserve(int neededWords) {
    if (neededWords > words) {
      ByteBuffer larger = allocate(neededWords);
      words = neededWords;
      memory = larger;
      address = BufferAddress.of(larger);
    }
  }

  /** The address of an int that a call writes: 0 or 1. */
  long intAddress(int index) {
    return address + index * (long) Integer.BYTES;
  }

  int readInt(int index) {
    return memory.getInt(index * Integer.BYTES);
  }

  /**
   * Writes a mask of exactly so many words.
   *
   * @param index which of the two masks, 0 or 1
   * @return its address
   */
  long writeMask(int index, NodeSet nodes, int maskWords) {
    reserve(maskWords);
    int offset = maskOffset(index);
    for (int word = 0; word < maskWords; word++) {
      memory.putLong(offset + word * Long.BYTES, 0);
    }
    for (int node = nodes.first(); node >= 0; node = nodes.next(node)) {
      int at = offset + node / Long.SIZE * Long.BYTES;
      memory.putLong(at, memory.getLong(at) | 1L << node);
    }
    return address + offset;
  }

  NodeSet readMask(int index, int maskWords) {
    long[] read = new long[maskWords];
    for (int word = 0; word < maskWords; word++) {
      read[word] = memory.getLong(maskOffset(index) + word * Long.BYTES);
    }
    return NodeSet.fromWords(read);
  }

  private int maskOffset(int index) {
    return Long.BYTES * (1 + index * words);
  }

  private static ByteBuffer allocate(int words) {
    return ByteBuffer.allocateDirect(Long.BYTES * (1 + 2 * words)).order(ByteOrder.nativeOrder());
  }
}
