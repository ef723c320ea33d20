package io.github.pageferry.sim.mm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagevecTest {

  @ParameterizedTest
  @ValueSource(ints = {14, 15, 31})
  void thereIsRoomUpToTheLast(int size) {
    Pagevec vec = new Pagevec(size);
    assertThat(vec.count()).isZero();
    for (int i = 1; i < size; i++) {
      assertThat(vec.add(100 + i)).as("page %s of %s", i, size).isTrue();
      assertThat(vec.count()).isEqualTo(i);
    }
    assertThat(vec.add(200)).isFalse();
    assertThat(vec.count()).isEqualTo(size);
    assertThat(vec.page(0)).isEqualTo(101);
    assertThat(vec.page(size - 1)).isEqualTo(200);
    vec.reinit();
    assertThat(vec.count()).isZero();
  }

  @Test
  void theUsualSizeIsFourteen() {
    Pagevec vec = new Pagevec();
    for (int i = 1; i < 14; i++) {
      assertThat(vec.add(i)).isTrue();
    }
    assertThat(vec.add(14)).isFalse();
  }
}
