package io.github.pageferry.it.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** An emulator's side of its monitor, with the messages of QEMU's manual (qmp-spec). */
final class FakeMonitor {

  static final String DONE = "{\"return\": {}}\r\n";
  private static final String GREETING = "{\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}\r\n";

  private final SocketChannel channel;
  private final Reader reader;

  /** Greets. */
  FakeMonitor(SocketChannel channel) throws IOException {
    this.channel = channel;
    reader = Channels.newReader(channel, StandardCharsets.UTF_8);
    answer(GREETING);
  }

  static String status(String status, String more) {
    return "{\"return\": {\"status\": \"" + status + "\"" + more + "}}\r\n";
  }

  void answer(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** The next command, which has no end but its last bracket; missing where there is none. */
  JsonNode command() throws IOException {
    StringBuilder text = new StringBuilder();
    int depth = 0;
    do {
      int next = reader.read();
      if (next < 0) {
        return new ObjectMapper().missingNode();
      }
      text.append((char) next);
      depth += next == '{' ? 1 : next == '}' ? -1 : 0;
    } while (depth > 0);
    return new ObjectMapper().readTree(text.toString());
  }
}
