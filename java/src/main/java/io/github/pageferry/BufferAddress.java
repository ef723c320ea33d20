package io.github.pageferry;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * Where a direct buffer lies in memory: the part from its position to its limit, of a buffer of any element type,
 * sliced, duplicated, viewed, mapped, read-only or empty.
 *
 * <p>An address is good for as long as the buffer is reachable and, where the buffer views a {@code MemorySegment}, for
 * as long as the segment's arena is open. Who uses one keeps the buffer reachable ({@link
 * java.lang.ref.Reference#reachabilityFence}); {@link BufferPinner} does.
 */
public final class BufferAddress {

  private static final AddressReader READER = reader(Runtime.version().feature());

  private BufferAddress() {}

  /**
   * The address of the element at the buffer's position.
   *
   * @throws IllegalArgumentException where the buffer's memory is on the Java heap
   */
  public static long of(Buffer buffer) {
    requireDirect(buffer);
    try {
      return READER.addressOfPosition(buffer);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("the address of " + buffer + " cannot be read", e);
    }
  }

  /**
   * How many bytes lie between the buffer's position and its limit.
   *
   * @throws IllegalArgumentException where the buffer's memory is on the Java heap
   */
  public static long bytes(Buffer buffer) {
    requireDirect(buffer);
    return (long) buffer.remaining() << elementShift(buffer);
  }

  private static void requireDirect(Buffer buffer) {
    if (!buffer.isDirect()) {
      throw new IllegalArgumentException("the buffer (" + buffer + ") is on the Java heap, where the garbage collector"
          + " moves it about: use ByteBuffer.allocateDirect, FileChannel.map or a native MemorySegment");
    }
  }

  private static int elementShift(Buffer buffer) {
    if (buffer instanceof ByteBuffer) {
      return 0;
    }
    if (buffer instanceof CharBuffer || buffer instanceof ShortBuffer) {
      return 1;
    }
    return buffer instanceof LongBuffer || buffer instanceof DoubleBuffer ? 3 : 2;
  }

  /**
   * Before JDK 22 only a field that Java code cannot see has the address; since then there is a way without warnings.
   */
  static AddressReader reader(int feature) {
    try {
      return feature >= 22 ? segmentReader() : fieldReader();
    } catch (ReflectiveOperationException e) {
      return buffer -> {
        throw new IllegalStateException("this Java runtime (" + Runtime.version() + ") does not let the address of a"
            + " direct buffer be read; before JDK 22 the module jdk.unsupported must be there for that", e);
      };
    }
  }

  /** {@code MemorySegment.ofBuffer(buffer).address()}, final since JDK 22. */
  private static AddressReader segmentReader() throws ReflectiveOperationException {
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
    MethodHandle ofBuffer = lookup.findStatic(segment, "ofBuffer", MethodType.methodType(segment, Buffer.class));
    MethodHandle address = lookup.findVirtual(segment, "address", MethodType.methodType(long.class));
    MethodHandle addressOfBuffer = MethodHandles.filterReturnValue(ofBuffer, address);
    return buffer -> (long) addressOfBuffer.invokeExact(buffer);
  }

  /** The field {@code Buffer.address}. By reflection, since javac warns of any mention of sun.misc.Unsafe. */
  private static AddressReader fieldReader() throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Unsafe");
    Field instance = type.getDeclaredField("theUnsafe");
    instance.setAccessible(true);
    Object unsafe = instance.get(null);
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    long offset = (long) type.getMethod("objectFieldOffset", Field.class)
        .invoke(unsafe, Buffer.class.getDeclaredField("address"));
    MethodHandle getLong = MethodHandles.insertArguments(
        lookup.findVirtual(type, "getLong", MethodType.methodType(long.class, Object.class, long.class))
            .bindTo(unsafe), 1, offset);
    return buffer -> (long) getLong.invokeExact((Object) buffer)
        + ((long) buffer.position() << elementShift(buffer));
  }

  /** One way to read an address. */
  @FunctionalInterface
  interface AddressReader {
    long addressOfPosition(Buffer buffer) throws Throwable;
  }
}
