package io.github.pageferry.it.report;

import io.github.pageferry.Errno;
import io.github.pageferry.it.run.Verdict;
import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.trace.Trace;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Says what the colours, patterns and signs of the strips stand for: those that the page has. */
final class Legend {

  private final Markup html;

  Legend(Markup html) {
    this.html = html;
  }

  void write(List<Row> rows) {
    TreeSet<Integer> codes = new TreeSet<>((a, b) -> a >= 0 && b >= 0 ? Integer.compare(a, b) : Integer.compare(b, a));
    rows.stream().flatMap(row -> row.verdicts().stream()).flatMap(Optional::stream).map(Verdict::evidence)
        .flatMap(evidence -> Stream.of(evidence.on(), evidence.against())).flatMap(Optional::stream)
        .map(Trace::outcomes).flatMap(List::stream).map(Outcome::placement)
        .filter(placement -> placement != null)
        .flatMap(placement -> placement.values().stream())
        .forEach(pages -> Arrays.stream(pages).distinct().forEach(codes::add));
    html.open("figure", "class", "legend");
    html.element("figcaption", "A strip is a region, from its first page to its last.");
    html.open("ul");
    for (int code : codes) {
      html.open("li");
      html.element("i", Strip.sign(code), "class", "key " + Strip.style(code), "aria-hidden", "true");
      html.text(meaning(code)).close();
    }
    html.open("li").element("i", "0", "class", "key n0 x", "aria-hidden", "true").text("the sides differ there").close();
    html.close().close().line();
  }

  private static String meaning(int code) {
    if (code >= 0) {
      return "on node " + code;
    } else if (code == -Errno.ENOENT.number()) {
      return "nothing there (ENOENT)";
    } else if (code == -Errno.EFAULT.number()) {
      return "not mapped, or the zero page (EFAULT)";
    }
    return Errno.find(-code).map(Errno::name).orElse("error " + -code);
  }
}
