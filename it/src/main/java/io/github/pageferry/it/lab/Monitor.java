package io.github.pageferry.it.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.pageferry.it.run.CannotRunException;
import io.github.pageferry.it.run.ShellWord;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Tells an emulator to save its machine's state, or to restore one, by QEMU's machine protocol (QMP). Used by one thread.
 *
 * <p>Memory is left out of what is written: it is in files that the machine shares. One that is restored maps them, too, and
 * has copies of its own of what it writes to.
 */
final class Monitor implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  /** Leaves out memory that is shared; "x-" says that it may change. QEMU has it since 4.0. */
  private static final String WITHOUT_MEMORY = "x-ignore-shared";

  private final SocketChannel channel;
  private final Runnable waiting;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final ByteBuffer received = ByteBuffer.allocate(4096).limit(0);

  /**
   * @param socket that the emulator listens on
   * @param waiting rests, done again and again while an answer has not come; ends the wait by an exception
   */
  Monitor(Path socket, Runnable waiting) throws IOException {
    this.waiting = waiting;
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.configureBlocking(false);
      execute("qmp_capabilities", Map.of());
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Stops the machine and writes its state.
   *
   * @throws CannotRunException where the emulator cannot
   */
  void save(Path state) throws IOException {
    execute("stop", Map.of());
    leaveMemoryOut();
    execute("migrate", Map.of("uri", "exec:cat >" + ShellWord.of(state.toString())));
    while (true) {
      JsonNode progress = execute("query-migrate", Map.of());
      switch (progress.path("status").asText()) {
        case "completed":
          return;
        case "failed":
        case "cancelled":
          throw new CannotRunException("the machine's state cannot be saved: " + progress.path("error-desc").asText());
        default:
          waiting.run();
      }
    }
  }

  /** Reads the state that the machine was waiting for, and lets it go on. */
  void restore(Path state) throws IOException {
    leaveMemoryOut();
    execute("migrate-incoming", Map.of("uri", "exec:cat " + ShellWord.of(state.toString())));
    while (execute("query-status", Map.of()).path("status").asText().equals("inmigrate")) {
      waiting.run();
    }
    // it was stopped when it was saved
    execute("cont", Map.of());
  }

  private void leaveMemoryOut() throws IOException {
    execute("migrate-set-capabilities",
        Map.of("capabilities", List.of(Map.of("capability", WITHOUT_MEMORY, "state", true))));
  }

  private JsonNode execute(String command, Map<String, ?> arguments) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(Map.of("execute", command, "arguments", arguments)));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    while (true) {
      JsonNode message = JSON.readTree(readLine());
      if (message.has("return")) {
        return message.get("return");
      }
      if (message.has("error")) {
        throw new CannotRunException(
            "the emulator's monitor refuses " + command + ": " + message.path("error").path("desc").asText());
      }
      // a greeting, or news that nobody asked for
    }
  }

  private String readLine() throws IOException {
    while (true) {
      while (received.hasRemaining()) {
        byte next = received.get();
        if (next == '\n') {
          String text = line.toString(StandardCharsets.UTF_8);
          line.reset();
          return text;
        }
        line.write(next);
      }
      int count = channel.read(received.clear());
      received.flip();
      if (count < 0) {
        throw new EOFException("the monitor was cut");
      }
      if (count == 0) {
        waiting.run();
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
