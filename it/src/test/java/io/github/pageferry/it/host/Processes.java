package io.github.pageferry.it.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What /proc says of processes. */
final class Processes {

  /** Stands for descriptors that were closed while the list was made. */
  static final String CLOSED_MEANWHILE = "closed meanwhile";

  private Processes() {}

  /** The state letter of proc_pid_stat(5). */
  static char state(long pid) {
    String stat = KernelFile.read(Path.of("/proc/" + pid + "/stat")).orElse(") X");
    return stat.charAt(stat.lastIndexOf(')') + 2);
  }

  static Set<String> openPipes(long pid) {
    return openFiles(pid).stream()
        .filter(file -> file.startsWith("pipe:"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What the descriptors of a process stand for: paths, {@code pipe:[123]} and the like. */
  static Set<String> openFiles(long pid) {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return descriptors.map(Processes::target).collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return CLOSED_MEANWHILE;
    }
  }
}
