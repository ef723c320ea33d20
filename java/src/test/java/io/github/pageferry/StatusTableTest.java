package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTableTest {

  @Test
  void isNotAttemptedUntilSet() {
    StatusTable table = new StatusTable(10, 4);
    table.set(4, new int[] {1, 1, 2, 1, 99}, 4);

    assertThat(table.get(3)).isEqualTo(PageStatus.NOT_ATTEMPTED);
    assertThat(table.get(6)).isEqualTo(2);
    assertThat(table.get(8)).isEqualTo(PageStatus.NOT_ATTEMPTED);
    assertThatThrownBy(() -> table.get(10)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** Four billion pages of which all but a few are alike: what is alike takes no memory. */
  @Test
  void holdsMorePagesThanAnIntCounts() {
    long pages = (1L << 32) + 7;
    int segment = 1 << 20;
    StatusTable table = new StatusTable(pages, segment);
    int[] statuses = new int[segment];
    table.set(1L << 32, statuses, 7);
    statuses[5] = 3;
    table.set(1L << 31, statuses, segment);

    assertThat(table.get((1L << 31) + 5)).isEqualTo(3);
    assertThat(table.get(pages - 1)).isZero();
    List<String> runs = new ArrayList<>();
    table.forEachRun((first, count, status) -> runs.add(first + "+" + count + ":" + status));
    assertThat(runs).containsExactly("0+2147483648:-999", "2147483648+5:0", "2147483653+1:3", "2147483654+1048570:0",
        "2148532224+2146435072:-999", "4294967296+7:0");
  }
}
