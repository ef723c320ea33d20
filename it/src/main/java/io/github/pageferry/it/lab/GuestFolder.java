package io.github.pageferry.it.lab;

import io.github.pageferry.it.run.CannotRunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A folder for the files of one backend's guests. It goes with {@link #close}, with the JVM, or with the next such folder. */
final class GuestFolder implements AutoCloseable {

  private static final Pattern NAME = Pattern.compile("pageferry-lab-([0-9]+)-.*");

  /** A socket's path has no more room (unix(7)), its name is in the folder. */
  private static final int LONGEST_PATH = 90;

  private final Path path;
  private final Thread shutdownHook;

  GuestFolder() {
    Path parent = Path.of(System.getProperty("java.io.tmpdir"));
    String name = "pageferry-lab-" + ProcessHandle.current().pid() + "-";
    if ((parent + "/" + name).length() > LONGEST_PATH - 20) {
      parent = Path.of("/tmp");
    }
    try {
      removeLeftovers(parent);
      path = Files.createTempDirectory(parent, name);
    } catch (IOException e) {
      throw new CannotRunException("no folder for guests can be made in " + parent + ": " + e, e);
    }
    shutdownHook = new Thread(this::delete, "pageferry-lab-end");
    Runtime.getRuntime().addShutdownHook(shutdownHook);
  }

  /** Of processes that ended without a chance to do so. */
  private static void removeLeftovers(Path parent) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.list(parent)) {
      all = files.toList();
    }
    for (Path each : all) {
      Matcher name = NAME.matcher(each.getFileName().toString());
      if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty() && Files.isWritable(each)) {
        LabFolder.delete(each);
      }
    }
  }

  Path path() {
    return path;
  }

  private void delete() {
    try {
      LabFolder.delete(path);
    } catch (IOException e) {
      // the next such folder finds it
      return;
    }
  }

  @Override
  public void close() {
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException e) {
      // the JVM is shutting down
      return;
    }
  }
}
