package io.github.pageferry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Objects;

/**
 * The arrays of move_pages(2) in native memory: an address, a target node and a status for each of up to
 * {@link #capacity()} pages. Made once and refilled, so that a steady state allocates nothing and a backend copies nothing.
 *
 * <pre>
 * offset 0                     8 x capacity             12 x capacity            16 x capacity
 * | addresses (8 bytes each)   | nodes (4 bytes each)   | statuses (4 bytes each) |
 * </pre>
 *
 * <p>Not safe for use by several threads at once. The memory lives as long as the batch is reachable; it is native
 * memory outside the Java heap, in the byte order of the machine.
 */
public final class PageBatch {

  /** The most pages that a batch can have: its arrays must fit one direct buffer. */
  public static final int MAX_CAPACITY = Integer.MAX_VALUE / 16;

  private final int capacity;
  private final ByteBuffer memory;
  private final LongBuffer addresses;
  private final IntBuffer nodes;
  private final IntBuffer statuses;
  private int size;

  private PageBatch(int capacity) {
    this.capacity = capacity;
    memory = ByteBuffer.allocateDirect(Math.max(16, 16 * capacity)).order(ByteOrder.nativeOrder());
    addresses = memory.slice(0, 8 * capacity).order(ByteOrder.nativeOrder()).asLongBuffer();
    nodes = memory.slice(8 * capacity, 4 * capacity).order(ByteOrder.nativeOrder()).asIntBuffer();
    statuses = memory.slice(12 * capacity, 4 * capacity).order(ByteOrder.nativeOrder()).asIntBuffer();
  }

  /**
   * A batch without pages that has room for {@code capacity}.
   *
   * @throws IllegalArgumentException where {@code capacity} is negative or above {@link #MAX_CAPACITY}
   */
  public static PageBatch ofCapacity(int capacity) {
    if (capacity < 0 || capacity > MAX_CAPACITY) {
      throw new IllegalArgumentException("a batch holds 0 to " + MAX_CAPACITY + " pages, not " + capacity);
    }
    return new PageBatch(capacity);
  }

  /** How many pages the batch has room for. */
  public int capacity() {
    return capacity;
  }

  /** How many pages it has; calls see these and no others. */
  public int size() {
    return size;
  }

  /** Takes all pages out. */
  public void clear() {
    size = 0;
  }

  /**
   * Adds a page for a query, its status {@link PageStatus#NOT_ATTEMPTED}.
   *
   * @param address any address within the page, not checked here
   * @throws IllegalStateException where the batch is full
   */
  public void add(long address) {
    add(address, 0);
  }

  /**
   * Adds a page with the node that it is to go to, its status {@link PageStatus#NOT_ATTEMPTED}.
   *
   * @param address any address within the page, not checked here
   * @param node the target, not checked here: a bad one is the kernel's to refuse (ENODEV)
   * @throws IllegalStateException where the batch is full
   */
  public void add(long address, int node) {
    if (size == capacity) {
      throw new IllegalStateException("the batch is full: " + capacity + " pages");
    }
    addresses.put(size, address);
    nodes.put(size, node);
    statuses.put(size, PageStatus.NOT_ATTEMPTED);
    size++;
  }

  /** The address of entry {@code index}. */
  public long address(int index) {
    return addresses.get(Objects.checkIndex(index, size));
  }

  /** The target node of entry {@code index}. */
  public int node(int index) {
    return nodes.get(Objects.checkIndex(index, size));
  }

  /** Changes the target node of entry {@code index}. */
  public void node(int index, int node) {
    nodes.put(Objects.checkIndex(index, size), node);
  }

  /** The {@link PageStatus} of entry {@code index}, as the last call left it. */
  public int status(int index) {
    return statuses.get(Objects.checkIndex(index, size));
  }

  /** Sets the status of entry {@code index}; for backends. */
  public void status(int index, int status) {
    statuses.put(Objects.checkIndex(index, size), status);
  }

  /** Marks every entry {@link PageStatus#NOT_ATTEMPTED}, as before a call. */
  public void resetStatuses() {
    for (int i = 0; i < size; i++) {
      statuses.put(i, PageStatus.NOT_ATTEMPTED);
    }
  }

  /** The native memory of all three arrays, laid out as above; for backends. Its position and limit are of no meaning. */
  public ByteBuffer memory() {
    return memory;
  }

  /** Where the addresses begin in {@link #memory()}, in bytes. */
  public int addressesOffset() {
    return 0;
  }

  /** Where the target nodes begin in {@link #memory()}, in bytes. */
  public int nodesOffset() {
    return 8 * capacity;
  }

  /** Where the statuses begin in {@link #memory()}, in bytes. */
  public int statusesOffset() {
    return 12 * capacity;
  }
}
