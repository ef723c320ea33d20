package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is wrong is refused before any page or policy is touched. */
class RefusedArgumentsTest {

  private static final int PAGE = ScriptedMigrator.PAGE;
  private static final long BASE = 0x7f00_0000_0000L;

  private final ScriptedMigrator migrator = new ScriptedMigrator(0, 1).map(BASE, 16, 0);
  private final BufferPinner pinner = BufferPinner.on(migrator);

  @AfterEach
  void nothingWasDone() {
    assertThat(migrator.calls).allMatch(call -> call.equals("get_mempolicy allowed"));
    assertThat(migrator.countOn(0)).isEqualTo(16);
  }

  private static void assertRefused(ThrowingCallable call, String... words) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(words);
  }

  @Test
  void buffersOnTheHeap() {
    ByteBuffer onHeap = ByteBuffer.allocate(100);
    assertRefused(() -> pinner.pin(onHeap, 0), "heap", "allocateDirect");
    assertRefused(() -> pinner.interleave(onHeap, NodeSet.of(0)), "heap");
    assertRefused(() -> pinner.spread(onHeap, Map.of(0, 1)), "heap");
    assertRefused(() -> pinner.locate(onHeap), "heap");
  }

  @Test
  void rangesThatNoProcessHas() {
    assertRefused(() -> pinner.pin(BASE, -1, 1), "0 bytes or more", "-1");
    assertRefused(() -> pinner.pin(Long.MAX_VALUE - 10, 100, 1), "0x7ffffffffffffff5", "beyond");
    assertRefused(() -> pinner.pin(-PAGE, PAGE, 1), "beyond");
    assertRefused(() -> pinner.pin(-1, 0, 1), "beyond");
    assertRefused(() -> pinner.pin(0, 1, 1), "null pointer");
    assertRefused(() -> pinner.interleave(BASE, Long.MIN_VALUE, NodeSet.of(0, 1)), "0 bytes or more");
    assertRefused(() -> pinner.spread(BASE, Long.MAX_VALUE, Map.of(0, 1)), "beyond");
    assertRefused(() -> pinner.locate(BASE, Long.MAX_VALUE), "beyond");
  }

  @Test
  void nodesThatHaveNoMemory() {
    assertRefused(() -> pinner.pin(BASE, PAGE, -1), "0 or more", "-1");
    assertRefused(() -> pinner.pin(BASE, PAGE, 9), "no memory on node 9", "0-1");
    assertRefused(() -> pinner.pin(BASE, PAGE, 7), "no memory on node 7");
    assertRefused(() -> pinner.pin(BASE, PAGE, Integer.MAX_VALUE), "" + Integer.MAX_VALUE);
    assertRefused(() -> pinner.interleave(BASE, PAGE, NodeSet.of(0, 9, 12)), "no memory on node 9,12");
    assertRefused(() -> pinner.interleave(BASE, PAGE, NodeSet.EMPTY), "no node");
    assertRefused(() -> pinner.spread(BASE, PAGE, Map.of(0, 1, 9, 1)), "node 9");
  }

  @Test
  void nodesThatTheCpusetForbids() {
    migrator.allowed = NodeSet.of(0);
    assertRefused(() -> pinner.pin(BASE, PAGE, 1), "may not use node 1", "cpuset allows 0");
  }

  @Test
  void nullOfAnyKind() {
    assertThatThrownBy(() -> BufferPinner.on(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> BufferPinner.on(migrator, null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> pinner.pin((ByteBuffer) null, 0)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> pinner.pin(Arrays.asList(MemoryRange.of(BASE, 1), null), 0))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> pinner.interleave(BASE, 1, null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> pinner.spread(BASE, 1, null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> pinner.locate((MemoryRange) null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> PinOptions.builder().cancelWhen(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> PinOptions.builder().onProgress(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void optionsThatMeanNothing() {
    assertRefused(() -> PinOptions.builder().threads(-1), "-1");
    assertRefused(() -> PinOptions.builder().batchBytes(0), "0");
    assertRefused(() -> PinOptions.builder().pageBytes(5000), "power of two");
    assertRefused(() -> PinOptions.builder().retries(-1), "-1");
    assertRefused(() -> PinOptions.builder().bytesPerSecond(0), "0");
    assertRefused(() -> BufferPinner.on(migrator, PinOptions.builder().pageBytes(1024).build()), "smaller than the base page");
  }

  @Test
  void memoryToPopulateThatIsNoByteBuffer() {
    BufferPinner populating = BufferPinner.on(migrator, PinOptions.builder().populate(Populate.WRITE).build());
    assertRefused(() -> populating.pin(BASE, PAGE, 1), "populated", "asByteBuffer");
    assertRefused(() -> populating.pin(ByteBuffer.allocateDirect(64).asLongBuffer(), 1), "populated");
    assertRefused(() -> populating.pin(List.of(MemoryRange.of(BASE, 1)), 1), "populated");
  }

  @Test
  void migratorsThatAreClosed() {
    migrator.close();
    assertThatThrownBy(() -> pinner.pin(BASE, PAGE, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> pinner.locate(BASE, PAGE)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> BufferPinner.on(migrator)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aNodeWhoseMemoryCameLaterIsWelcome() {
    Topology[] now = {Topologies.of(0)};
    ScriptedMigrator growing = new ScriptedMigrator(0, 1) {
      @Override
      public Topology topology() {
        return now[0];
      }
    };
    growing.map(BASE, 4, 0);
    BufferPinner early = BufferPinner.on(growing);
    assertRefused(() -> early.pin(BASE, PAGE, 1), "no memory on node 1");
    now[0] = Topologies.of(0, 1);
    assertThat(early.pin(BASE, PAGE, 1).after().onNode(0)).isZero();
  }
}
