package io.github.pageferry.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfilesTest {

  @Test
  void aSeriesAndEachOfItsReleasesAreFound() {
    assertThat(Profiles.find("2.6.36")).isEqualTo("2.6.36");
    assertThat(Profiles.find("2.6.36.4-generic")).isEqualTo("2.6.36");
    assertThat(Profiles.find("6.18.15+deb13-cloud-amd64")).isEqualTo("6.18");
    assertThat(Profiles.find("7.3_rc1~x86_64")).isEqualTo("7.3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6", "2.6.3", "3.0", "6", "x", "", "2.6.360", "6.18nodes:4", "6.18:nodes:4", "6.18,nodes:4", "6.18 nodes:4",
      "6.18@one-cpu", "2.6.36x"})
  void whatIsNoProfileIsRefusedWithTheOnesThatThereAre(String text) {
    assertThatThrownBy(() -> Profiles.find(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("no profile of Linux " + text, "2.6.36");
  }

  @Test
  void theNearestIsOfTheSameSeriesOrTheNewestThatIsNotNewer() {
    for (String name : Profiles.names()) {
      assertThat(Profiles.nearest(name + ".99-cloud-amd64")).isEqualTo(name);
    }
    assertThat(Profiles.nearest("2.6.37")).isEqualTo("2.6.36");
    assertThat(Profiles.nearest("999.1")).isEqualTo(Profiles.names().get(Profiles.names().size() - 1));
    assertThat(Profiles.nearest("2.4.20")).isEqualTo(Profiles.names().get(0));
  }

  @Test
  void whatNoTraceConfirmsIsNamedWithTheReleaseThatHasIt() {
    assertThat(Profiles.unconfirmed("2.6.18")).anyMatch(what -> what.contains("3d99cfb5f461"))
        .noneMatch(what -> what.contains("99a15e21d96f")).noneMatch(what -> what.contains("0aedadf91a70"));
    assertThat(Profiles.unconfirmed("2.6.36")).isEmpty();
    assertThat(Profiles.unconfirmed("5.10")).anyMatch(what -> what.contains("e5947d23edd8"))
        .anyMatch(what -> what.contains("72b03fcd5d51"))
        .noneMatch(what -> what.contains("269fbe72cded"));
    assertThat(Profiles.unconfirmed("6.1")).anyMatch(what -> what.contains("269fbe72cded"))
        .anyMatch(what -> what.contains("2ef7dbb26990"))
        .noneMatch(what -> what.contains("e5947d23edd8"));
    assertThat(Profiles.unconfirmed("7.3")).anyMatch(what -> what.contains("MPOL_WEIGHTED_INTERLEAVE"))
        .anyMatch(what -> what.contains("879bca0a2c4f")).anyMatch(what -> what.contains("6375e95f381e"))
        .noneMatch(what -> what.contains("a guess of")).noneMatch(what -> what.contains("272bd8183376"));
    assertThat(Profiles.unconfirmed("6.12")).anyMatch(what -> what.contains("a guess of"))
        .noneMatch(what -> what.contains("6375e95f381e")).noneMatch(what -> what.contains("879bca0a2c4f"));
  }

  @Test
  void aReleaseThatCannotBeReadIsAsNearAsTheNewest() {
    assertThat(Profiles.nearest("unknown")).isEqualTo(Profiles.names().get(Profiles.names().size() - 1));
  }

  @Test
  void thisHostHasOne() {
    assertThat(Profiles.names()).contains(Profiles.forThisHost());
  }
}
