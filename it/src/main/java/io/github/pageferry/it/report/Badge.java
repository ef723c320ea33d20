package io.github.pageferry.it.report;

import io.github.pageferry.it.run.Verdict.Kind;
import java.util.Locale;

/** What came of a workload as a word with a sign and a colour. */
final class Badge {

  private Badge() {}

  static void write(Markup html, Kind kind, String more) {
    html.open("span", "class", "badge " + style(kind));
    html.element("span", sign(kind), "class", "sign", "aria-hidden", "true");
    html.element("span", word(kind) + more, "class", "word");
    html.close();
  }

  static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** The class of a kind in the style sheet. */
  static String style(Kind kind) {
    return word(kind);
  }

  private static String sign(Kind kind) {
    return switch (kind) {
      case EQUIVALENT -> "=";
      case DIVERGED -> "≠";
      case SKIPPED -> "–";
      case BROKEN -> "!";
    };
  }
}
