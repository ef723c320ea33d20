package io.github.pageferry.it.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes an archive in the "new ASCII" format of cpio(5), which the kernel unpacks as its first root file system
 * (Documentation/driver-api/early-userspace/buffer-format.rst). Everything in it belongs to root. Folders that names go
 * through are added by themselves.
 */
final class Cpio implements AutoCloseable {

  private static final int FOLDER = 0040755;
  private static final int FILE = 0100644;
  private static final int PROGRAM = 0100755;
  private static final int LINK = 0120777;
  private static final int CHARACTER_DEVICE = 0020600;
  private static final int ALIGNMENT = 4;
  /** Class data archives know the jars they belong to by their times. */
  private static final long TIME = 1_700_000_000;

  private final OutputStream out;
  private final Set<String> folders = new HashSet<>();
  private int entries;
  private long written;

  /** @param out closed with this */
  Cpio(OutputStream out) {
    this.out = out;
  }

  /** Adds a folder and those that it is in. */
  void folder(String name) throws IOException {
    int slash = name.lastIndexOf('/');
    if (slash > 0) {
      folder(name.substring(0, slash));
    }
    if (folders.add(name)) {
      entry(name, FOLDER, new byte[0], 0, 0);
    }
  }

  private void parent(String name) throws IOException {
    int slash = name.lastIndexOf('/');
    if (slash > 0) {
      folder(name.substring(0, slash));
    }
  }

  /** Adds a file that a path leads to, executable where that one is. */
  void file(String name, Path from) throws IOException {
    file(name, Files.readAllBytes(from), Files.isExecutable(from));
  }

  void file(String name, byte[] content, boolean executable) throws IOException {
    parent(name);
    entry(name, executable ? PROGRAM : FILE, content, 0, 0);
  }

  /** Adds a symbolic link. */
  void link(String name, String target) throws IOException {
    parent(name);
    entry(name, LINK, target.getBytes(StandardCharsets.UTF_8), 0, 0);
  }

  /** Adds a character device of this number. */
  void device(String name, int major, int minor) throws IOException {
    parent(name);
    entry(name, CHARACTER_DEVICE, new byte[0], major, minor);
  }

  /**
   * Adds all that is in a folder; links in there stay links.
   *
   * @param prefix of the names: nothing, or the name of a folder with a slash
   */
  void contents(String prefix, Path from) throws IOException {
    try (Stream<Path> all = Files.list(from)) {
      for (Path each : all.sorted().toList()) {
        String below = prefix + each.getFileName();
        if (Files.isSymbolicLink(each)) {
          link(below, Files.readSymbolicLink(each).toString());
        } else if (Files.isDirectory(each)) {
          folder(below);
          contents(below + "/", each);
        } else {
          file(below, each);
        }
      }
    }
  }

  private void entry(String name, int mode, byte[] content, int major, int minor) throws IOException {
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    int links = (mode & 0170000) == (FOLDER & 0170000) ? 2 : 1;
    StringBuilder head = new StringBuilder("070701");
    long[] fields = {++entries, mode, 0, 0, links, TIME, content.length, 0, 0, major, minor, nameBytes.length + 1, 0};
    for (long field : fields) {
      head.append(String.format(Locale.ROOT, "%08X", field));
    }
    write(head.toString().getBytes(StandardCharsets.US_ASCII));
    write(nameBytes);
    write(new byte[1]);
    pad();
    write(content);
    pad();
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    written += bytes.length;
  }

  private void pad() throws IOException {
    write(new byte[(int) (-written & ALIGNMENT - 1)]);
  }

  /** Writes the end mark. */
  @Override
  public void close() throws IOException {
    entry("TRAILER!!!", 0, new byte[0], 0, 0);
    out.close();
  }
}
