package io.github.pageferry.it.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.pageferry.it.run.Comparison;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page as Chromium shows it: on a phone, a tablet and a desk, light and dark, and on paper. */
class RenderedReportTest {

  private static final List<Integer> WIDTHS = List.of(360, 820, 1400);

  /** WCAG 2.2, 1.4.3: what AA wants of text of common size. */
  private static final double LEAST_CONTRAST = 4.5;

  private static Path dir = Path.of("target");
  private static @Nullable Chromium chromium;

  @BeforeAll
  static void findChromium() throws IOException, InterruptedException {
    // No @TempDir: a browser's last writes to its profile may come after its end.
    dir = Files.createTempDirectory(dir, "chromium").toAbsolutePath();
    chromium = Chromium.find(dir).orElse(null);
  }

  private static Chromium chromium() {
    assumeTrue(chromium != null, "there is no Chromium that starts here (Debian: apt-get install chromium)");
    return Objects.requireNonNull(chromium);
  }

  private static String report() {
    String longName = "a-name-" + "without-an-end-".repeat(8) + "x";
    return HtmlReport.format(List.of(Reports.mixed(), Reports.recorded("6.1", "2.6.36", 12), Reports.striped(9, 8), Reports.striped(40, 2),
        Reports.striped(300, 2), Reports.named(longName), Comparison.unavailable("lab:6.1", "sim", "no_" + "qemu_".repeat(40))),
        "pageferry 1.2", Instant.EPOCH);
  }

  /** A page with the report in a frame of each width: Chromium's own windows are 500 pixels wide at least. */
  private static Path framed(String report) throws IOException {
    Markup html = new Markup("<!DOCTYPE html>").open("html").open("body");
    WIDTHS.forEach(width -> html.open("iframe", "width", "" + width, "height", "900", "srcdoc", report).close());
    String frames = html.close().close().end();
    try (InputStream in = Objects.requireNonNull(RenderedReportTest.class.getResourceAsStream("probe.js"))) {
      String script = "<script>" + new String(in.readAllBytes(), StandardCharsets.UTF_8) + "</script>";
      return Files.writeString(Files.createTempFile(dir, "framed", ".html"), frames.replace("</body>", script + "</body>"));
    }
  }

  private static JsonNode probe(String report, boolean dark) throws IOException, InterruptedException {
    String dom = chromium().dom(
        framed(report), "--window-size=1600,1000", "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1));
    String found = StringUtils.substringBetween(dom, "BEGIN", "END");
    assertThat(found).as(dom).isNotNull();
    return new ObjectMapper().readTree(found.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
  }

  private static void check(JsonNode frames, boolean dark) {
    assertThat(frames).hasSize(WIDTHS.size());
    for (int i = 0; i < WIDTHS.size(); i++) {
      JsonNode frame = frames.get(i);
      String what = (dark ? "dark at " : "light at ") + WIDTHS.get(i);
      assertThat(frame.get("width").asInt()).isEqualTo(WIDTHS.get(i));
      assertThat(frame.get("dark").asBoolean()).as(what).isEqualTo(dark);
      assertThat(frame.get("ground").asDouble() < 0.5).as(what + ": the page's ground is dark").isEqualTo(dark);
      assertThat(frame.get("scrollWidth").asInt()).as(what + ": nothing to scroll sideways").isLessThanOrEqualTo(WIDTHS.get(i));
      assertThat(frame.get("outside")).as(what + ": nothing beyond the right edge").isEmpty();
      assertThat(frame.get("strips").asInt()).as(what + ": strips").isGreaterThan(50);
      assertThat(frame.get("invisible")).as(what + ": strips that cannot be seen").isEmpty();
      assertThat(frame.get("pageless").asInt()).as(what + ": runs that cannot be seen").isZero();
      assertThat(frame.get("texts").asInt()).isGreaterThan(300);
      assertThat(frame.get("contrast").asDouble()).as(what + ": the contrast of " + frame.get("faintest")).isGreaterThan(LEAST_CONTRAST);
    }
  }

  @Test
  void fitsAPhoneATabletAndADeskInLightAndNodesDifferInTheirPatternsToo() throws IOException, InterruptedException {
    JsonNode frames = probe(report(), false);
    check(frames, false);
    Map<String, String> patterns = new TreeMap<>();
    frames.get(0).get("patterns").fields().forEachRemaining(e -> patterns.put(e.getKey(), e.getValue().asText()));
    List<String> drawn = IntStream.range(0, Strip.STYLES).mapToObj(node -> patterns.get("key n" + node)).toList();
    assertThat(drawn).doesNotContainNull().doesNotHaveDuplicates();
  }

  @Test
  void fitsAPhoneATabletAndADeskInDark() throws IOException, InterruptedException {
    check(probe(report(), true), true);
  }

  @Test
  void onPaperTheGroundIsWhiteWhateverTheScreenPrefers() throws IOException, InterruptedException {
    String report = report();
    assertThat(report).containsOnlyOnce("@media print {");
    for (JsonNode frame : probe(report.replace("@media print {", "@media all {"), true)) {
      assertThat(frame.get("ground").asDouble()).isGreaterThan(0.99);
      assertThat(frame.get("darkest").asDouble()).as("the darkest ground of a text").isGreaterThan(0.3);
      assertThat(frame.get("contrast").asDouble()).as("the contrast of " + frame.get("faintest")).isGreaterThan(LEAST_CONTRAST);
    }
  }

  @Test
  void printsTheTableAndWhatIsUnfoldedAlone() throws IOException, InterruptedException {
    Path page = Files.writeString(dir.resolve("report.html"),
        HtmlReport.format(List.of(Reports.recorded("6.1", "6.1", 100)), "pageferry 1.2", Instant.EPOCH));
    String pdf = new String(chromium().pdf(page), StandardCharsets.ISO_8859_1);
    assertThat(pdf).startsWith("%PDF-");
    assertThat(StringUtils.countMatches(pdf, "/Type /Page\n")).isBetween(2, 8);
  }
}
