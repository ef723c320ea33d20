package io.github.pageferry.it.report;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes elements that are well-formed XML and HTML alike. Every text and every attribute's value is escaped; what XML
 * cannot hold at all, control characters and halves of surrogate pairs, becomes U+FFFD.
 */
final class Markup {

  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /** Begins with a line that is no element: a declaration. */
  Markup(String declaration) {
    out.append(declaration).append('\n');
  }

  /**
   * Opens an element.
   *
   * @param attributes names, each with the value after it
   */
  Markup open(String tag, String... attributes) {
    start(tag, attributes);
    out.append('>');
    open.push(tag);
    return this;
  }

  /** Closes the element that was opened last. */
  Markup close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** Breaks the line, where white space means nothing. */
  Markup line() {
    out.append('\n');
    return this;
  }

  /** An element with a text in it. */
  Markup element(String tag, String text, String... attributes) {
    return open(tag, attributes).text(text).close();
  }

  /** An element that never has anything in it, such as {@code meta}. */
  Markup empty(String tag, String... attributes) {
    start(tag, attributes);
    out.append("/>");
    return this;
  }

  Markup text(String text) {
    escape(text, false);
    return this;
  }

  /** A style sheet of our own, which needs no escaping. */
  Markup style(String css) {
    if (css.contains("<") || css.contains("&")) {
      throw new IllegalArgumentException("a style sheet that XML and HTML read differently");
    }
    out.append("<style>\n").append(css).append("</style>");
    return this;
  }

  private void start(String tag, String... attributes) {
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1], true);
      out.append('"');
    }
  }

  private void escape(String text, boolean inAttribute) {
    text.codePoints().forEach(c -> {
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append(inAttribute ? "&quot;" : "\"");
        case '\n' -> out.append(inAttribute ? "&#10;" : "\n");
        case '\t' -> out.append(inAttribute ? "&#9;" : "\t");
        default -> out.appendCodePoint(isAllowed(c) ? c : 0xfffd);
      }
    });
  }

  /** XML 1.0's Char, without what HTML replaces. */
  private static boolean isAllowed(int c) {
    return c >= ' ' && c < 0x7f || c >= 0xa0 && c < 0xd800 || c >= 0xe000 && c < 0xfffe || c >= 0x10000;
  }

  /** The whole text; all elements have to be closed. */
  String end() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("still open: " + open);
    }
    return out.append('\n').toString();
  }
}
