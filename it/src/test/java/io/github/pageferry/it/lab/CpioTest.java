package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpioTest {

  @TempDir
  private Path dir;

  /** Names with their modes, devices and contents, read by the format's fields: 13 numbers of 8 digits after a magic one. */
  private static Map<String, String> read(byte[] archive) {
    Map<String, String> entries = new LinkedHashMap<>();
    int at = 0;
    while (true) {
      assertThat(at % 4).isZero();
      String head = new String(archive, at, 110, StandardCharsets.US_ASCII);
      assertThat(head).startsWith("070701");
      int[] fields = new int[13];
      for (int i = 0; i < fields.length; i++) {
        fields[i] = Integer.parseUnsignedInt(head.substring(6 + 8 * i, 14 + 8 * i), 16);
      }
      String name = new String(archive, at + 110, fields[11] - 1, StandardCharsets.UTF_8);
      int content = at + 110 + fields[11] + 3 & ~3;
      at = content + fields[6] + 3 & ~3;
      if (name.equals("TRAILER!!!")) {
        assertThat(at).isEqualTo(archive.length);
        return entries;
      }
      String device = fields[9] == 0 ? "" : " " + fields[9] + ":" + fields[10];
      entries.put(name, Integer.toOctalString(fields[1]) + device + " "
          + new String(archive, content, fields[6], StandardCharsets.UTF_8));
    }
  }

  @Test
  void holdsFoldersFilesLinksAndDevices() throws IOException {
    Path program = Files.writeString(Files.createDirectories(dir.resolve("a/b")).resolve("run"), "#!\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(dir.resolve("a/text"), "12345");
    Files.createSymbolicLink(dir.resolve("a/link"), Path.of("b/run"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Cpio cpio = new Cpio(out)) {
      cpio.device("dev/console", 5, 1);
      cpio.contents("", dir);
      cpio.file("a/more", new byte[0], false);
    }
    assertThat(read(out.toByteArray())).containsExactly(
        Map.entry("dev", "40755 "),
        Map.entry("dev/console", "20600 5:1 "),
        Map.entry("a", "40755 "),
        Map.entry("a/b", "40755 "),
        Map.entry("a/b/run", "100755 #!\n"),
        Map.entry("a/link", "120777 b/run"),
        Map.entry("a/text", "100644 12345"),
        Map.entry("a/more", "100644 "));
  }
}
