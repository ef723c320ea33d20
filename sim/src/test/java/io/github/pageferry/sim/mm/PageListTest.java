package io.github.pageferry.sim.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageListTest {

  private static final int A = PageFrames.SEGMENT_FRAMES;
  private static final int B = A + 1;
  private static final int C = A + 2;

  private final PageFrames frames = new PageFrames(2);
  private final PageList list = new PageList(frames);

  PageListTest() {
    assertThat(frames.populate(0, 0)).isEqualTo(A);
  }

  private List<Integer> pages() {
    List<Integer> pages = new ArrayList<>();
    for (int page = list.first(); page != 0; page = list.next(page)) {
      pages.add(page);
    }
    assertThat(list.size()).isEqualTo(pages.size());
    assertThat(list.isEmpty()).isEqualTo(pages.isEmpty());
    return pages;
  }

  @Test
  void pagesAreAddedAtBothEnds() {
    assertThat(pages()).isEmpty();
    list.addLast(B);
    list.addFirst(A);
    list.addLast(C);
    assertThat(pages()).containsExactly(A, B, C);
  }

  @Test
  void theFirstAddedAtTheHeadIsTheTail() {
    list.addFirst(A);
    list.addLast(B);
    assertThat(pages()).containsExactly(A, B);
  }

  @Test
  void aPageGoesFromAnywhere() {
    for (int gone : new int[] {A, B, C}) {
      list.addLast(A);
      list.addLast(B);
      list.addLast(C);
      list.remove(gone);
      List<Integer> left = new ArrayList<>(List.of(A, B, C));
      left.remove((Integer) gone);
      assertThat(pages()).isEqualTo(left);
      list.addLast(gone);
      left.add(gone);
      assertThat(pages()).isEqualTo(left);
      for (int page : List.copyOf(pages())) {
        list.remove(page);
      }
    }
    assertThat(pages()).isEmpty();
  }

  @Test
  void aPageThatIsGoneIsOnNoList() {
    list.addLast(A);
    list.addLast(B);
    list.remove(A);
    assertThat(frames.lruNext(A)).isZero();
    assertThat(frames.lruPrev(A)).isZero();
    list.remove(B);
    assertThat(frames.lruPrev(B)).isZero();
  }

  @Test
  void aPageOfAnotherListIsABug() {
    list.addLast(A);
    assertThatThrownBy(() -> list.remove(B)).isInstanceOf(KernelBug.class).hasMessageContaining("not on the list");
  }
}
