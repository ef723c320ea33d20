package io.github.pageferry.it.lab;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Messages over a serial line: a word, a length and a checksum on a line, then as many bytes, then the end of a line. The bytes
 * are compressed: the emulator spends more on each that is sent than either side does on compressing it.
 *
 * <p>A serial line has no flow control that reaches the program at its end, so of a long message only a part is sent
 * before the other side has said that it got it.
 */
public final class Frames {

  /** The guest can be asked from now on. */
  public static final String READY = "ready";
  /** Asks for a trace of the workload that follows. */
  public static final String RUN = "run";
  /** Asks for the facts of this name. */
  public static final String FACTS = "facts";
  /** The answer. */
  public static final String ANSWER = "answer";
  /** Instead of the answer: what went wrong. */
  public static final String FAILED = "failed";

  /** Says that a part has arrived. */
  private static final String MORE = "more";

  /** What any kernel's buffers hold. */
  private static final int PART = 2048;

  private static final int LONGEST = 1 << 28;
  private static final Pattern HEAD = Pattern.compile(
      "(" + String.join("|", READY, RUN, FACTS, ANSWER, FAILED, MORE) + ") ([0-9]{1,9}) ([0-9a-f]{1,8})");

  /** One message. */
  public record Frame(String word, String text) {}

  private Frames() {}

  /** Sends a message in one go, as the guest may: its other side always reads. */
  public static void write(OutputStream out, String word, String text) throws IOException {
    byte[] body = compressed(text);
    out.write(head(word, body));
    out.write(body);
    out.write('\n');
    out.flush();
  }

  private static byte[] head(String word, byte[] body) {
    // The line may begin in the middle of something else.
    return ("\n" + word + " " + body.length + " " + Long.toHexString(checksum(body)) + "\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static long checksum(byte[] body) {
    CRC32 crc = new CRC32();
    crc.update(body);
    return crc.getValue();
  }

  /** Waits until the other side has got a part. */
  public interface Confirmation {
    void await() throws IOException;
  }

  /** Sends a message part by part. */
  static void writeInParts(OutputStream out, String word, String text, Confirmation confirmation) throws IOException {
    byte[] body = compressed(text);
    out.write(head(word, body));
    out.flush();
    for (int at = 0; at < body.length; at += PART) {
      if (at > 0) {
        confirmation.await();
      }
      out.write(body, at, Math.min(PART, body.length - at));
      out.flush();
    }
  }

  /** Whether this says that a part has arrived. */
  static boolean confirms(Frame frame) {
    return frame.word().equals(MORE);
  }

  /** Reads a message that comes in one go. */
  static Frame read(InputStream in) throws IOException {
    return read(in, PART, () -> { });
  }

  /** Reads a message that comes part by part, and says on {@code out} when each has arrived. */
  public static Frame readInParts(InputStream in, OutputStream out) throws IOException {
    return read(in, PART, () -> write(out, MORE, ""));
  }

  private static Frame read(InputStream in, int part, Confirmation confirmation) throws IOException {
    Matcher head = HEAD.matcher(line(in));
    while (!head.matches()) {
      head = HEAD.matcher(line(in));
    }
    int length = Integer.parseInt(head.group(2));
    if (length > LONGEST) {
      throw new IOException("a message of " + length + " bytes");
    }
    byte[] body = new byte[length];
    for (int at = 0; at < length; at += part) {
      if (at > 0) {
        confirmation.await();
      }
      int wanted = Math.min(part, length - at);
      if (in.readNBytes(body, at, wanted) < wanted) {
        throw new EOFException("the line was cut in the middle of a message");
      }
    }
    if (checksum(body) != Long.parseLong(head.group(3), 16)) {
      throw new IOException("a message was garbled on the line");
    }
    return new Frame(head.group(1), text(body));
  }

  private static byte[] compressed(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, deflater)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    } finally {
      deflater.end();
    }
    return bytes.toByteArray();
  }

  private static String text(byte[] compressed) throws IOException {
    try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(compressed))) {
      byte[] bytes = in.readNBytes(LONGEST);
      if (in.read() >= 0) {
        throw new IOException("a message of more than " + LONGEST + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the line was cut");
      }
      line.append((char) c);
    }
    return line.toString();
  }
}
