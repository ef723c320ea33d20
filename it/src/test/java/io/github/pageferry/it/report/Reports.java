package io.github.pageferry.it.report;

import io.github.pageferry.it.Oracle;
import io.github.pageferry.it.run.Comparison;
import io.github.pageferry.it.run.Corpus;
import io.github.pageferry.it.run.Side;
import io.github.pageferry.it.run.Verdict;
import io.github.pageferry.it.testbed.ScriptedTestbed;
import io.github.pageferry.it.testbed.TestbedBackend;
import io.github.pageferry.it.trace.Defect;
import io.github.pageferry.it.trace.Outcome;
import io.github.pageferry.it.trace.Trace;
import io.github.pageferry.it.trace.TraceReader;
import io.github.pageferry.it.workload.Workload;
import io.github.pageferry.it.workload.WorkloadReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Comparisons to report, and a parser that takes reports apart. */
final class Reports {

  static final Side KERNEL = new Side("host", "6.18-test", "Linux 6.18-test, 2 nodes", Map.of("page size", "4096 bytes"));
  static final Side MODEL = new Side("sim", "sim:6.18", "simulated Linux 6.18", Map.of());

  private Reports() {}

  static Workload workload(String name, String about, int pages) {
    return WorkloadReader.parse("test", """
        workload: %s
        about: "%s"
        nodes: 2
        steps:
          - map: {as: a, pages: %d}
          - touch: {pages: a}
          - move: {pages: a, to: 1}
        """.formatted(name, about.replace("\\", "\\\\").replace("\"", "\\\""), pages)).get(0);
  }

  /** A trace of such a workload: every page on node 0, then where the status says. */
  static Trace trace(Workload workload, String kernel, int... status) {
    int[] first = new int[status.length];
    return Trace.ran(workload.name(), kernel, workload.nodes(), List.of(
        new Outcome("map", 0, null, null, true),
        new Outcome("touch", 0, null, Map.of("a", first), true),
        new Outcome("move", 0, status, Map.of("a", Arrays.stream(status).map(code -> Math.max(code, 0)).toArray()), true)));
  }

  static Verdict verdict(Workload workload, Trace on, Trace against) {
    return Verdict.of(Optional.of(workload), backend("host", on.kernel()), on, backend("sim", against.kernel()), against);
  }

  private static TestbedBackend backend(String name, String kernel) {
    return new TestbedBackend(name, ScriptedTestbed.obedient(kernel), () -> false);
  }

  /** One workload that is equivalent, one that diverged, one that was skipped. */
  static Comparison mixed() {
    Workload same = workload("same", "Nothing odd.", 2);
    Workload odd = workload("odd", "Says <b>\"this & that\"</b>.", 3);
    Workload skipped = workload("skipped", "", 1);
    Trace reason = Trace.skipped("skipped", "6.18-test", 2, "no <swap> & no \"ksm\"");
    return new Comparison(KERNEL, MODEL, List.of(
        verdict(same, trace(same, "6.18-test", 1, 1), trace(same, "sim:6.18", 1, 1)),
        verdict(odd, trace(odd, "6.18-test", 1, -16, 1), trace(odd, "sim:6.18", 1, 1, 1)),
        verdict(skipped, reason, reason)));
  }

  /** The same with one more workload, which it did not come to. */
  static Comparison endedEarly() {
    Comparison mixed = mixed();
    String reason = "does not boot\nits console";
    List<Verdict> verdicts = new ArrayList<>(mixed.verdicts());
    verdicts.add(Verdict.unreached(workload("left", "", 1), reason));
    return new Comparison(mixed.on(), mixed.against(), verdicts, Optional.of(reason));
  }

  /** A workload that is equivalent, though the model did something wrong that its kernel is known to. */
  static Comparison knownDefect() {
    Workload workload = workload("leaks", "", 2);
    Trace model = trace(workload, "sim:6.18", 1, 1).with(List.of(new Defect(3, "mbind() leaks", "node 0: 2 pages")));
    return new Comparison(KERNEL, MODEL, List.of(verdict(workload, trace(workload, "6.18-test", 1, 1), model)));
  }

  /** A workload of a region of so many pages, which move to one node after the other. */
  static Comparison striped(int pages, int nodes) {
    Workload workload = workload("striped", "", pages);
    int[] codes = IntStream.range(0, pages).map(page -> page % nodes).toArray();
    return new Comparison(KERNEL, MODEL,
        List.of(verdict(workload, trace(workload, "6.18-test", codes), trace(workload, "sim:6.18", codes))));
  }

  /** What two kernels answered to the first workloads of the recorded corpus. */
  static Comparison recorded(String on, String against, int count) {
    List<Trace> others = TraceReader.parse(against, Oracle.text("corpus." + against + ".traces.yaml"));
    List<Verdict> verdicts = new ArrayList<>();
    for (Trace trace : TraceReader.parse(on, Oracle.text("corpus." + on + ".traces.yaml")).subList(0, count)) {
      others.stream().filter(other -> other.workload().equals(trace.workload())).forEach(other -> verdicts.add(
          Verdict.of(Corpus.builtIn(trace.workload()), backend(on, on), trace, backend(against, against), other)));
    }
    return new Comparison(new Side(on, on, "Linux " + on, Map.of()), new Side(against, against, "Linux " + against, Map.of()), verdicts);
  }

  /** A workload of that name, and an error and a description without a blank. */
  static Comparison named(String name) {
    Workload workload = workload(name, "about_" + "this_".repeat(60), 1);
    Trace reason = Trace.skipped(name, "6.18-test", 2, "lacks_" + "something_".repeat(30));
    return new Comparison(KERNEL, MODEL, List.of(verdict(workload, reason, reason)));
  }

  static Document parse(String text) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
      return factory.newDocumentBuilder().parse(new InputSource(new StringReader(text)));
    } catch (ParserConfigurationException | SAXException | IOException e) {
      throw new AssertionError("is not well-formed: " + e, e);
    }
  }

  static List<Element> find(Document document, String path) {
    try {
      NodeList nodes = (NodeList) XPathFactory.newInstance().newXPath().evaluate(path, document, XPathConstants.NODESET);
      List<Element> elements = new ArrayList<>();
      for (int i = 0; i < nodes.getLength(); i++) {
        elements.add((Element) nodes.item(i));
      }
      return elements;
    } catch (XPathExpressionException e) {
      throw new AssertionError(e);
    }
  }

  static List<String> texts(Document document, String path) {
    return find(document, path).stream().map(element -> element.getTextContent().trim()).toList();
  }
}
