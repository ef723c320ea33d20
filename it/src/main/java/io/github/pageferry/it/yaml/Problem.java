package io.github.pageferry.it.yaml;

/**
 * One thing that is wrong with an input file.
 *
 * @param file the file's name as the user gave it
 * @param line the line, from 1; 0 where the file as a whole is meant
 * @param field what is wrong, for example {@code step 3 (move), to}; may be empty
 * @param message what is wrong with it
 */
public record Problem(String file, int line, String field, String message) {

  /** {@code FILE:LINE: FIELD: MESSAGE}, as compilers write it. */
  @Override
  public String toString() {
    return file + (line > 0 ? ":" + line : "") + ": " + (field.isEmpty() ? "" : field + ": ") + message;
  }
}
