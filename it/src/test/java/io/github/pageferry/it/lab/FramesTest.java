package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FramesTest {

  private static byte[] written(String word, String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Frames.write(out, word, text);
    return out.toByteArray();
  }

  @Test
  void messagesAreReadAsTheyWereWritten() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    line.write(written("ready", ""));
    line.write("noise of the firmware 12 ab\n\n".getBytes(StandardCharsets.US_ASCII));
    line.write(written("answer", "a: 1\nb: \u00fc\n"));
    ByteArrayInputStream in = new ByteArrayInputStream(line.toByteArray());
    assertThat(Frames.read(in)).isEqualTo(new Frames.Frame("ready", ""));
    assertThat(Frames.read(in)).isEqualTo(new Frames.Frame("answer", "a: 1\nb: \u00fc\n"));
    assertThatThrownBy(() -> Frames.read(in)).isInstanceOf(EOFException.class);
  }

  @Test
  void ofALongMessageAPartIsSentWhenTheOneBeforeHasArrived() throws IOException {
    String text = incompressible(10_000);
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int[] confirmed = {0};
    int[] longest = {0};
    int[] before = {0};
    Frames.writeInParts(line, "run", text, () -> {
      longest[0] = Math.max(longest[0], line.size() - before[0]);
      before[0] = line.size();
      confirmed[0]++;
    });
    ByteArrayOutputStream back = new ByteArrayOutputStream();
    assertThat(Frames.readInParts(new ByteArrayInputStream(line.toByteArray()), back).text()).isEqualTo(text);
    assertThat(confirmed[0]).isBetween(2, 4);
    assertThat(longest[0]).isLessThan(4096);
    ByteArrayInputStream confirmations = new ByteArrayInputStream(back.toByteArray());
    for (int i = 0; i < confirmed[0]; i++) {
      assertThat(Frames.confirms(Frames.read(confirmations))).isTrue();
    }
    assertThatThrownBy(() -> Frames.read(confirmations)).isInstanceOf(EOFException.class);
  }

  @Test
  void whatSaysTheSameOverAndOverIsShortOnTheLine() throws IOException {
    String text = "ENOENT, ".repeat(100_000);
    byte[] line = written("answer", text);
    assertThat(line).hasSizeLessThan(text.length() / 100);
    assertThat(Frames.read(new ByteArrayInputStream(line)).text()).isEqualTo(text);
  }

  private static String incompressible(int length) {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) (' ' + random.nextInt('~' - ' ')));
    }
    return text.toString();
  }

  @Test
  void aMessageThatWasGarbledIsRefused() throws IOException {
    byte[] line = written("answer", "a: 1\n");
    line[line.length - 3] ^= 1;
    assertThatThrownBy(() -> Frames.read(new ByteArrayInputStream(line))).hasMessage("a message was garbled on the line");
  }

  @Test
  void aMessageThatWasCutIsNoMessage() throws IOException {
    byte[] line = written("answer", "a: 1\n");
    assertThatThrownBy(() -> Frames.read(new ByteArrayInputStream(line, 0, line.length - 3))).isInstanceOf(EOFException.class);
  }
}
