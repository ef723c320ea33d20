package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BufferOperationEventTest {

  private static final int PAGE = ScriptedMigrator.PAGE;
  private static final long BASE = 0x7f00_0000_0000L;

  @TempDir
  private Path folder;

  @Test
  void everyUseOfAPinnerIsAnEvent() throws IOException {
    ScriptedMigrator migrator = new ScriptedMigrator(0, 1).map(BASE, 10, 0);
    migrator.shared.add(BASE / PAGE);
    BufferPinner pinner = BufferPinner.on(migrator);
    Path file = folder.resolve("operations.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("io.github.pageferry.BufferOperation").withoutThreshold();
      recording.start();
      pinner.pin(BASE, 12L * PAGE, 1);
      pinner.locate(BASE, 12L * PAGE);
      migrator.refused.put(SystemCall.MOVE_PAGES, Errno.EPERM);
      assertThatThrownBy(() -> pinner.locate(BASE, PAGE)).isInstanceOf(UnsupportedOperationException.class);
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);

    assertThat(events).extracting(event -> event.getString("operation")).containsExactly("pin to node 1", "locate", "locate");
    assertThat(events).extracting(event -> event.getString("outcome")).containsExactly("incomplete", "complete", "failed");
    RecordedEvent pin = events.get(0);
    assertThat(pin.getLong("pages")).isEqualTo(12);
    assertThat(pin.getLong("bytes")).isEqualTo(12L * PAGE);
    assertThat(pin.getLong("movedPages")).isEqualTo(9);
    assertThat(pin.getLong("movedBytes")).isEqualTo(9L * PAGE);
    assertThat(pin.getLong("stayedPages")).isEqualTo(1);
    assertThat(pin.getLong("notPresentPages")).isEqualTo(2);
    assertThat(pin.getString("details")).contains("EACCES");
    assertThat(events.get(2).getString("details")).contains("queryByFault");
  }
}
