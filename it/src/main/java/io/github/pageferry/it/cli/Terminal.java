package io.github.pageferry.it.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a person looks at what is printed.
 *
 * @param colours whether standard output takes colours
 * @param progress whether standard error shows progress
 */
public record Terminal(boolean colours, boolean progress) {

  /** Nobody looks: plain text, no progress. */
  public static final Terminal NONE = new Terminal(false, false);

  /** What standard output and standard error are; {@code NO_COLOR} and {@code TERM=dumb} are respected. */
  public static Terminal detect() {
    boolean dumb = "dumb".equals(System.getenv("TERM"));
    String noColour = System.getenv("NO_COLOR");
    boolean colours = noColour == null || noColour.isEmpty();
    return new Terminal(colours && !dumb && isTerminal(1), !dumb && isTerminal(2));
  }

  /** System.console() answers for input and output together, and since JDK 22 even where there is no terminal. */
  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
