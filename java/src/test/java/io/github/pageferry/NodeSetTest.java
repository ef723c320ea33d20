package io.github.pageferry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeSetTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "0|0|1", "0-3|0-3|4", "0-3,8|0-3,8|5", "8,0-3|0-3,8|5", " 1 |1|1", "''|''|0", "0,1,2|0-2|3", "63-65,1023|63-65,1023|4"
  })
  void readsTheKernelsListFormat(String text, String canonical, int size) {
    NodeSet set = NodeSet.parse(text);
    assertThat(set).hasToString(canonical).isEqualTo(NodeSet.parse(canonical)).hasSameHashCodeAs(NodeSet.parse(canonical));
    assertThat(set.size()).isEqualTo(size);
    assertThat(NodeSet.fromWords(set.toWords())).isEqualTo(set);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "3-1", "a", "1,,2", "1,", "0-", "+1", "1--2", "65536", "99999999999", "0x1", "1 2"})
  void refusesOtherText(String text) {
    assertThatThrownBy(() -> NodeSet.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("node");
  }

  @Test
  void refusesNumbersThatNoNodeHas() {
    assertThatThrownBy(() -> NodeSet.of(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> NodeSet.of(NodeSet.LIMIT)).isInstanceOf(IllegalArgumentException.class);
    long[] tooWide = new long[NodeSet.LIMIT / 64 + 1];
    tooWide[NodeSet.LIMIT / 64] = 1;
    assertThatThrownBy(() -> NodeSet.fromWords(tooWide)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void eachNodeAloneIsReadAndWritten() {
    for (int node = 0; node < 300; node++) {
      NodeSet set = NodeSet.of(node);
      assertThat(set.first()).isEqualTo(node);
      assertThat(NodeSet.parse(String.valueOf(node))).isEqualTo(set).hasToString(String.valueOf(node));
      assertThat(NodeSet.fromWords(set.toWords())).isEqualTo(set);
    }
  }

  @Test
  void walksOverHoles() {
    NodeSet set = NodeSet.of(2, 70, 5);
    assertThat(set.first()).isEqualTo(2);
    assertThat(set.next(-1)).isEqualTo(2);
    assertThat(set.next(2)).isEqualTo(5);
    assertThat(set.next(5)).isEqualTo(70);
    assertThat(set.next(70)).isEqualTo(-1);
    assertThat(set.next(Integer.MAX_VALUE)).isEqualTo(-1);
    assertThat(set.limit()).isEqualTo(71);
    assertThat(set.contains(-1)).isFalse();
    assertThat(NodeSet.EMPTY.first()).isEqualTo(-1);
    assertThat(NodeSet.EMPTY.limit()).isZero();
  }

  @Test
  void isASetLikeAnyOther() {
    SplittableRandom random = new SplittableRandom(2);
    for (int round = 0; round < 200; round++) {
      TreeSet<Integer> a = random(random);
      TreeSet<Integer> b = random(random);
      NodeSet setA = of(a);
      NodeSet setB = of(b);
      TreeSet<Integer> union = new TreeSet<>(a);
      union.addAll(b);
      TreeSet<Integer> intersection = new TreeSet<>(a);
      intersection.retainAll(b);
      TreeSet<Integer> minus = new TreeSet<>(a);
      minus.removeAll(b);

      assertThat(setA.union(setB)).isEqualTo(of(union));
      assertThat(setA.intersection(setB)).isEqualTo(of(intersection));
      assertThat(setA.minus(setB)).isEqualTo(of(minus));
      assertThat(NodeSet.parse(setA.toString())).isEqualTo(setA);
      assertThat(setA.stream().boxed().collect(Collectors.toList())).containsExactlyElementsOf(a);
    }
  }

  private static TreeSet<Integer> random(SplittableRandom random) {
    TreeSet<Integer> set = new TreeSet<>();
    for (int i = random.nextInt(10); i > 0; i--) {
      set.add(random.nextInt(130));
    }
    return set;
  }

  private static NodeSet of(TreeSet<Integer> nodes) {
    return NodeSet.of(nodes.stream().mapToInt(node -> node).toArray());
  }
}
