package io.github.pageferry.it.report;

import static io.github.pageferry.it.report.Reports.find;
import static io.github.pageferry.it.report.Reports.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.run.Comparison;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** The page's structure, which an XML parser reads: a text that was not escaped breaks it. */
class HtmlReportTest {

  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

  private static String html(Comparison... pairs) {
    return HtmlReport.format(List.of(pairs), "pageferry 1.2", AT);
  }

  private static Document page(Comparison... pairs) {
    return Reports.parse(html(pairs));
  }

  @Test
  void saysWhatCameOfItAtTheTop() {
    Document page = page(Reports.mixed());
    assertThat(texts(page, "//h1")).containsExactly("1 workload diverged");
    assertThat(texts(page, "//title")).containsExactly("1 workload diverged: host 6.18-test against sim:6.18");
    assertThat(texts(page, "//article/h2")).containsExactly("host 6.18-test against sim:6.18");
    assertThat(texts(page, "//article/ul/li")).containsExactly("1 equivalent", "1 diverged", "1 skipped");
    assertThat(texts(page, "//article//dd")).anySatisfy(text -> assertThat(text).contains("Linux 6.18-test, 2 nodes"))
        .contains("4096 bytes");
    assertThat(texts(page, "//footer/p").get(0)).startsWith("Written by pageferry 1.2 on 2026-01-02 03:04 UTC.");
  }

  @Test
  void whatDivergedStandsFirstAndUnfolded() {
    Document page = page(Reports.mixed());
    assertThat(find(page, "//main/section[@id]")).extracting(section -> section.getAttribute("id"))
        .containsExactly("divergences", "matrix", "skips", "details");
    assertThat(find(page, "//details[starts-with(@class, 'workload')]"))
        .extracting(details -> details.getAttribute("class") + " " + details.hasAttribute("open"))
        .containsExactly("workload diverged true", "workload equivalent false", "workload skipped false");
    assertThat(texts(page, "//section[@id='divergences']//ul[@class='differences']/li")).containsExactly(
        "step 3, status of entry 1 (a[1]): host 6.18-test says EBUSY, sim:6.18 says 1",
        "step 3, placement of a[1]: host 6.18-test says 0, sim:6.18 says 1");
  }

  @Test
  void theMatrixHasARowAWorkloadAndAColumnAPair() {
    Document page = page(Reports.mixed(), Reports.striped(4, 2));
    assertThat(texts(page, "//table[starts-with(@class, 'matrix')]/thead//th"))
        .containsExactly("workload", "nodes", "host 6.18-test against sim:6.18", "host 6.18-test against sim:6.18");
    assertThat(texts(page, "//table[starts-with(@class, 'matrix')]/tbody//th/span[@class='name']"))
        .containsExactly("odd", "same", "striped", "skipped");
    assertThat(texts(page, "//table[starts-with(@class, 'matrix')]/tbody/tr[1]/td")).containsExactly("2", "≠diverged", "not there");
    List<String> targets = find(page, "//a").stream().map(a -> a.getAttribute("href")).toList();
    assertThat(targets).isNotEmpty().allSatisfy(target -> {
      assertThat(target).startsWith("#");
      assertThat(find(page, "//*[@id='" + target.substring(1) + "']")).as(target).hasSize(1);
    });
  }

  @Test
  void eachStepHasBothTracesSideBySideWithPlacementBeforeAndAfter() {
    Document page = page(Reports.mixed());
    String table = "//section[@id='divergences']//table[@class='steps']";
    assertThat(texts(page, table + "/thead//th")).containsExactly("host 6.18-test", "sim:6.18");
    assertThat(texts(page, table + "/tbody/tr/th/code"))
        .containsExactly("map: {as: a, pages: 3}", "touch: {pages: a}", "move: {pages: a, to: 1}");
    assertThat(find(page, table + "/tbody")).extracting(body -> body.getAttribute("class")).containsExactly("same", "same", "differs");
    assertThat(texts(page, table + "/tbody[3]/tr[2]/td/p"))
        .containsExactly("returned 0 status 1, EBUSY, 1", "returned 0 status 1, 1, 1");
    assertThat(find(page, table + "/tbody[3]/tr[2]/td//span[@role='img']")).extracting(strip -> strip.getAttribute("aria-label"))
        .containsExactly(
            "a before: pages 0 to 2 on node 0",
            "a after: page 0 on node 1, page 1 on node 0 (differs), page 2 on node 1",
            "a before: pages 0 to 2 on node 0",
            "a after: page 0 on node 1, page 1 on node 1 (differs), page 2 on node 1");
    assertThat(texts(page, table + "/tbody[2]/tr[2]/td[1]//span[@class='when']")).containsExactly("after");
  }

  @Test
  void eachNodeOfAStripHasItsStyleAndItsNumber() {
    Document page = page(Reports.striped(4, 2));
    Stream<String> pages = find(page, "(//span[@class='strip'])[last()]/i").stream()
        .map(i -> i.getAttribute("class") + " " + i.getTextContent());
    assertThat(pages).containsExactly("n0 0", "n1 1", "n0 0", "n1 1");
    assertThat(texts(page, "//figure//li")).containsExactly("0on node 0", "1on node 1", "0the sides differ there");
  }

