package io.github.pageferry.sim.mm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTreeTest {

  private final PageTree tree = new PageTree();

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 511, 512, 513, 100_000})
  void aPageIsFoundAtItsIndexAndNowhereElse(long index) {
    tree.put(index, 7);
    assertThat(tree.get(index)).isEqualTo(7);
    assertThat(tree.get(index + 1)).isZero();
    assertThat(tree.get(index ^ 512)).isZero();
    assertThat(tree.nextIndex(0)).isEqualTo(index);
    assertThat(tree.nextIndex(index)).isEqualTo(index);
    assertThat(tree.nextIndex(index + 1)).isEqualTo(-1);
    tree.put(index, 8);
    assertThat(tree.get(index)).isEqualTo(8);
    tree.put(index, 0);
    assertThat(tree.get(index)).isZero();
    assertThat(tree.nextIndex(0)).isEqualTo(-1);
  }

  @Test
  void whatWasNeverCachedIsNot() {
    assertThat(tree.get(0)).isZero();
    assertThat(tree.get(1L << 30)).isZero();
    tree.put(1L << 30, 0);
    assertThat(tree.nextIndex(0)).isEqualTo(-1);
    assertThat(tree.nextIndex(1L << 30)).isEqualTo(-1);
  }

  @Test
  void indicesAreWalkedInOrder() {
    for (long index : new long[] {2000, 3, 600, 511, 512}) {
      tree.put(index, (int) index);
    }
    StringBuilder walk = new StringBuilder();
    for (long i = tree.nextIndex(0); i >= 0; i = tree.nextIndex(i + 1)) {
      walk.append(i).append(' ');
    }
    assertThat(walk.toString()).isEqualTo("3 511 512 600 2000 ");
  }

  @Test
  void tagsAreOfAnIndexAndAKind() {
    tree.put(5, 1);
    tree.put(700, 2);
    tree.tag(5, PageTree.TAG_DIRTY);
    tree.tag(700, PageTree.TAG_WRITEBACK);
    assertThat(tree.isTagged(5, PageTree.TAG_DIRTY)).isTrue();
    assertThat(tree.isTagged(5, PageTree.TAG_WRITEBACK)).isFalse();
    assertThat(tree.isTagged(700, PageTree.TAG_DIRTY)).isFalse();
    assertThat(tree.nextTagged(0, PageTree.TAG_DIRTY)).isEqualTo(5);
    assertThat(tree.nextTagged(6, PageTree.TAG_DIRTY)).isEqualTo(-1);
    assertThat(tree.nextTagged(6, PageTree.TAG_WRITEBACK)).isEqualTo(700);
    assertThat(tree.nextTagged(1L << 31, PageTree.TAG_WRITEBACK)).isEqualTo(-1);
    tree.untag(5, PageTree.TAG_DIRTY);
    assertThat(tree.isTagged(5, PageTree.TAG_DIRTY)).isFalse();
  }

  @Test
  void aPageThatTakesAnothersPlaceKeepsItsTagsAndDeletionDropsThem() {
    tree.put(5, 1);
    tree.tag(5, PageTree.TAG_DIRTY);
    tree.tag(5, PageTree.TAG_WRITEBACK);
    tree.put(5, 2);
    assertThat(tree.isTagged(5, PageTree.TAG_DIRTY)).isTrue();
    tree.put(5, 0);
    assertThat(tree.isTagged(5, PageTree.TAG_DIRTY)).isFalse();
    assertThat(tree.isTagged(5, PageTree.TAG_WRITEBACK)).isFalse();
  }
}
