package io.github.pageferry.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabNameTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "none", value = {
      "6.1                     | 6.1             | none                    | false",
      "6.1@fresh               | 6.1             | none                    | true",
      "6.1@hole                | 6.1             | 256M/1cpu,-,256M/1cpu,256M/1cpu | false",
      "6.1.0-57-amd64@one-cpu,fresh | 6.1.0-57-amd64 | 256M/1cpu,256M,256M,256M | true",
      "7.3@256M/2cpus,-,1cpu,128M,fresh | 7.3    | 256M/2cpus,-,1cpu,128M  | true",
  })
  void isAKernelPerhapsWithNodesPerhapsFresh(String text, String kernel, String topology, boolean fresh) {
    LabName name = LabName.parse(text);
    assertThat(name.kernel()).isEqualTo(kernel);
    assertThat(name.topology().map(LabTopology::toString).orElse(null)).isEqualTo(topology);
    assertThat(name.fresh()).isEqualTo(fresh);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "6.1@            | '' is no topology",
      "6.1@,fresh      | '' is no topology",
      "6.1@frech       | 'frech' is no topology",
      "6.1@fresh,hole  | 'fresh,hole' is no topology",
      "6.1@fresh,fresh | 'fresh' is no topology",
      "6.1@hole@fresh  | 'hole@fresh' is no topology",
      "6.1@256M,fresh  | node 0 needs a CPU and memory",
  })
  void anythingElseBehindTheKernelIsRefused(String text, String message) {
    assertThatThrownBy(() -> LabName.parse(text)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith("'lab:" + text + "' should be lab:KERNEL, lab:KERNEL@TOPOLOGY, lab:KERNEL@fresh or"
            + " lab:KERNEL@TOPOLOGY,fresh: ");
  }
}
