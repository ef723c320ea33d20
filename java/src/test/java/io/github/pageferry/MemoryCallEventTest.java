package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryCallEventTest {

  private final ScriptedMigrator script = new ScriptedMigrator(0, 1).map(0x10000, 4, 0);
  private final MemoryMigrator migrator = Flight.recording(script);

  @TempDir
  private Path folder;

  @Test
  void everySystemCallIsAnEvent() throws IOException {
    PageBatch batch = PageBatch.ofCapacity(4);
    batch.addRun(0x10000, ScriptedMigrator.PAGE, 4, 1);
    List<RecordedEvent> events = record(() -> {
      migrator.movePages(MemoryMigrator.SELF, batch, Set.of(MoveFlag.MOVE));
      migrator.queryPages(17, batch);
      migrator.migratePages(18, NodeSet.of(0), NodeSet.of(1));
      migrator.bind(0x10000, 4096, MemoryPolicy.bind(1), Set.of());
      migrator.setPolicy(MemoryPolicy.DEFAULT);
      migrator.getPolicy();
      migrator.getPolicyAt(0x11000);
      migrator.nodeAt(0x12000);
      migrator.allowedNodes();
      migrator.setHomeNode(0x10000, 8192, 1);
      migrator.currentNode();
    });

    assertThat(events).extracting(event -> event.getString("call")).containsExactly(
        "move_pages", "move_pages", "migrate_pages", "mbind", "set_mempolicy", "get_mempolicy", "get_mempolicy",
        "get_mempolicy", "get_mempolicy", "set_mempolicy_home_node", "getcpu");
    RecordedEvent move = events.get(0);
    assertThat(move.getInt("pages")).isEqualTo(4);
    assertThat(move.getString("argument")).isEqualTo("[MOVE]");
    assertThat(move.getLong("returned")).isZero();
    assertThat(move.getString("error")).isNull();
    assertThat(events.get(1).getInt("pid")).isEqualTo(17);
    assertThat(events.get(2).getString("argument")).isEqualTo("0 to 1");
    assertThat(events.get(3).getLong("address")).isEqualTo(0x10000);
    assertThat(events.get(3).getLong("length")).isEqualTo(4096);
    assertThat(events.get(7).getLong("returned")).as("node at").isEqualTo(1);
    assertThat(events.get(8).getString("argument")).isEqualTo("0-1");
  }

  @Test
  void aCallThatFailsIsAnEventWithItsErrno() throws IOException {
    List<RecordedEvent> events = record(() -> assertThatThrownBy(migrator::nextInterleaveNode)
        .isInstanceOf(MemoryCallException.class));

    assertThat(events).singleElement().satisfies(event -> {
      assertThat(event.getString("error")).isEqualTo("EINVAL");
      assertThat(event.getLong("returned")).isEqualTo(-1);
    });
  }

  @Test
  void withoutARecordingTheCallsGoThroughAllTheSame() {
    PageBatch batch = PageBatch.ofCapacity(1);
    batch.add(0x10000, 1);

    assertThat(migrator.movePages(MemoryMigrator.SELF, batch, Set.of(MoveFlag.MOVE))).isZero();
    assertThat(migrator.nodeAt(0x10000)).isEqualTo(1);
    assertThat(migrator.allowedNodes()).isEqualTo(NodeSet.of(0, 1));
    assertThat(migrator.getPolicyAt(0x10000)).isEqualTo(MemoryPolicy.DEFAULT);
    assertThat(migrator.description()).isEqualTo("scripted");
    assertThat(migrator.topology()).isSameAs(script.topology());
    assertThat(migrator.capabilities()).isEqualTo(script.capabilities());
    assertThatThrownBy(() -> migrator.queryPages(0, null)).isInstanceOf(NullPointerException.class);
  }

  private List<RecordedEvent> record(Runnable work) throws IOException {
    Path file = folder.resolve("calls.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("io.github.pageferry.MemoryCall").withoutThreshold();
      recording.start();
      work.run();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file);
  }
}
