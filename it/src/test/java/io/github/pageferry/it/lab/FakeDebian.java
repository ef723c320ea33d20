package io.github.pageferry.it.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A machine's programs and an archive, as scripts and files in a folder: lists are copied, and a package is a text that names
 * the files in it.
 */
final class FakeDebian implements AutoCloseable {

  private static final String APT_GET = """
      #!/bin/sh
      echo "$@" >> ROOT/log
      for last; do :; done
      case "$*" in
        *indextargets*) cat ROOT/targets ;;
        *update) test ! -e ROOT/offline || { echo "E: no network"; exit 100; }
          cp ROOT/lists/* "$(dirname "$APT_CONFIG")/state/lists/" ;;
        *download*) test ! -e ROOT/offline || { echo "E: no network"; exit 100; }
          cp "ROOT/pool/${last%=*}.deb" . ;;
        *install*) cp "ROOT/pool/$last.deb" "$(dirname "$APT_CONFIG")/cache/archives/" ;;
      esac
      """;

  private static final String DPKG_DEB = """
      #!/bin/sh
      while read file; do
        mkdir -p "$3/$(dirname "$file")"
        echo "content of $file" > "$3/$file"
      done < "$2"
      """;

  final Path root;

  FakeDebian(Path root) {
    this.root = root;
    write("targets", "");
    write("log", "");
    write("keys.gpg", "keys");
    program("apt-get", APT_GET.replace("ROOT", root.toString()));
    program("apt-config", "#!/bin/sh\ncat " + root + "/settings\n");
    program("dpkg-deb", DPKG_DEB);
    program("busybox", "#!/bin/sh\nexit 1\n");
    write("settings", "");
    settings().forEach(setting -> System.setProperty(setting.substring(2, setting.indexOf('=')),
        setting.substring(setting.indexOf('=') + 1)));
  }

  /** What another JVM has to be told to be on this machine. */
  List<String> settings() {
    return List.of("-D" + Programs.PROPERTY + "=" + root.resolve("bin"),
        "-D" + AptState.KEYS_PROPERTY + "=" + root.resolve("keys.gpg"));
  }

  Path write(String name, String text) {
    try {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void program(String name, String script) {
    if (!write("bin/" + name, script).toFile().setExecutable(true)) {
      throw new IllegalStateException(name);
    }
  }

  void remove(String name) {
    try {
      Files.delete(root.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts packages into the only list. */
  void offer(DebianPackage... packages) {
    List<String> stanzas = new ArrayList<>();
    for (DebianPackage each : packages) {
      stanzas.add("Package: " + each.name() + "\nVersion: " + each.version() + "\nSHA256: " + each.sha256() + "\n");
    }
    write("lists/archive_Packages", String.join("\n", stanzas));
  }

  /** Puts a package into the pool. */
  DebianPackage build(String name, String version, String... files) {
    String text = Stream.of(files).map(file -> file + "\n").collect(Collectors.joining());
    try {
      return new DebianPackage(name, version, 0, AptState.sha256(write("pool/" + name + ".deb", text)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The calls of apt-get that have this word. */
  List<String> calls(String word) {
    try {
      return Files.readAllLines(root.resolve("log")).stream().filter(line -> List.of(line.split(" ")).contains(word)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    System.clearProperty(Programs.PROPERTY);
    System.clearProperty(AptState.KEYS_PROPERTY);
    System.clearProperty(AptState.PROPERTY);
  }
}
