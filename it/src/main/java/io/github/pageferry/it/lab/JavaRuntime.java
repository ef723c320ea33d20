package io.github.pageferry.it.lab;

import io.github.pageferry.it.run.CannotRunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The Java runtime of guests: this JVM's own, linked down to what the harness needs, and the libraries of this machine that
 * it cannot do without.
 */
final class JavaRuntime {

  /** What the harness and its libraries use; the API emits flight recorder events. */
  private static final String MODULES = "java.base,java.logging,jdk.jfr,jdk.unsupported";

  private static final Path HOME = Path.of(System.getProperty("java.home"));

  /** Of ldd's lines: {@code libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f…)}. */
  private static final Pattern LIBRARY = Pattern.compile("\\s*(?:\\S+ => )?(/\\S+) \\(0x[0-9a-f]+\\)");

  /** Counts what the folders have been like: older ones in the cache are of no use. */
  private static final int LAYOUT = 2;

  /** Of the folder that the runtime is in. */
  private static final String RUNTIME = "jre";

  private final LabFolder cache;

  JavaRuntime(LabFolder cache) {
    this.cache = cache;
  }

  /** What this JVM lacks to make one, with the way out; empty where it can. */
  static Optional<String> lacks() {
    if (!System.getProperty("os.name", "").equals("Linux") || !System.getProperty("os.arch", "").equals("amd64")) {
      return Optional.of("guests run this machine's Java, so that it has to be Linux on x86-64");
    }
    return Files.isExecutable(jlink()) ? Optional.empty()
        : Optional.of("the Java in " + HOME + " has no jlink: apt-get install openjdk-17-jdk-headless, or set JAVA_HOME"
            + " to a JDK");
  }

  private static Path jlink() {
    return HOME.resolve("bin/jlink");
  }

  /** The folder with what guests need to run Java, which goes to the root of their file system. */
  Path folder() {
    lacks().ifPresent(reason -> {
      throw new CannotRunException("the lab cannot make its guests' Java: " + reason);
    });
    String name = Runtime.version() + "-" + System.getProperty("java.vendor", "") + "-" + LAYOUT;
    return cache.folder("java/" + name.replaceAll("[^A-Za-z0-9.+-]+", "_"), JavaRuntime::link);
  }

  /** Makes a folder with the runtime in {@code jre} and libraries at the paths that they have on this machine. */
  private static void link(Path folder) throws IOException {
    Path runtime = folder.resolve(RUNTIME);
    Programs.succeed(folder, Map.of("JAVA_HOME", HOME.toString()), List.of(jlink().toString(), "--add-modules", MODULES,
        "--strip-debug", "--no-man-pages", "--no-header-files", "--compress=0", "--output", runtime.toString()));
    // with the classes in the form that is mapped, half of a JVM's start is saved
    Programs.succeed(folder, runtime.resolve("bin/java").toString(), "-XX:+UseSerialGC", "-Xshare:dump");
    for (Path library : libraries(runtime)) {
      Path copy = folder.resolve(library.toString().substring(1));
      Files.createDirectories(copy.getParent());
      Files.copy(library, copy);
    }
  }

  /** The shared libraries that the runtime needs, and the loader. */
  private static Set<Path> libraries(Path runtime) throws IOException {
    List<String> command = new ArrayList<>(List.of("ldd", runtime.resolve("bin/java").toString()));
    try (Stream<Path> all = Files.walk(runtime)) {
      all.map(Path::toString).filter(path -> path.endsWith(".so")).forEach(command::add);
    }
    Set<Path> found = new TreeSet<>();
    Programs.succeed(runtime, Map.of(), command).lines().forEach(line -> {
      Matcher library = LIBRARY.matcher(line);
      if (library.matches() && !Path.of(library.group(1)).startsWith(runtime)) {
        found.add(Path.of(library.group(1)));
      }
    });
    return found;
  }
}