  @Test
  void aStripOfThousandsOfRunsStaysSmall() {
    String html = html(Reports.striped(4000, 2));
    Document page = Reports.parse(html);
    assertThat(find(page, "//span[@class='lanes']//path")).extracting(path -> path.getAttribute("class"))
        .containsExactly("n0", "n1", "n0", "n1");
    assertThat(html.length()).isLessThan(400_000);
    assertThat(html(Reports.striped(64, 2)).length()).isLessThan(40_000);
  }

  @Test
  void skipsAreListedByReason() {
    Document page = page(Reports.mixed());
    assertThat(texts(page, "//section[@id='skips']//dt")).containsExactly("host 6.18-test: no <swap> & no \"ksm\" 1");
    assertThat(texts(page, "//section[@id='skips']//dd/a")).containsExactly("skipped");
    assertThat(texts(page, "//details[@class='workload skipped']//p[@class='reason']"))
        .containsExactly("skipped by host: no <swap> & no \"ksm\"");
  }

  @Test
  void whatIsKnownToGoWrongIsListedByCause() {
    Document page = page(Reports.knownDefect());
    assertThat(texts(page, "//h1")).containsExactly("No divergence in 1 workload");
    assertThat(texts(page, "//section[@id='defects']//dt")).containsExactly("sim:6.18: mbind() leaks 1");
    assertThat(texts(page, "//section[@id='defects']//dd/a[@href='#w-leaks']")).containsExactly("leaks");
    assertThat(texts(page, "//nav//a[@href='#defects']")).containsExactly("Known defects of the kernel that the model shows, too");
  }

  @Test
  void textsAreEscaped() {
    Document page = page(Reports.mixed());
    assertThat(texts(page, "//details//p[@class='about']")).contains("Says <b>\"this & that\"</b>.");
    assertThat(find(page, "//p/b[text()='\"this & that\"']")).isEmpty();
  }

  @Test
  void pairsThatLookAlikeStandTogether() {
    Document page = page(Reports.mixed(), Reports.mixed());
    assertThat(texts(page, "//section[@id='divergences']//section[@class='block']/h3")).containsExactly("all 2 pairs ≠diverged");
    assertThat(find(page, "//section[@id='divergences']//table[@class='steps']")).hasSize(1);
  }

  @Test
  void aPairThatCannotBeHadSaysWhy() {
    Document page = page(Reports.striped(2, 2), Comparison.unavailable("lab:6.1", "sim", "no <qemu>"));
    assertThat(texts(page, "//article[2]")).containsExactly("lab:6.1 against simcannot run here: no <qemu>");
    assertThat(find(page, "//h1")).extracting(h1 -> h1.getAttribute("class")).containsExactly("bad");
  }

  @Test
  void aPairThatEndedEarlyListsWhatItDidNotComeTo() {
    Document page = page(Reports.endedEarly());
    assertThat(texts(page, "//article/ul/li")).containsExactly("1 equivalent", "1 diverged", "2 skipped");
    assertThat(texts(page, "//section[@id='skips']//dt")).last().isEqualTo("the run ended before it: does not boot 1");
    assertThat(texts(page, "//section[@id='skips']//dd/a")).containsExactly("skipped", "left");
    assertThat(texts(page, "//details[@class='workload skipped']//p[@class='reason']"))
        .last().isEqualTo("skipped: the run ended before it: does not boot");
  }

  @Test
  void aPageWithoutDivergencesSaysAtTheTopThatTheRunEndedEarly() {
    Comparison whole = Reports.striped(2, 2);
    Comparison early = new Comparison(whole.on(), whole.against(), whole.verdicts(), Optional.of("does not boot"));
    assertThat(texts(page(whole), "//h1")).containsExactly("No divergence in 1 workload");
    assertThat(texts(page(early), "//h1")).containsExactly("No divergence in 1 workload, but the run ended early");
  }

  @Test
  void aPairThatWasNotComeToHasItsNamesOnce() {
    Document page = page(Comparison.unreached("lab:6.1", "sim", List.of(Reports.workload("left", "", 1)), "a signal"));
    assertThat(texts(page, "//article//dd")).containsExactly("lab:6.1", "sim");
    assertThat(texts(page, "//h1")).containsExactly("Nothing ran");
  }

  @Test
  void nothingIsLoadedAndNoScriptIsThere() {
    String html = html(Reports.mixed());
    Document page = Reports.parse(html);
    assertThat(find(page, "//script | //link | //img | //iframe | //object")).isEmpty();
    assertThat(html).doesNotContain("url(").doesNotContain("@import");
    assertThat(find(page, "//*[@src or @onclick or @onload]")).isEmpty();
    assertThat(html.replace("http://www.w3.org/1999/xhtml", "")).doesNotContain("://");
  }

  @Test
  void tablesHaveHeadsAndRegionsNames() {
    Document page = page(Reports.mixed());
    assertThat(find(page, "//th")).isNotEmpty().allMatch(th -> th.hasAttribute("scope"));
    assertThat(find(page, "//*[@role='img']")).isNotEmpty().allMatch(image -> !image.getAttribute("aria-label").isEmpty());
    assertThat(find(page, "/html").get(0).getAttribute("lang")).isEqualTo("en");
    assertThat(find(page, "//section[@aria-labelledby]")).isNotEmpty().allSatisfy((Element section) ->
        assertThat(find(page, "//h2[@id='" + section.getAttribute("aria-labelledby") + "']")).hasSize(1));
  }
}
