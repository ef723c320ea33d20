package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A buffer of which nobody holds a reference any more but the call that works on its memory. */
class ReachabilityTest {

  /** Enough for the compiler to take an interest: what is interpreted keeps all that a method was passed. */
  private static final int CALLS_UNTIL_COMPILED = 30_000;

  private final ScriptedMigrator migrator = new ScriptedMigrator(0, 1);
  private final BufferPinner pinner = BufferPinner.on(migrator);
  private WeakReference<ByteBuffer> last;
  private boolean goneDuringTheCall;

  @Test
  void aBufferLivesUntilTheCallReturns() {
    for (int i = 0; i < CALLS_UNTIL_COMPILED; i++) {
      pinner.locate(emptyBuffer());
    }
    migrator.beforeCall = () -> {
      System.gc();
      goneDuringTheCall |= last.get() == null;
    };
    for (int i = 0; i < 3; i++) {
      pinner.locate(freshBuffer());
      pinner.pin(freshBuffer(), 1);
    }

    assertThat(goneDuringTheCall).isFalse();
    System.gc();
    assertThat(last.get()).as("after the call it may go").isNull();
  }

  private static ByteBuffer emptyBuffer() {
    return EMPTY.duplicate();
  }

  private static final ByteBuffer EMPTY = ByteBuffer.allocateDirect(0);

  private ByteBuffer freshBuffer() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(64);
    migrator.map(BufferAddress.of(buffer), 1, 0);
    last = new WeakReference<>(buffer);
    return buffer;
  }
}
