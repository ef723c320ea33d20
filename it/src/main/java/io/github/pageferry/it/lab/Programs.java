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
import java.util.stream.Stream;

/** Programs of the machine that are run to their end. */
final class Programs {

  /** Where programs are instead, as a system property: folders, parted by colons. For tests. */
  static final String PROPERTY = "pageferry.lab.path";

  private static final int LINES_OF_A_FAILURE = 12;

  private Programs() {}

  /** Where a program of this name is: on the PATH, or where administrators' programs are. */
  static Optional<Path> find(String name) {
    String instead = System.getProperty(PROPERTY);
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    String all = instead != null ? instead : path + ":/usr/bin:/usr/sbin:/bin:/sbin";
    return Stream.of(all.split(":"))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * How a program ended.
   *
   * @param status its exit status
   * @param output what it printed, errors among it
   */
  record Ended(int status, String output) {

    /** The last lines of what it printed. */
    String end() {
      List<String> lines = output.strip().lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_OF_A_FAILURE), lines.size()));
    }
  }

  /** Runs a program in a folder, without input, with more variables in its environment. */
  static Ended run(Path folder, Map<String, String> environment, List<String> command) {
    List<String> found = new ArrayList<>(command);
    find(command.get(0)).ifPresent(program -> found.set(0, program.toAbsolutePath().toString()));
    ProcessBuilder builder = new ProcessBuilder(found).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().put("LC_ALL", "C.UTF-8");
    try {
      Process process = builder.start();
      try {
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CannotRunException("interrupted while " + command.get(0) + " was running", e);
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new CannotRunException(command.get(0) + " cannot be run: " + e.getMessage(), e);
    }
  }

  /**
   * The same for what has to succeed.
   *
   * @return what it printed
   * @throws CannotRunException where it does not end with 0, with the end of what it printed
   */
  static String succeed(Path folder, Map<String, String> environment, List<String> command) {
    Ended ended = run(folder, environment, command);
    if (ended.status() != 0) {
      throw new CannotRunException("'" + String.join(" ", command) + "' failed (" + ended.status() + "):\n" + ended.end());
    }
    return ended.output();
  }

  static String succeed(Path folder, String... command) {
    return succeed(folder, Map.of(), List.of(command));
  }

  /** A command with further arguments. */
  static List<String> with(List<String> command, String... further) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(further));
    return all;
  }
}
