package io.github.pageferry.it.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The modules that a guest wants, of those that a kernel's packages hold. Debian's packages have no modules.dep: what a
 * module depends on stands in its own {@code .modinfo}.
 */
final class KernelModules {

  /** RAM disks, and what file systems on them need; some kernels have a few of them built in. */
  private static final List<String> WANTED = List.of("brd", "ext4", "crc32c_generic", "vfat", "nls_cp437", "nls_ascii");

  private static final String PLAIN = ".ko";
  private static final String COMPRESSED = ".ko.xz";
  private static final byte[] DEPENDS = "depends=".getBytes(StandardCharsets.US_ASCII);

  private final Map<String, Path> files = new TreeMap<>();
  private final Path busybox;
  /** By name, in the order in which they have to be loaded. */
  private final Map<String, byte[]> chosen = new LinkedHashMap<>();

  private KernelModules(Path busybox) {
    this.busybox = busybox;
  }

  /**
   * Writes the wanted ones into a folder, decompressed and named so that their alphabetic order is the one to load them in.
   *
   * @param unpacked where a kernel's packages have been unpacked
   * @param busybox unpacks what is compressed
   */
  static void choose(Path unpacked, Path busybox, Path into) throws IOException {
    KernelModules modules = new KernelModules(busybox);
    try (Stream<Path> all = Files.walk(unpacked)) {
      all.filter(path -> path.toString().endsWith(PLAIN) || path.toString().endsWith(COMPRESSED)).forEach(modules::add);
    }
    for (String name : WANTED) {
      modules.choose(name);
    }
    Files.createDirectories(into);
    int number = 10;
    for (Map.Entry<String, byte[]> module : modules.chosen.entrySet()) {
      Files.write(into.resolve(number++ + "-" + module.getKey() + PLAIN), module.getValue());
    }
  }

  private void add(Path file) {
    files.put(name(file.getFileName().toString().replaceAll("\\.ko(\\.xz)?$", "")), file);
  }

  private static String name(String text) {
    return text.replace('-', '_');
  }

  private void choose(String name) throws IOException {
    Path file = files.get(name);
    if (file == null || chosen.containsKey(name)) {
      // what is not a module is built in, or the guest has to do without
      return;
    }
    byte[] content = file.toString().endsWith(COMPRESSED) ? decompress(file) : Files.readAllBytes(file);
    for (String needed : depends(content)) {
      choose(name(needed));
    }
    chosen.put(name, content);
  }

  private byte[] decompress(Path file) throws IOException {
    Process process = new ProcessBuilder(busybox.toString(), "unxz", "-c", file.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD).start();
    process.getOutputStream().close();
    byte[] content = process.getInputStream().readAllBytes();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(file + " cannot be decompressed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + file + " was decompressed", e);
    }
    return content;
  }

  /** The names after {@code depends=}, which a zero byte ends. */
  static List<String> depends(byte[] module) {
    for (int at = 1; at + DEPENDS.length < module.length; at++) {
      if (module[at - 1] == 0 && startsWith(module, at)) {
        int begin = at + DEPENDS.length;
        int end = begin;
        while (end < module.length && module[end] != 0) {
          end++;
        }
        String names = new String(module, begin, end - begin, StandardCharsets.US_ASCII);
        return names.isEmpty() ? List.of() : List.of(names.split(","));
      }
    }
    return List.of();
  }

  private static boolean startsWith(byte[] module, int at) {
    for (int i = 0; i < DEPENDS.length; i++) {
      if (module[at + i] != DEPENDS[i]) {
        return false;
      }
    }
    return true;
  }
}
