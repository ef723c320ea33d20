package io.github.pageferry.it.cli;

import java.io.PrintWriter;

/** Where a command prints: results to standard output, progress and errors to standard error. */
final class Console {

  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintWriter out;
  private final PrintWriter err;
  private final Terminal terminal;
  private boolean progressShown;

  Console(PrintWriter out, PrintWriter err, Terminal terminal) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  Terminal terminal() {
    return terminal;
  }

  /** Prints a line of the result. */
  void line(String text) {
    clearProgress();
    out.println(text);
    out.flush();
  }

  /** Prints a line to standard error. */
  void error(String text) {
    clearProgress();
    err.println(text);
    err.flush();
  }

  /** Shows what is being done, on a terminal alone, until the next line is printed. */
  void progress(String text) {
    if (terminal.progress()) {
      err.print(CLEAR_LINE + text);
      err.flush();
      progressShown = true;
    }
  }

  void clearProgress() {
    if (progressShown) {
      err.print(CLEAR_LINE);
      err.flush();
      progressShown = false;
    }
  }

  /** A text in a colour, where standard output takes colours. */
  String coloured(Colour colour, String text) {
    return terminal.colours() ? "\u001b[" + colour.code + "m" + text + "\u001b[0m" : text;
  }

  /** Colours of the terminal. */
  enum Colour {
    RED(31),
    GREEN(32),
    YELLOW(33),
    BOLD(1);

    private final int code;

    Colour(int code) {
      this.code = code;
    }
  }
}
