package io.github.pageferry.sim.mm;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.NodeSet;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code nodemask_t}; remap, fold and onto by the comments of lib/bitmap.c. */
class NodeMaskTest {

  private static NodeMask mask(String list) {
    return list == null ? NodeMask.NONE : NodeMask.of(NodeSet.parse(list));
  }

  @Test
  void nodesAreInOrNot() {
    NodeMask mask = NodeMask.of(0, 63, 64, 200);
    assertThat(mask.has(0)).isTrue();
    assertThat(mask.has(1)).isFalse();
    assertThat(mask.has(63)).isTrue();
    assertThat(mask.has(64)).isTrue();
    assertThat(mask.has(128)).isFalse();
    assertThat(mask.has(200)).isTrue();
    assertThat(mask.has(256)).isFalse();
    assertThat(mask.has(-1)).isFalse();
    assertThat(mask.weight()).isEqualTo(4);
    assertThat(mask.limit()).isEqualTo(201);
    assertThat(mask.isEmpty()).isFalse();
    assertThat(mask.toNodeSet()).isEqualTo(NodeSet.of(0, 63, 64, 200));
    assertThat(mask).hasToString("0,63-64,200");
  }

  @Test
  void theEmptyMaskIsEmpty() {
    assertThat(NodeMask.of()).isSameAs(NodeMask.NONE);
    assertThat(NodeMask.ofWords(0, 0)).isSameAs(NodeMask.NONE);
    assertThat(NodeMask.NONE.isEmpty()).isTrue();
    assertThat(NodeMask.NONE.weight()).isZero();
    assertThat(NodeMask.NONE.limit()).isZero();
    assertThat(NodeMask.NONE.first()).isEqualTo(-1);
    assertThat(NodeMask.NONE.nextIn(3)).isEqualTo(-1);
    assertThat(NodeMask.of(5).without(5)).isEqualTo(NodeMask.NONE);
  }

  @Test
  void nodesAreWalkedInOrderAndRound() {
    NodeMask mask = NodeMask.of(2, 63, 64, 130);
    int[] walk = new int[5];
    int i = 0;
    for (int node = mask.first(); node >= 0; node = mask.next(node)) {
      walk[i++] = node;
    }
    assertThat(Arrays.copyOf(walk, i)).containsExactly(2, 63, 64, 130);
    assertThat(mask.nextIn(130)).isEqualTo(2);
    assertThat(mask.nextIn(2)).isEqualTo(63);
    assertThat(mask.nextIn(131)).isEqualTo(2);
    assertThat(mask.next(64)).isEqualTo(130);
    assertThat(mask.next(500)).isEqualTo(-1);
  }

  @Test
  void withAndWithoutMakeNewMasks() {
    NodeMask mask = NodeMask.of(1);
    assertThat(mask.with(70)).isEqualTo(NodeMask.of(1, 70));
    assertThat(mask.with(70).without(70)).isEqualTo(mask);
    assertThat(mask.without(2)).isSameAs(mask);
    assertThat(mask).isEqualTo(NodeMask.of(1));
  }

  @ParameterizedTest
  @CsvSource(value = {
      "0-3 | 2-5 | 2-3 | 0-5   | true  | false",
      "0,70 | 70 | 70  | 0,70  | true  | false",
      "1   | 0-2 | 1   | 0-2   | true  | true",
      "1   | 2   |     | 1-2   | false | false",
      "    | 3   |     | 3     | false | true",
      "1,65 | 1  | 1   | 1,65  | true  | false"
  }, delimiter = '|')
  void masksAreCombinedAndCompared(String a, String b, String and, String or, boolean intersects, boolean subset) {
    assertThat(mask(a).and(mask(b))).isEqualTo(mask(and));
    assertThat(mask(b).and(mask(a))).isEqualTo(mask(and));
    assertThat(mask(a).or(mask(b))).isEqualTo(mask(or));
    assertThat(mask(b).or(mask(a))).isEqualTo(mask(or));
    assertThat(mask(a).intersects(mask(b))).isEqualTo(intersects);
    assertThat(mask(a).isSubsetOf(mask(b))).isEqualTo(subset);
  }

  /** The n-th node of the old set goes to the n-th of the new one, round about; a node that is in no set stays. */
  @ParameterizedTest
  @CsvSource(value = {
      "4 | 4-7   | 12-15 | 12",
      "5 | 4-7   | 12-15 | 13",
      "7 | 4-7   | 12-15 | 15",
      "3 | 4-7   | 12-15 | 3",
      "0 | 0-3   | 1     | 1",
      "3 | 0-3   | 1     | 1",
      "2 | 0-3   | 0-1   | 0",
      "3 | 0-3   | 0-1   | 1",
      "1 | 0-1   | 5-9   | 6",
      "1 | 0-1   |       | 1",
      "1 |       | 2     | 1"
  }, delimiter = '|')
  void aNodeIsRemapped(int node, String from, String to, int expected) {
    assertThat(NodeMask.remap(node, mask(from), mask(to))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(value = {
      "1,5,7 | 4-7 | 12-15 | 1,13,15",
      "0-3   | 0-3 | 1-2   | 1-2",
      "0     | 0-1 | 0-1   | 0",
      "      | 0-1 | 2-3   | "
  }, delimiter = '|')
  void aMaskIsRemapped(String mask, String from, String to, String expected) {
    assertThat(mask(mask).remap(mask(from), mask(to))).isEqualTo(mask(expected));
  }

  @ParameterizedTest
  @CsvSource(value = {"0-7 | 4 | 0-3", "5,9 | 4 | 1", "2,3 | 2 | 0-1", "3 | 0 | ", "0,2 | 8 | 0,2"}, delimiter = '|')
  void aMaskIsFolded(String mask, int size, String expected) {
    assertThat(mask(mask).fold(size)).isEqualTo(mask(expected));
  }

  @ParameterizedTest
  @CsvSource(value = {
      "0,2 | 10-12 | 10,12",
      "1   | 40,41,42,43,45,48,53,61,74,95 | 41",
      "0,2,4,6,8 | 40,41,42,43,45,48,53,61,74,95 | 40,42,45,53,74",
      "5   | 1-2   | ",
      "0-9 | 3     | 3"
  }, delimiter = '|')
  void aMaskIsLaidOntoAnother(String mask, String relative, String expected) {
    assertThat(mask(mask).onto(mask(relative))).isEqualTo(mask(expected));
  }

  @Test
  void masksAreEqualByTheirNodes() {
    assertThat(NodeMask.ofWords(2, 0, 0)).isEqualTo(NodeMask.of(1)).hasSameHashCodeAs(NodeMask.of(1));
    assertThat(NodeMask.of(1)).isNotEqualTo(NodeMask.of(2)).isNotEqualTo("1");
    assertThat(NodeMask.of(1).hashCode()).isNotEqualTo(NodeMask.of(2).hashCode());
  }
}
