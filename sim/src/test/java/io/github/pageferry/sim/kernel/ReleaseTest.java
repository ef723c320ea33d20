package io.github.pageferry.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Releases of Linux: how they are written, and their order. */
class ReleaseTest {

  @ParameterizedTest
  @CsvSource({"2.6.18, 2.6.36", "2.6.36, 5.10", "5.10, 6.1", "6.1, 6.12", "6.12, 6.12.1", "6.9, 6.10", "6.18.15, 7.0"})
  void areOrderedByNumbers(String earlier, String later) {
    assertThat(Release.parse(earlier)).isLessThan(Release.parse(later));
    assertThat(Release.parse(later).has(earlier)).isTrue();
    assertThat(Release.parse(earlier).has(later)).isFalse();
    assertThat(Release.parse(earlier)).isNotEqualTo(Release.parse(later));
    assertThat(Release.parse(later)).isNotEqualTo(Release.parse(earlier));
  }

  @ParameterizedTest
  @CsvSource({"6.1, 6.1", "6.1, 6.1.0", "6, 6.0.0", "0, 0.0"})
  void aZeroAtTheEndIsNoOtherRelease(String one, String same) {
    Release release = Release.parse(one);
    assertThat(release).isEqualTo(Release.parse(same)).hasSameHashCodeAs(Release.parse(same));
    assertThat(release).isEqualByComparingTo(Release.parse(same));
    assertThat(release.has(same)).isTrue();
  }

  @Test
  void zeroesWithinCount() {
    assertThat(Release.parse("6.0.1")).isNotEqualTo(Release.parse("6.1"));
    assertThat(Release.parse("6.0.1").hashCode()).isNotEqualTo(Release.parse("6.1").hashCode());
    assertThat(Release.parse("6.1").hashCode()).isNotEqualTo(Release.parse("6.2").hashCode());
    assertThat(Release.parse("6.1")).isNotEqualTo("6.1");
  }

  @ParameterizedTest
  @CsvSource({"6.18.44-cloud, 6.18.44", "6.1.0-38-amd64, 6.1.0", "7.0-rc3, 7.0", "2.6.36., 2.6.36"})
  void whatFollowsTheNumbersIsNoPartOfThem(String text, String release) {
    assertThat(Release.parse(text)).hasToString(release);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "linux", "-6.1"})
  void whatBeginsWithNoNumberIsNone(String text) {
    assertThatThrownBy(() -> Release.parse(text)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\" is no Linux release");
  }
}
