package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The memory of real buffers, on a migrator that makes pages up at its addresses. */
class BufferPinTest {

  private static final int PAGE = ScriptedMigrator.PAGE;

  private final ScriptedMigrator migrator = new ScriptedMigrator(0, 1);

  private ByteBuffer allocate(int bytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
    map(buffer);
    return buffer;
  }

  private void map(Buffer buffer) {
    long address = BufferAddress.of(buffer);
    long pages = (address + BufferAddress.bytes(buffer)) / PAGE - address / PAGE + 1;
    migrator.map(address, (int) pages, 0);
  }

  @Test
  void thePartBetweenPositionAndLimitIsMeant() {
    ByteBuffer buffer = allocate(20 * PAGE);
    int toBorder = (int) (PAGE - BufferAddress.of(buffer) % PAGE);
    buffer.position(toBorder + 3 * PAGE).limit(toBorder + 5 * PAGE);
    MoveReport report = BufferPinner.on(migrator).pin(buffer, 1);

    assertThat(report.pages()).isEqualTo(2);
    assertThat(migrator.countOn(1)).isEqualTo(2);
    assertThat(migrator.nodeOf(BufferAddress.of(buffer))).isEqualTo(1);
    assertThat(buffer.position()).as("the buffer is as it was").isEqualTo(toBorder + 3 * PAGE);
    assertThat(buffer.limit()).isEqualTo(toBorder + 5 * PAGE);
  }

  @Test
  void viewsOfAnyTypeAreTheirMemory() {
    ByteBuffer buffer = allocate(8 * PAGE);
    BufferPinner pinner = BufferPinner.on(migrator);

    assertThat(pinner.pin(buffer.asLongBuffer(), 1).before().onNode(0)).isEqualTo(pinner.locate(buffer).pages());
    assertThat(pinner.pin(buffer.order(ByteOrder.BIG_ENDIAN).asCharBuffer().asReadOnlyBuffer(), 0).complete()).isTrue();
    assertThat(pinner.locate(buffer.slice(PAGE, PAGE)).counts().nodes()).isEqualTo(NodeSet.of(0));
    assertThat(pinner.pin(buffer.position(buffer.limit()), 1).pages()).as("nothing left").isZero();
  }

  @Test
  void everyOperationTakesBuffersAndRanges() {
    ByteBuffer buffer = allocate(8 * PAGE);
    BufferPinner pinner = BufferPinner.on(migrator);
    List<MemoryRange> ranges = List.of(MemoryRange.of(buffer));
    NodeSet both = NodeSet.of(0, 1);
    Map<Integer, Integer> weights = Map.of(0, 1, 1, 3);

    assertThat(pinner.pin(ranges, 1).complete()).isTrue();
    assertThat(pinner.interleave(buffer, both).after()).hasToString(pinner.interleave(ranges, both).after().toString());
    assertThat(pinner.spread(buffer, weights).after()).hasToString(pinner.spread(ranges, weights).after().toString());
    assertThat(pinner.locate(buffer).counts()).hasToString(pinner.locate(ranges.get(0)).counts().toString());
  }

  @Test
  void populatingBringsFilesInAndChangesNothing(@TempDir Path folder) throws IOException {
    int bytes = 300 * PAGE;
    try (FileChannel file = FileChannel.open(folder.resolve("f"),
        StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}), bytes - 5);
      for (Populate how : List.of(Populate.READ, Populate.WRITE)) {
        MappedByteBuffer mapped = file.map(MapMode.READ_WRITE, 0, bytes);
        map(mapped);
        BufferPinner.on(migrator, PinOptions.builder().populate(how).build()).pin(mapped, 1);
        assertThat(mapped.isLoaded()).as("after %s", how).isTrue();
        assertThat(mapped.get(bytes - 1)).isEqualTo((byte) 5);
        assertThat(mapped.get(0)).isZero();
      }
    }
  }

  @Test
  void populatingTakesReadOnlyUnalignedAndTinyBuffersWithWhateverLimit() {
    BufferPinner pinner = BufferPinner.on(migrator, PinOptions.builder().populate(Populate.WRITE).build());
    ByteBuffer buffer = allocate(5 * PAGE);
    byte[] contents = new byte[5 * PAGE];
    for (int i = 0; i < contents.length; i++) {
      contents[i] = (byte) (i * 31);
    }
    buffer.put(0, contents);
    for (int from : new int[] {0, 1, 2, 3, 4080, 4090, 4095}) {
      for (int length : new int[] {0, 1, 2, 3, 4, 5, 17, 4096, 9000}) {
        pinner.pin(buffer.duplicate().position(from).limit(from + length), 1);
        pinner.pin(buffer.slice(from, length).asReadOnlyBuffer(), 0);
        pinner.pin(buffer.slice(from, length), 1);
      }
    }
    byte[] after = new byte[contents.length];
    buffer.get(0, after);
    assertThat(after).isEqualTo(contents);
  }

  @Test
  void populatingLooksAgainAndMovesWhatCameIn() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(4 * PAGE);
    migrator.map(BufferAddress.of(buffer), 6, ScriptedMigrator.ABSENT);
    // The pages "come in" on node 0 once they have been looked at for the first time.
    migrator.beforeCall = () -> {
      if (migrator.count("query") == 1) {
        migrator.map(BufferAddress.of(buffer), 6, 0);
      }
    };
    MoveReport report = BufferPinner.on(migrator, PinOptions.builder().populate(Populate.READ).build()).pin(buffer, 1);

    assertThat(report.before().notPresent()).isEqualTo(report.pages());
    assertThat(report.after().onNode(1)).isEqualTo(report.pages());
    assertThat(report.movedPages()).as("none was anywhere before").isZero();
  }
}
