package io.github.pageferry.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Reads small files of the kernel beneath a root folder, which is {@code /} but in tests. Parses nothing. */
class HostFiles {

  private final Path root;

  HostFiles(Path root) {
    this.root = root;
  }

  /** Those of this host. */
  static HostFiles ofHost() {
    return new HostFiles(Path.of("/"));
  }

  /**
   * The file's text.
   *
   * @param path absolute, as on the host
   * @throws IOException where it is not there, may not be read, or its device has just gone
   */
  String read(String path) throws IOException {
    // Not Files.readString: a mapped file's name need not be valid UTF-8.
    return new String(Files.readAllBytes(resolve(path)), StandardCharsets.UTF_8);
  }

  /** The file's text, or empty where it cannot be read for whatever reason. */
  Optional<String> tryRead(String path) {
    try {
      return Optional.of(read(path));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The names in a folder, sorted; none where it cannot be read. */
  List<String> list(String path) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(resolve(path))) {
      entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
    } catch (IOException | DirectoryIteratorException e) {
      return List.of();
    }
    Collections.sort(names);
    return names;
  }

  boolean exists(String path) {
    return Files.exists(resolve(path));
  }

  private Path resolve(String path) {
    return root.resolve(path.substring(1));
  }
}
