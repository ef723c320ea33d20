package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BufferAddressTest {

  private static final int SIZE = 4096;

  @Test
  void beginsAtThePosition() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
    long start = BufferAddress.of(buffer);

    assertThat(start).isPositive();
    assertThat(BufferAddress.of(buffer.duplicate().position(100))).isEqualTo(start + 100);
    assertThat(BufferAddress.bytes(buffer.duplicate().position(100).limit(150))).isEqualTo(50);
  }

  @Test
  void seesThroughSlicesDuplicatesAndReadOnlyViews() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
    long start = BufferAddress.of(buffer);

    assertThat(BufferAddress.of(buffer.slice(64, 32))).isEqualTo(start + 64);
    assertThat(BufferAddress.bytes(buffer.slice(64, 32))).isEqualTo(32);
    assertThat(BufferAddress.of(buffer.slice(64, 32).slice(8, 8).position(1))).isEqualTo(start + 73);
    assertThat(BufferAddress.of(buffer.asReadOnlyBuffer().position(7))).isEqualTo(start + 7);
  }

  @Test
  void knowsTheElementSizeOfEveryType() {
    ByteBuffer bytes = ByteBuffer.allocateDirect(SIZE);
    long start = BufferAddress.of(bytes);

    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      bytes.order(order);
      assertView(bytes.asCharBuffer(), start, 2);
      assertView(bytes.asShortBuffer(), start, 2);
      assertView(bytes.asIntBuffer(), start, 4);
      assertView(bytes.asFloatBuffer(), start, 4);
      assertView(bytes.asLongBuffer(), start, 8);
      assertView(bytes.asDoubleBuffer(), start, 8);
      assertView(bytes.asLongBuffer().asReadOnlyBuffer(), start, 8);
      assertView(bytes.slice(3, SIZE - 3).order(order).asLongBuffer(), start + 3, 8);
    }
  }

  private static void assertView(Buffer view, long start, int elementBytes) {
    view.position(5).limit(9);
    assertThat(BufferAddress.of(view)).as("address of %s", view).isEqualTo(start + 5L * elementBytes);
    assertThat(BufferAddress.bytes(view)).as("bytes of %s", view).isEqualTo(4L * elementBytes);
  }

  @Test
  void takesEmptyBuffers() {
    assertThat(BufferAddress.bytes(ByteBuffer.allocateDirect(0))).isZero();
    ByteBuffer buffer = ByteBuffer.allocateDirect(16).position(16);
    assertThat(BufferAddress.bytes(buffer)).isZero();
    assertThat(BufferAddress.of(buffer)).isEqualTo(BufferAddress.of(buffer.duplicate().position(0)) + 16);
  }

  @Test
  void takesMappedFilesAndCountsBytesBeyondAnInt(@TempDir Path folder) throws IOException {
    try (FileChannel file = FileChannel.open(
        folder.resolve("f"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer mapped = file.map(FileChannel.MapMode.READ_WRITE, 0, 3 * SIZE);
      assertThat(BufferAddress.of(mapped) % SIZE).isZero();
      // Sparse: 2 GiB less one byte of file take no space.
      MappedByteBuffer large = file.map(FileChannel.MapMode.READ_WRITE, 0, Integer.MAX_VALUE);
      assertThat(BufferAddress.of(large.position(Integer.MAX_VALUE)) - BufferAddress.of(large.duplicate().position(0)))
          .isEqualTo(Integer.MAX_VALUE);
    }
  }

  @Test
  void refusesBuffersOnTheHeapAndSaysWhatToDo() {
    List<Buffer> onHeap = List.of(ByteBuffer.allocate(8), ByteBuffer.allocate(64).asLongBuffer(), CharBuffer.wrap("text"));
    for (Buffer buffer : onHeap) {
      assertThatThrownBy(() -> BufferAddress.of(buffer))
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("allocateDirect");
      assertThatThrownBy(() -> BufferAddress.bytes(buffer)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void agreesWithArithmeticForRandomViews() {
    SplittableRandom random = new SplittableRandom(1);
    ByteBuffer root = ByteBuffer.allocateDirect(1 << 16);
    long start = BufferAddress.of(root);
    for (int i = 0; i < 1000; i++) {
      ByteBuffer view = root;
      long expected = start;
      for (int depth = random.nextInt(4); depth >= 0 && view.capacity() > 1; depth--) {
        int from = random.nextInt(view.capacity());
        view = view.slice(from, view.capacity() - from);
        expected += from;
      }
      int position = random.nextInt(view.capacity() + 1);
      assertThat(BufferAddress.of(view.position(position))).isEqualTo(expected + position);
      assertThat(BufferAddress.bytes(view)).isEqualTo(view.capacity() - position);
    }
  }

  @Test
  void bothWaysOfReadingAgreeWhereTheRuntimeHasBoth() throws Throwable {
    ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE).position(17);
    if (Runtime.version().feature() < 22) {
      assertThat(BufferAddress.reader(17).addressOfPosition(buffer)).isEqualTo(BufferAddress.of(buffer));
    } else {
      // The old way still works there, with a warning at run time, so that only the new one is tried.
      assertThat(BufferAddress.reader(25).addressOfPosition(buffer)).isEqualTo(BufferAddress.of(buffer));
    }
  }
}
