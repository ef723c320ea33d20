package io.github.pageferry.it.cli.doctor;

import java.util.List;
import java.util.Locale;

/**
 * One thing that was looked at.
 *
 * @param subject what, in a word or two
 * @param level how it is
 * @param says what was found
 * @param remedies lines to type or to write into a configuration, each complete; none where nothing is to be done
 */
record Finding(String subject, Level level, String says, List<String> remedies) {

  Finding {
    remedies = List.copyOf(remedies);
  }

  /** How something is. */
  enum Level {
    /** As wanted. */
    WORKS,
    /** It works, but with consequences that one should know. */
    NOTE,
    /** It does not work. */
    FAILS;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Finding works(String subject, String says) {
    return new Finding(subject, Level.WORKS, says, List.of());
  }

  static Finding note(String subject, String says, String... remedies) {
    return new Finding(subject, Level.NOTE, says, List.of(remedies));
  }

  static Finding fails(String subject, String says, List<String> remedies) {
    return new Finding(subject, Level.FAILS, says, remedies);
  }
}
