package io.github.pageferry.it.workload;

import io.github.pageferry.it.workload.PageSelector.Hole;
import io.github.pageferry.it.workload.PageSelector.Null;
import io.github.pageferry.it.workload.PageSelector.Pages;
import io.github.pageferry.it.workload.Scope.Region;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Page selectors as text: {@code a}, {@code a[3]}, {@code a[0-3]}, {@code a[2]+100}, {@code hole}, {@code null}. */
public final class Selectors {

  /** Offsets end before this, the size of the smallest base page in bytes. */
  static final int PAGE_BYTES = 4096;

  private static final Pattern FORM =
      Pattern.compile("([a-z][a-z0-9_]*)(?:\\[([0-9]{1,9})(?:-([0-9]{1,9}))?])?(?:\\+([0-9]{1,9}))?");

  private Selectors() {}

  /**
   * Reads one part of a selector; what it names need not be there.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  static PageSelector parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no page selector like a, a[3], a[0-3], a[2]+100, hole or null");
    }
    int offset = matcher.group(4) == null ? 0 : Integer.parseInt(matcher.group(4));
    if (offset >= PAGE_BYTES) {
      throw new IllegalArgumentException(
          "'" + text + "' points beyond the page: offsets end at " + (PAGE_BYTES - 1));
    }
    String name = matcher.group(1);
    boolean indexed = matcher.group(2) != null;
    if (name.equals("hole") || name.equals("null")) {
      if (indexed) {
        throw new IllegalArgumentException("'" + name + "' is one address and has no pages to choose from");
      }
      return name.equals("hole") ? new Hole(offset) : new Null(offset);
    }
    if (!indexed) {
      return new Pages(name, 0, Pages.TO_THE_END, offset);
    }
    int first = Integer.parseInt(matcher.group(2));
    int last = matcher.group(3) == null ? first : Integer.parseInt(matcher.group(3));
    if (last < first) {
      throw new IllegalArgumentException("'" + text + "' ends before it begins");
    }
    return new Pages(name, first, last, offset);
  }

  /** Checks that the region is there and has the pages. */
  static void check(PageSelector part, Scope scope) {
    if (!(part instanceof Pages pages)) {
      return;
    }
    Region region = scope.region(pages.region()).orElseThrow(() ->
        new IllegalArgumentException("there is no region '" + pages.region() + "' at this step"));
    if (region.pages() != Scope.UNKNOWN && pages.last() >= region.pages()) {
      throw new IllegalArgumentException(
          "'" + format(pages) + "' is beyond region '" + pages.region() + "', whose last page is " + (region.pages() - 1));
    }
  }

  /** One part of a selector as files have it. */
  public static String format(PageSelector part) {
    String offset = part.offset() == 0 ? "" : "+" + part.offset();
    if (part instanceof Hole) {
      return "hole" + offset;
    }
    if (part instanceof Null) {
      return "null" + offset;
    }
    Pages pages = (Pages) part;
    if (pages.first() == 0 && pages.last() == Pages.TO_THE_END) {
      return pages.region() + offset;
    }
    String range = pages.last() == pages.first() ? "" + pages.first() : pages.first() + "-" + pages.last();
    return pages.region() + "[" + range + "]" + offset;
  }
}
