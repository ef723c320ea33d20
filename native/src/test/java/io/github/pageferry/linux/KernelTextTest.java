package io.github.pageferry.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.NodeSet;
import org.junit.jupiter.api.Test;

/** The small formats of kernel files. */
class KernelTextTest {

  @Test
  void numbers() {
    assertThat(KernelText.number(" 12\n")).contains(12L);
    assertThat(KernelText.number("")).isEmpty();
    assertThat(KernelText.number("0x1")).isEmpty();
    assertThat(KernelText.number("99999999999999999999")).isEmpty();
    assertThat(KernelText.integer("2147483647")).contains(Integer.MAX_VALUE);
    assertThat(KernelText.integer("2147483648")).isEmpty();
  }

  @Test
  void lists() {
    assertThat(KernelText.nodes("0-1,64\n")).contains(NodeSet.of(0, 1, 64));
    assertThat(KernelText.nodes("\n")).contains(NodeSet.EMPTY);
    assertThat(KernelText.nodes("all")).isEmpty();
  }

  @Test
  void theWordInBrackets() {
    assertThat(KernelText.selected("always [madvise] never\n")).contains("madvise");
    assertThat(KernelText.selected("always madvise never\n")).isEmpty();
    assertThat(KernelText.selected("] [")).isEmpty();
    assertThat(KernelText.selected("")).isEmpty();
  }

  @Test
  void escapedNames() {
    assertThat(KernelText.unescape("/a\\040b\\134c")).isEqualTo("/a b\\c");
    assertThat(KernelText.unescape("/a\\04")).isEqualTo("/a\\04");
    assertThat(KernelText.unescape("\\777\\")).isEqualTo("\\777\\");
  }

  @Test
  void releases() {
    assertThat(KernelRelease.parse("6.18.44-fc-v669\n")).isEqualTo(new KernelRelease("6.18.44-fc-v669", 6, 18));
    assertThat(KernelRelease.parse("5.17-rc1").isAtLeast(5, 17)).isTrue();
    assertThat(KernelRelease.parse("5.9.0").isAtLeast(5, 17)).isFalse();
    assertThat(KernelRelease.parse("10.0.0").isAtLeast(5, 17)).isTrue();
    assertThat(KernelRelease.parse("what").isAtLeast(1, 0)).isFalse();
    assertThat(KernelRelease.parse("99999.1").isAtLeast(1, 0)).isFalse();
  }
}
