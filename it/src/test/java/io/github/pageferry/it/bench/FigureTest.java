package io.github.pageferry.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.it.bench.Figure.Target;
import org.junit.jupiter.api.Test;

class FigureTest {

  @Test
  void aTargetIsMetFromItsBoundOn() {
    assertThat(Target.atLeast(5).isMetBy(5)).isTrue();
    assertThat(Target.atLeast(5).isMetBy(4.99)).isFalse();
    assertThat(Target.atMost(48).isMetBy(48)).isTrue();
    assertThat(Target.atMost(48).isMetBy(48.01)).isFalse();
  }
}
