package io.github.pageferry.it.lab;

import io.github.pageferry.it.run.CannotRunException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Programs that the lab needs: the machine's own, else from Debian packages that are unpacked into the cache. What was
 * unpacked runs through its own loader with its own libraries, so that it does not matter what the machine has.
 */
final class Tools {

  static final String EMULATOR = "qemu-system-x86_64";

  private static final String BUSYBOX = "busybox";

  /** The Debian packages that programs are in. */
  private static final Map<String, String> NEEDED = new TreeMap<>(Map.of(
      EMULATOR, "qemu-system-x86", BUSYBOX, "busybox-static", "mke2fs", "e2fsprogs", "mkfs.vfat", "dosfstools"));

  /** Those of Fedora, where they are not called as the program. */
  private static final Map<String, String> FEDORA =
      Map.of(EMULATOR, "qemu-system-x86-core", "mke2fs", "e2fsprogs", "mkfs.vfat", "dosfstools");

  private static final String FOLDER = "tools/";

  /** Debian's architecture, as its library folders are named. */
  private static final String LIBRARIES = "x86_64-linux-gnu";

  private final LabFolder cache;
  private final AptState apt;

  Tools(LabFolder cache) {
    this.cache = cache;
    apt = new AptState(cache, "tools", Suite.of("bookworm"));
  }

  /**
   * How to start a program.
   *
   * @param command its first words
   * @param environment what it needs there
   */
  record Tool(List<String> command, Map<String, String> environment) {}

  /** A busybox that needs no libraries. */
  Path busybox() {
    Optional<Path> installed = Programs.find(BUSYBOX).filter(Tools::isStatic);
    return installed.orElseGet(() -> fetched("busybox-static", BUSYBOX).resolve("bin/busybox"));
  }

  private static boolean isStatic(Path program) {
    try {
      byte[] content = Files.readAllBytes(program);
      // one that wants a loader names it
      return !new String(content, 0, Math.min(content.length, 4096), StandardCharsets.ISO_8859_1).contains("ld-linux");
    } catch (IOException e) {
      return false;
    }
  }

  Tool emulator() {
    Optional<Path> installed = Programs.find(EMULATOR);
    if (installed.isPresent()) {
      return new Tool(List.of(installed.get().toString()), Map.of());
    }
    Path root = fetched("qemu-system-x86", EMULATOR);
    List<String> command = new ArrayList<>(unpacked(root, "usr/bin/" + EMULATOR));
    command.addAll(List.of("-L", root + "/usr/share/qemu", "-L", root + "/usr/share/seabios"));
    return new Tool(command, Map.of("QEMU_MODULE_DIR", root + "/usr/lib/" + LIBRARIES + "/qemu"));
  }

  Tool mke2fs() {
    return formatter("e2fsprogs", "mke2fs");
  }

  Tool mkfsVfat() {
    return formatter("dosfstools", "mkfs.vfat");
  }

  private Tool formatter(String debianPackage, String program) {
    return Programs.find(program).map(path -> new Tool(List.of(path.toString()), Map.of()))
        .orElseGet(() -> new Tool(unpacked(fetched(debianPackage, program), "sbin/" + program), Map.of()));
  }

  private static List<String> unpacked(Path root, String program) {
    Path file = Stream.of(root.resolve(program), root.resolve("usr").resolve(program)).filter(Files::exists).findFirst()
        .orElseThrow(() -> new CannotRunException("no " + program + " in " + root));
    String libraries = root + "/lib/" + LIBRARIES + ":" + root + "/usr/lib/" + LIBRARIES;
    return List.of(root + "/lib64/ld-linux-x86-64.so.2", "--library-path", libraries, file.toString());
  }

  private Path fetched(String debianPackage, String program) {
    if (!isHere(debianPackage) && AptState.lacks().isPresent()) {
      throw new CannotRunException(missing(debianPackage, program) + "; it cannot be fetched: " + AptState.lacks().get());
    }
    return cache.folder(FOLDER + debianPackage, folder -> {
      apt.update();
      apt.unpackWithDependencies(Set.of(debianPackage), folder);
    });
  }

  private boolean isHere(String debianPackage) {
    return Files.isDirectory(cache.resolve(FOLDER + debianPackage));
  }

  /** What neither the machine nor the cache has, with the way to get it. */
  List<String> missing() {
    List<String> missing = new ArrayList<>();
    NEEDED.forEach((program, debianPackage) -> {
      boolean installed = Programs.find(program).filter(path -> !program.equals(BUSYBOX) || isStatic(path)).isPresent();
      if (!installed && !isHere(debianPackage)) {
        missing.add(missing(debianPackage, program));
      }
    });
    return missing;
  }

  private static String missing(String debianPackage, String program) {
    return "the lab needs " + program + (program.equals(BUSYBOX) ? ", statically linked" : "") + ": apt-get install"
        + " --no-install-recommends " + debianPackage + " (Fedora: dnf install " + FEDORA.getOrDefault(program, program) + ")";
  }
}
