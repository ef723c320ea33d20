package io.github.pageferry.it.run;

/** Texts as words of a command line that a shell reads (POSIX, Shell Command Language, 2.2). */
public final class ShellWord {

  private ShellWord() {}

  /** The text as it is where no shell would read anything into it, else in single quotes. */
  public static String of(String text) {
    return text.matches("[A-Za-z0-9_./:@=,+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
