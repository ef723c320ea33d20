package io.github.pageferry.it.report;

import static io.github.pageferry.it.report.Reports.find;
import static io.github.pageferry.it.report.Reports.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.run.Comparison;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** The shape is that of the schema that build servers read JUnit's reports by (jenkins-junit.xsd). */
class JUnitReportTest {

  /** Elements, the attributes that each may have, and the elements that may stand in it. */
  private static final Map<String, List<Set<String>>> SCHEMA = Map.of(
      "testsuites", List.of(Set.of("name", "time", "tests", "failures", "disabled", "errors", "skipped"), Set.of("testsuite")),
      "testsuite", List.of(
          Set.of("name", "tests", "failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id", "package"),
          Set.of("properties", "testcase", "system-out", "system-err")),
      "properties", List.of(Set.of(), Set.of("property")),
      "property", List.of(Set.of("name", "value"), Set.of()),
      "testcase", List.of(Set.of("name", "assertions", "time", "classname", "status"),
          Set.of("skipped", "error", "failure", "system-out", "system-err")),
      "skipped", List.of(Set.of("message"), Set.of()),
      "error", List.of(Set.of("type", "message"), Set.of()),
      "failure", List.of(Set.of("type", "message"), Set.of()),
      "system-out", List.of(Set.of(), Set.of()));

  private final Document report = Reports.parse(JUnitReport.format(
      List.of(Reports.mixed(), Comparison.unavailable("lab:6.1", "sim", "no qemu"))));

  @Test
  void hasTheShapeThatBuildServersRead() {
    assertThat(report.getDocumentElement().getTagName()).isEqualTo("testsuites");
    find(report, "//*").forEach(JUnitReportTest::checkShape);
  }

  private static void checkShape(Element element) {
    List<Set<String>> rule = SCHEMA.get(element.getTagName());
    assertThat(rule).as(element.getTagName()).isNotNull();
    for (int i = 0; i < element.getAttributes().getLength(); i++) {
      assertThat(rule.get(0)).as(element.getTagName()).contains(element.getAttributes().item(i).getNodeName());
    }
    for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
      if (child instanceof Element) {
        assertThat(rule.get(1)).as(element.getTagName()).contains(child.getNodeName());
      }
    }
    Set.of("tests", "failures", "errors", "skipped").stream().filter(element::hasAttribute)
        .forEach(count -> assertThat(element.getAttribute(count)).matches("\\d+"));
    if (element.hasAttribute("time")) {
      assertThat(element.getAttribute("time")).matches("\\d+\\.\\d{3}");
    }
  }

  @Test
  void countsAreThoseOfTheCases() {
    for (Element suite : find(report, "//testsuite")) {
      String cases = "//testsuite[@id='" + suite.getAttribute("id") + "']/testcase";
      assertThat(suite.getAttribute("tests")).isEqualTo("" + find(report, cases).size());
      assertThat(suite.getAttribute("failures")).isEqualTo("" + find(report, cases + "/failure").size());
      assertThat(suite.getAttribute("errors")).isEqualTo("" + find(report, cases + "/error").size());
      assertThat(suite.getAttribute("skipped")).isEqualTo("" + find(report, cases + "/skipped").size());
    }
    assertThat(find(report, "//testsuites[@tests='4' and @failures='1' and @errors='1' and @skipped='1']")).hasSize(1);
  }

  @Test
  void eachWorkloadIsACaseWithWhatCameOfIt() {
    assertThat(find(report, "//testsuite")).extracting(suite -> suite.getAttribute("name"))
        .containsExactly("host 6.18-test against sim:6.18", "lab:6.1 against sim");
    assertThat(find(report, "//testsuite[1]/testcase")).extracting(test -> test.getAttribute("name"))
        .containsExactly("same", "odd", "skipped");
    assertThat(texts(report, "//testcase[@name='odd']/failure")).containsExactly("""
        step 3  move: {pages: a, to: 1}
          status of entry 1 (a[1]): host EBUSY, sim 1
          placement of a[1]: host 0, sim 1""");
    assertThat(find(report, "//testcase[@name='skipped']/skipped")).extracting(skipped -> skipped.getAttribute("message"))
        .containsExactly("host: no <swap> & no \"ksm\"");
    assertThat(texts(report, "//testsuite[2]/testcase/error")).containsExactly("no qemu");
  }

  @Test
  void aPairThatEndedEarlyIsToldFromOneThatCannotRun() {
    Document early = Reports.parse(JUnitReport.format(List.of(Reports.endedEarly())));
    find(early, "//*").forEach(JUnitReportTest::checkShape);
    assertThat(find(early, "//testcase[@name='the pair can run to the end']/error")).singleElement().satisfies(error -> {
      assertThat(error.getAttribute("message")).isEqualTo("ended after 3 workloads: does not boot");
      assertThat(error.getAttribute("type")).isEqualTo("ended early");
      assertThat(error.getTextContent()).isEqualTo("does not boot\nits console");
    });
    assertThat(find(report, "//testcase[@name='the pair can run here']/error")).singleElement().satisfies(error -> {
      assertThat(error.getAttribute("message")).isEqualTo("no qemu");
      assertThat(error.getAttribute("type")).isEqualTo("unavailable");
    });
  }

  @Test
  void aWorkloadThatWasNotComeToIsSkippedWithTheReason() {
    Document early = Reports.parse(JUnitReport.format(List.of(Reports.endedEarly())));
    assertThat(find(early, "//testcase[@name='left']/skipped")).extracting(skipped -> skipped.getAttribute("message"))
        .containsExactly("the run ended before it: does not boot");
    assertThat(find(early, "//testsuites[@tests='5' and @failures='1' and @errors='1' and @skipped='2']")).hasSize(1);
    assertThat(find(early, "//testsuite[@tests='5' and @skipped='2']/testcase")).hasSize(5);
  }

  @Test
  void whatIsKnownToGoWrongIsNoFailure() {
    Document known = Reports.parse(JUnitReport.format(List.of(Reports.knownDefect())));
    find(known, "//*").forEach(JUnitReportTest::checkShape);
    assertThat(find(known, "//testsuites[@tests='1' and @failures='0' and @errors='0' and @skipped='0']")).hasSize(1);
    assertThat(texts(known, "//testcase[@name='leaks']/system-out")).containsExactly("""
        known defects of the kernel that sim:6.18 shows, too:
          mbind() leaks
            leaks, step 3: node 0: 2 pages""");
  }
}
