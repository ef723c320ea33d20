package io.github.pageferry.it.report;

import io.github.pageferry.Errno;
import io.github.pageferry.it.report.Runs.Run;
import io.github.pageferry.it.trace.Codes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A picture of where a region's pages are: a strip from its first page to its last, in which each node has a colour, a
 * pattern and its number. A strip in more runs than can be told apart becomes a chart with a lane for each node.
 */
final class Strip {

  /** Nodes with a colour and pattern of their own; those beyond begin again, and have their numbers. */
  static final int STYLES = 8;

  /** Up to this many pages, each has its sign. */
  private static final int MAX_SIGNS = 16;

  /** Up to this many, they have lines between them. */
  private static final int MAX_CELLS = 64;

  private static final int MAX_RUNS = 128;

  /** A run narrower than a share of the strip has no room for its number. */
  private static final int LEAST_SHARE = 24;

  private static final int MAX_SPOKEN_RUNS = 24;

  private static final int LANE = 4;

  private Strip() {}

  /**
   * Draws one.
   *
   * @param what is drawn, for those who cannot see it
   * @param codes a node or an errno negated for each page
   * @param other what the other side says of them; null where that is not compared
   */
  static void draw(Markup html, String what, int[] codes, int @Nullable [] other) {
    List<Run> runs = Runs.of(codes, other);
    if (runs.size() > MAX_RUNS) {
      lanes(html, what, codes.length, runs);
      return;
    }
    html.open("span", "class", codes.length > MAX_CELLS ? "strip long" : "strip",
        "role", "img", "aria-label", what + ": " + spoken(runs), "style", "--n:" + codes.length);
    for (Run run : codes.length > MAX_SIGNS ? runs : Runs.single(codes, other)) {
      boolean narrow = codes.length > MAX_CELLS && run.count() * LEAST_SHARE < codes.length;
      html.element("i", narrow ? "" : sign(run.code()), "class", style(run.code()) + (run.differs() ? " x" : ""),
          "style", "--p:" + run.count());
    }
    html.close();
  }

  private static void lanes(Markup html, String what, int pages, List<Run> runs) {
    Map<Integer, StringBuilder> paths = new TreeMap<>();
    runs.forEach(run -> paths.computeIfAbsent(run.code(), code -> new StringBuilder()));
    List<Integer> codes = List.copyOf(paths.keySet());
    for (Run run : runs) {
      int y = codes.indexOf(run.code()) * LANE;
      paths.get(run.code()).append('M').append(run.first()).append(' ').append(y)
          .append('h').append(run.count()).append('v').append(LANE).append('h').append(-run.count()).append('z');
    }
    html.open("span", "class", "lanes");
    html.open("svg", "viewBox", "0 0 " + pages + " " + codes.size() * LANE, "preserveAspectRatio", "none", "role", "img",
        "aria-label", what + ": " + pages + " pages in " + runs.size() + " runs", "style", "--l:" + codes.size());
    paths.forEach((code, path) -> html.open("path", "class", style(code), "d", path.toString()).close());
    html.close();
    html.open("span", "class", "names");
    codes.forEach(code -> html.element("i", sign(code), "class", style(code)));
    html.close().close();
  }

  /** The class of a code in the style sheet. */
  static String style(int code) {
    if (code >= 0) {
      return "n" + code % STYLES;
    }
    return code == -Errno.ENOENT.number() ? "absent" : code == -Errno.EFAULT.number() ? "hole" : "error";
  }

  /** What stands in a strip. */
  static String sign(int code) {
    if (code >= 0) {
      return "" + code;
    }
    return code == -Errno.ENOENT.number() ? "·" : code == -Errno.EFAULT.number() ? "×" : "!";
  }

  private static String spoken(List<Run> runs) {
    StringBuilder out = new StringBuilder();
    for (Run run : runs.subList(0, Math.min(runs.size(), MAX_SPOKEN_RUNS))) {
      out.append(out.length() == 0 ? "" : ", ")
          .append(run.count() == 1 ? "page " + run.first() : "pages " + run.first() + " to " + run.last())
          .append(run.code() >= 0 ? " on node " : " ").append(Codes.status(run.code()))
          .append(run.differs() ? " (differs)" : "");
    }
    return runs.size() > MAX_SPOKEN_RUNS ? out + " and " + (runs.size() - MAX_SPOKEN_RUNS) + " more runs" : out.toString();
  }
}
