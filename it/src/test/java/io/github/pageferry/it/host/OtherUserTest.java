package io.github.pageferry.it.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherUserTest {

  @Test
  void callsOfAUserWhoCannotReadTheClassPathAreMade(@TempDir Path folder) throws Exception {
    Path secret = Files.createDirectory(folder.resolve("secret"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Process jvm = new ProcessBuilder(Jvm.command(copied(secret), OtherUserProgram.class))
        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String line = jvm.inputReader().readLine();
    assumeFalse(line != null && line.startsWith("needs "), line);
    assertThat(line).isEqualTo("0 0 0 -1 -1 -22 -1");
    assertThat(jvm.waitFor()).isZero();
  }

  /** A class path like this one's, its folders lying in that one. */
  private static String copied(Path folder) {
    return Stream.of(Jvm.CLASS_PATH.split(File.pathSeparator))
        .map(Path::of)
        .map(entry -> Files.isDirectory(entry) ? copy(entry, folder) : entry)
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Path copy(Path from, Path folder) {
    Path to = folder.resolve(Integer.toString(folder.toFile().list().length));
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path entry : walk.toList()) {
        Files.copy(entry, to.resolve(from.relativize(entry)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return to;
  }
}
