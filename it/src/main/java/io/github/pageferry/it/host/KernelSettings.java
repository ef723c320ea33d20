package io.github.pageferry.it.host;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Settings of the machine that are changed for a while: {@link #close} puts back what stood there. */
final class KernelSettings implements AutoCloseable {

  private record Saved(Path file, String value) {}

  private final Deque<Saved> saved = new ArrayDeque<>();

  /**
   * Sets a value, unless it is so already.
   *
   * @return whether the file holds it now
   */
  boolean set(Path file, String value) {
    String before = KernelFile.read(file).map(KernelSettings::chosen).orElse(null);
    if (before == null) {
      return false;
    }
    if (before.equals(value)) {
      return true;
    }
    saved.push(new Saved(file, before));
    return KernelFile.write(file, value) == 0
        && KernelFile.read(file).map(KernelSettings::chosen).orElse("").equals(value);
  }

  /** Of files that list their choices, {@code "always [madvise] never"}, the one that is chosen. */
  static String chosen(String text) {
    int open = text.indexOf('[');
    int close = text.indexOf(']');
    return open >= 0 && close > open ? text.substring(open + 1, close) : text;
  }

  /**
   * Puts the values back, the last one changed first.
   *
   * @throws IllegalStateException naming those that could not be put back
   */
  @Override
  public void close() {
    List<String> failed = new ArrayList<>();
    while (!saved.isEmpty()) {
      Saved last = saved.pop();
      long result = KernelFile.write(last.file, last.value);
      if (result < 0) {
        failed.add("'" + last.value + "' into " + last.file + " (" + Errnos.name(result) + ")");
      }
    }
    if (!failed.isEmpty()) {
      throw new IllegalStateException("could not put back " + String.join(", ", failed));
    }
  }
}
