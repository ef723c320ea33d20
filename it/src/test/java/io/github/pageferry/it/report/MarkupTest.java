package io.github.pageferry.it.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MarkupTest {

  private static final String XML = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

  @Test
  void everyTextSurvivesAParser() {
    String odd = "a<b>&\"'c\td\ne]]>é\u2028😀";
    String xml = new Markup(XML).open("p", "title", odd).text(odd).close().end();
    assertThat(Reports.parse(xml).getDocumentElement().getTextContent()).isEqualTo(odd);
    assertThat(Reports.parse(xml).getDocumentElement().getAttribute("title")).isEqualTo(odd);
  }

  @Test
  void whatXmlCannotHoldIsReplaced() {
    String xml = new Markup(XML).element("p", "\u0000\u001b\u007f\u0085\ud83d\uffff").end();
    assertThat(Reports.parse(xml).getDocumentElement().getTextContent()).isEqualTo("\ufffd".repeat(6));
  }

  @Test
  void whatIsStillOpenIsNoDocument() {
    assertThatThrownBy(() -> new Markup(XML).open("p").end()).isInstanceOf(IllegalStateException.class).hasMessageContaining("p");
    assertThatThrownBy(() -> new Markup(XML).style("a > b { content: '<' }")).isInstanceOf(IllegalArgumentException.class);
  }
}
