package io.github.pageferry.linux;

import io.github.pageferry.NodeSet;
import java.util.Optional;

/** The small formats that the kernel's text files share. Text that is none of them is empty, never an exception. */
final class KernelText {

  private KernelText() {}

  /** A decimal number that fits a long, blanks around it ignored. */
  static Optional<Long> number(String text) {
    try {
      return Optional.of(Long.parseLong(text.strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** A decimal number that fits an int. */
  static Optional<Integer> integer(String text) {
    return number(text).filter(n -> n == (int) (long) n).map(Long::intValue);
  }

  /** A list of nodes or CPUs, {@code 0-3,8}. */
  static Optional<NodeSet> nodes(String text) {
    try {
      return Optional.of(NodeSet.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Of {@code always [madvise] never} the word in brackets. */
  static Optional<String> selected(String text) {
    int open = text.indexOf('[');
    int close = text.indexOf(']', open + 1);
    return open < 0 || close < 0 ? Optional.empty() : Optional.of(text.substring(open + 1, close));
  }

  /** A name in which the kernel wrote blanks and the like as {@code \\040}, three octal digits. */
  static String unescape(String name) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      Optional<Character> escaped = name.charAt(i) == '\\' ? octal(name, i + 1) : Optional.empty();
      text.append(escaped.orElse(name.charAt(i)).charValue());
      i += escaped.isPresent() ? 3 : 0;
    }
    return text.toString();
  }

  private static Optional<Character> octal(String text, int at) {
    if (at + 3 > text.length() || !text.substring(at, at + 3).matches("[0-3][0-7][0-7]")) {
      return Optional.empty();
    }
    return Optional.of((char) Integer.parseInt(text.substring(at, at + 3), 8));
  }

  /**
   * The amount of a line {@code KEY:   123 kB} of a meminfo file, in bytes.
   *
   * @param key with what stands before it, for example {@code "Node 0 MemTotal"}
   */
  static Optional<Long> meminfoBytes(String text, String key) {
    return text.lines()
        .filter(line -> line.startsWith(key + ":"))
        .map(line -> line.substring(key.length() + 1).strip())
        .filter(value -> value.endsWith(" kB"))
        .flatMap(value -> number(value.substring(0, value.length() - 3)).stream())
        .filter(kilobytes -> kilobytes >= 0 && kilobytes <= Long.MAX_VALUE / 1024)
        .map(kilobytes -> kilobytes * 1024)
        .findFirst();
  }
}
