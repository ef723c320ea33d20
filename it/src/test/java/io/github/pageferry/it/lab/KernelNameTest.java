package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelNameTest {

  @ParameterizedTest
  @CsvSource({
      "6.1, 6.1.0-56-cloud-amd64, true",
      "6.1, 6.12.117+deb12-cloud-amd64, false",
      "6.12, 6.12.117+deb12-cloud-amd64, true",
      "6.12.117, 6.12.117+deb12-cloud-amd64, true",
      "6.12.11, 6.12.117+deb12-cloud-amd64, false",
      "6.1, 6.1.0-56-amd64, false",
      "6.1.0-56-amd64, 6.1.0-56-amd64, true",
      "6.1.0-56-amd64, 6.1.0-56-cloud-amd64, false",
      "6, 6.1.0-56-cloud-amd64, true",
      "'', 6.1.0-56-cloud-amd64, false",
  })
  void aSeriesMeansItsKernelsForVirtualMachines(String text, String release, boolean meant) {
    assertThat(new KernelName(release, "").isMeantBy(text)).isEqualTo(meant);
  }

  @Test
  void theNewestComesFirst() {
    assertThat(Stream.of(
            new KernelName("6.1.0-9-cloud-amd64", "6.1.27-1"),
            new KernelName("6.1.0-0.deb11.52-cloud-amd64", "6.1.192-1~deb11u1"),
            new KernelName("6.12.117+deb13-cloud-amd64", "6.12.117-1"),
            new KernelName("6.1.0-56-cloud-amd64", "6.1.192-2"),
            new KernelName("6.12.117+deb12-cloud-amd64", "6.12.117-1~deb12u1"),
            new KernelName("6.12.90+deb13.1-cloud-amd64", "6.12.90-2"))
        .sorted(KernelName.NEWEST_FIRST).map(KernelName::release))
        .containsExactly("6.12.117+deb12-cloud-amd64", "6.12.117+deb13-cloud-amd64", "6.12.90+deb13.1-cloud-amd64",
            "6.1.0-56-cloud-amd64", "6.1.0-0.deb11.52-cloud-amd64", "6.1.0-9-cloud-amd64");
  }

  @Test
  void theSeriesIsTwoNumbers() {
    assertThat(new KernelName("6.12.117+deb12-cloud-amd64", "").series()).isEqualTo("6.12");
    assertThat(new KernelName("7.3.4+deb13-amd64", "").series()).isEqualTo("7.3");
  }
}
