package io.github.pageferry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * The arrays of move_pages(2) in native memory: an address, a target node and a status for each of up to {@link
 * #capacity()} pages. Made once and refilled, so that a steady state allocates nothing and a backend copies nothing.
 *
 * <pre>
 * offset 0                     8 x capacity             12 x capacity            16 x capacity
 * | addresses (8 bytes each)   | nodes (4 bytes each)   | statuses (4 bytes each) |
 * </pre>
 *
 * <p>Not safe for use by several threads at once. The memory lives as long as the batch is reachable; it is native
 * memory outside the Java heap, in the byte order of the machine. Who passes one of its native addresses to a call
 * keeps the batch reachable until the call has returned ({@link java.lang.ref.Reference#reachabilityFence}).
 */
public final class PageBatch {

  /** The most pages that a batch can have: its arrays must fit one direct buffer. */
  public static final int MAX_CAPACITY = Integer.MAX_VALUE / 16;

  /** What bulk writes copy from: filling by copying is several times as fast as putting value after value. */
  private static final int TEMPLATE_LENGTH = 1024;
  private static final int[] ZEROS = new int[TEMPLATE_LENGTH];
  private static final int[] NOT_ATTEMPTED = new int[TEMPLATE_LENGTH];

  static {
    Arrays.fill(NOT_ATTEMPTED, PageStatus.NOT_ATTEMPTED);
  }

  private final int capacity;
  private final ByteBuffer memory;
  private final long memoryAddress;
  private final LongBuffer addresses;
  private final IntBuffer nodes;
  private final IntBuffer statuses;
  private int size;

  private PageBatch(int capacity) {
    this.capacity = capacity;
    memory = ByteBuffer.allocateDirect(Math.max(16, 16 * capacity)).order(ByteOrder.nativeOrder());
    memoryAddress = BufferAddress.of(memory);
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

  /**
   * Adds a run of pages for a query, at equal distances, their statuses {@link PageStatus#NOT_ATTEMPTED}.
   *
   * @param address any address within the first page, not checked here
   * @param stride the distance from one page's address to the next one's, in bytes
   * @param count how many pages
   * @throws IllegalStateException where the batch has no room for that many; nothing is added then
   * @throws IllegalArgumentException where {@code count} is negative
   */
  public void addRun(long address, long stride, int count) {
    putAddresses(address, stride, count);
    for (int done = 0; done < count; done += TEMPLATE_LENGTH) {
      nodes.put(size + done, ZEROS, 0, Math.min(TEMPLATE_LENGTH, count - done));
    }
    finishRun(count);
  }

  /**
   * Adds a run of pages, at equal distances, that all go to one node, their statuses {@link PageStatus#NOT_ATTEMPTED}.
   *
   * @param address any address within the first page, not checked here
   * @param stride the distance from one page's address to the next one's, in bytes
   * @param count how many pages
   * @param node the target, not checked here: a bad one is the kernel's to refuse (ENODEV)
   * @throws IllegalStateException where the batch has no room for that many; nothing is added then
   * @throws IllegalArgumentException where {@code count} is negative
   */
  public void addRun(long address, long stride, int count, int node) {
    putAddresses(address, stride, count);
    for (int i = size; i < size + count; i++) {
      nodes.put(i, node);
    }
    finishRun(count);
  }

  private void putAddresses(long address, long stride, int count) {
    if (count < 0) {
      throw new IllegalArgumentException("a run has 0 pages or more, not " + count);
    }
    if (count > capacity - size) {
      throw new IllegalStateException("the batch has room for " + (capacity - size) + " pages more, not " + count);
    }
    long next = address;
    for (int i = size; i < size + count; i++) {
      addresses.put(i, next);
      next += stride;
    }
  }

  private void finishRun(int count) {
    size += count;
    resetStatuses(size - count);
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

  /**
   * Copies the statuses of all entries, which costs much less than asking for each.
   *
   * @param into where to
   * @param offset where the first goes in {@code into}
   * @throws IndexOutOfBoundsException where {@code into} has no room for them
   */
  public void copyStatuses(int[] into, int offset) {
    statuses.get(0, into, offset, size);
  }

  /** Marks every entry {@link PageStatus#NOT_ATTEMPTED}, as before a call. */
  public void resetStatuses() {
    resetStatuses(0);
  }

  private void resetStatuses(int from) {
    for (int i = from; i < size; i += TEMPLATE_LENGTH) {
      statuses.put(i, NOT_ATTEMPTED, 0, Math.min(TEMPLATE_LENGTH, size - i));
    }
  }

  /**
   * The native memory of all three arrays, laid out as above; for backends. Its position and limit are of no meaning.
   */
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

  /** Where the array of addresses begins in native memory, as move_pages(2) takes it; for backends. */
  public long addressesPointer() {
    return memoryAddress;
  }

  /** Where the array of target nodes begins in native memory, as move_pages(2) takes it; for backends. */
  public long nodesPointer() {
    return memoryAddress + nodesOffset();
  }

  /** Where the array of statuses begins in native memory, as move_pages(2) takes it; for backends. */
  public long statusesPointer() {
    return memoryAddress + statusesOffset();
  }
}
