package io.github.pageferry.it.yaml;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Parts of YAML documents as text. */
public final class YamlText {

  /** Lines are broken before this column where they can be. */
  public static final int WIDTH = 116;

  /** What needs no quotes inside a list or mapping in brackets, nor outside one. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_+./ -]*");

  /** What needs none outside. */
  private static final Pattern PLAIN_BLOCK = Pattern.compile("([A-Za-z_]|[0-9]+ )[A-Za-z0-9_+./()' ;,=-]*");

  /** What some reader of YAML takes for something else than a text. */
  private static final Set<String> NOT_TEXTS =
      Set.of("true", "false", "null", "yes", "no", "on", "off");

  private YamlText() {}

  /** A text inside a list or mapping in brackets, quoted where it has to be. */
  public static String scalar(String text) {
    return plainWhere(PLAIN, text) ? text : quoted(text);
  }

  /** A text outside of brackets, quoted where it has to be. */
  public static String blockScalar(String text) {
    return plainWhere(PLAIN_BLOCK, text) ? text : quoted(text);
  }

  private static boolean plainWhere(Pattern plain, String text) {
    return plain.matcher(text).matches() && !text.endsWith(" ") && !NOT_TEXTS.contains(text.toLowerCase(Locale.ROOT));
  }

  /** A text in double quotes. */
  public static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        default -> {
          boolean ascii = c >= ' ' && c < 0x7f;
          boolean printable = c >= 0xa0 && c < 0xfffe && c != '\u2028' && c != '\u2029' && c != '\ufeff';
          out.append(ascii || printable ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
      }
    }
    return out.append('"').toString();
  }

  /**
   * A list in brackets; where it does not fit one line, it goes on in further ones.
   *
   * @param column where it begins
   * @param indent of the lines after the first
   */
  public static String list(List<String> items, int column, int indent) {
    String oneLine = "[" + String.join(", ", items) + "]";
    // The brackets of the list and of the mapping around it stand on its last line.
    return column + oneLine.length() < WIDTH ? oneLine : "[" + filled(items, column + 1, indent, 2) + "]";
  }

  /**
   * A list in brackets; where it does not fit one line, all its items stand in lines of their own.
   *
   * @param column where it begins
   * @param indent of these lines
   */
  public static String listBelow(List<String> items, int column, int indent) {
    String oneLine = "[" + String.join(", ", items) + "]";
    String below = "\n" + " ".repeat(indent);
    // Recorded traces do not count the brackets.
    return column + oneLine.length() <= WIDTH ? oneLine : "[" + below + filled(items, indent, indent, 0) + "]";
  }

  private static String filled(List<String> items, int column, int indent, int tail) {
    StringBuilder out = new StringBuilder();
    int at = column;
    for (int i = 0; i < items.size(); i++) {
      int length = items.get(i).length() + (i < items.size() - 1 ? 1 : tail);
      if (i > 0 && at + 1 + length > WIDTH) {
        out.append(",\n").append(" ".repeat(indent));
        at = indent;
      } else if (i > 0) {
        out.append(", ");
        at++;
      }
      out.append(items.get(i));
      at += length;
    }
    return out.toString();
  }
}
