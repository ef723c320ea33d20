package io.github.pageferry.it.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Other JVMs that tests start. */
public final class Jvm {

  /** What the test's own classes come from; a test runner may have put it into the manifest of a jar. */
  public static final String CLASS_PATH =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

  private Jvm() {}

  /** The command that starts a small JVM with this main class. */
  public static List<String> command(String classPath, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-XX:+UseSerialGC"));
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}
