package io.github.pageferry.it.lab;

import static io.github.pageferry.it.lab.FakeMonitor.DONE;
import static io.github.pageferry.it.lab.FakeMonitor.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.testbed.CancelledException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an emulator's monitor is told, and what is made of its answers; QEMU's manual has the messages (qmp-spec). */
class MonitorTest {

  private static final String EVENT = "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\"}\r\n";

  private final List<String> told = Collections.synchronizedList(new ArrayList<>());
  private final Deque<String> answers = new ArrayDeque<>();
  private Path folder;
  private ServerSocketChannel server;
  private Thread emulator;

  @BeforeEach
  void listen() throws IOException {
    // short enough for a socket
    folder = Files.createTempDirectory(Path.of("/tmp"), "pageferry-monitor-");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket()));
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    if (emulator != null) {
      emulator.join();
    }
    LabFolder.delete(folder);
  }

  private Path socket() {
    return folder.resolve("monitor");
  }

  /** Answers a command after the other, and hangs up behind the last. */
  private Monitor monitor(String... then) throws IOException {
    answers.add(DONE);
    answers.addAll(List.of(then));
    emulator = new Thread(this::serve, "emulator");
    emulator.start();
    return new Monitor(socket(), Thread::onSpinWait);
  }

  private void serve() {
    try (SocketChannel channel = server.accept()) {
      FakeMonitor side = new FakeMonitor(channel);
      JsonNode command;
      while (!answers.isEmpty() && (command = side.command()).has("execute")) {
        told.add(command.get("execute").asText() + " " + command.get("arguments"));
        side.answer(answers.remove());
      }
    } catch (IOException e) {
      told.add(e.toString());
    }
  }

  @Test
  void savingStopsTheMachineAndWaitsUntilAllIsWritten() throws Exception {
    try (Monitor monitor = monitor(EVENT + DONE, DONE, DONE, status("setup", ""), EVENT + status("active", ""),
        status("completed", ""))) {
      monitor.save(Path.of("/f/it's/state"));
    }
    assertThat(told).containsExactly("qmp_capabilities {}", "stop {}",
        "migrate-set-capabilities {\"capabilities\":[{\"capability\":\"x-ignore-shared\",\"state\":true}]}",
        "migrate {\"uri\":\"exec:cat >'/f/it'\\\\''s/state'\"}", "query-migrate {}", "query-migrate {}", "query-migrate {}");
  }

  @Test
  void whatCannotBeSavedIsSaidWithTheEmulatorsReason() throws Exception {
    try (Monitor monitor = monitor(DONE, DONE, DONE, status("failed", ", \"error-desc\": \"no space\""))) {
      assertThatThrownBy(() -> monitor.save(Path.of("/f/state"))).isInstanceOf(CannotRunException.class)
          .hasMessage("the machine's state cannot be saved: no space");
    }
  }

  @Test
  void restoringWaitsForTheStateAndLetsTheMachineGoOn() throws Exception {
    try (Monitor monitor = monitor(DONE, DONE, status("inmigrate", ""), status("inmigrate", ""), status("paused", ""), DONE)) {
      monitor.restore(Path.of("/f/state"));
    }
    assertThat(told).hasSize(7).endsWith("migrate-incoming {\"uri\":\"exec:cat /f/state\"}", "query-status {}",
        "query-status {}", "query-status {}", "cont {}");
  }

  @Test
  void aCommandThatTheEmulatorDoesNotKnowIsNamed() throws Exception {
    try (Monitor monitor = monitor(DONE, "{\"error\": {\"class\": \"GenericError\", \"desc\": \"Invalid parameter\"}}\n")) {
      assertThatThrownBy(() -> monitor.save(Path.of("/f/state"))).isInstanceOf(CannotRunException.class)
          .hasMessage("the emulator's monitor refuses migrate-set-capabilities: Invalid parameter");
    }
  }

  @Test
  void anEmulatorThatEndsIsAnError() throws Exception {
    try (Monitor monitor = monitor(DONE, DONE)) {
      assertThatThrownBy(() -> monitor.restore(Path.of("/f/state"))).isInstanceOf(IOException.class);
    }
  }

  @Test
  void waitingEndsByWhatIsDoneMeanwhile() {
    assertThatThrownBy(() -> new Monitor(socket(), () -> {
      throw new CancelledException();
    })).isInstanceOf(CancelledException.class);
  }
}
