package io.github.pageferry.it.yaml;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one file, so that a user sees all of it at once. */
public final class Problems {

  /** After so many, the rest of a file is hardly worth reading. */
  private static final int ENOUGH = 50;

  private final String file;
  private final List<Problem> found = new ArrayList<>();

  public Problems(String file) {
    this.file = file;
  }

  /** The name of the file, as the user gave it. */
  public String file() {
    return file;
  }

  /** Takes note of a problem; see {@link Problem}. */
  public void add(int line, String field, String message) {
    found.add(new Problem(file, line, field, message));
    if (found.size() >= ENOUGH) {
      throwIfAny();
    }
  }

  public int count() {
    return found.size();
  }

  /** @throws BadInputException where there are any */
  public void throwIfAny() {
    if (!found.isEmpty()) {
      throw new BadInputException(found);
    }
  }
}
