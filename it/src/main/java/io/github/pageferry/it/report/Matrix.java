package io.github.pageferry.it.report;

import io.github.pageferry.it.run.Comparison;
import io.github.pageferry.it.run.Verdict;
import java.util.List;

/** A row a workload, a column a pair, and in each cell what came of it. */
final class Matrix {

  private final Markup html;
  private final List<Comparison> pairs;

  Matrix(Markup html, List<Comparison> pairs) {
    this.html = html;
    this.pairs = pairs;
  }

  void write(List<Row> rows) {
    html.open("section", "id", "matrix", "aria-labelledby", "matrix-head");
    html.element("h2", "All workloads", "id", "matrix-head");
    html.open("div", "class", "scroll", "role", "region", "aria-labelledby", "matrix-head", "tabindex", "0");
    html.open("table", "class", pairs.size() > 1 ? "matrix many" : "matrix");
    html.element("caption", "What came of each workload in each pair. A result leads to the workload's steps.");
    html.open("thead").open("tr");
    html.element("th", "workload", "scope", "col").element("th", "nodes", "scope", "col", "class", "nodes");
    for (Comparison pair : pairs) {
      html.open("th", "scope", "col", "class", "pair").text(Labels.on(pair) + " ")
          .element("small", "against " + Labels.against(pair)).close();
    }
    html.close().close().line().open("tbody").line();
    rows.forEach(row -> {
      row(row);
      html.line();
    });
    html.close().close().close().close().line();
  }

  private void row(Row row) {
    html.open("tr");
    html.open("th", "scope", "row").element("span", row.name(), "class", "name");
    if (!row.about().isEmpty()) {
      html.text(" ").element("span", row.about(), "class", "about");
    }
    html.close();
    html.element("td", "" + row.nodes(), "class", "nodes");
    for (int i = 0; i < row.verdicts().size(); i++) {
      html.open("td", "class", "result");
      if (row.verdicts().get(i).isPresent()) {
        Verdict verdict = row.verdict(i);
        html.open("a", "href", "#" + row.anchor());
        Badge.write(html, verdict.kind(), "");
        html.close();
      } else {
        html.element("span", "not there", "class", "gone");
      }
      html.close();
    }
    html.close();
  }
}
