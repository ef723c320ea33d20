package io.github.pageferry.sim.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code struct page}'s fields. */
class PageFramesTest {

  private static final int FIRST = PageFrames.SEGMENT_FRAMES;

  private final PageFrames frames = new PageFrames(4);

  PageFramesTest() {
    frames.populate(2, 0);
    frames.populate(0, 5 * FIRST);
  }

  @Test
  void theZeroPageIsReservedAndReferred() {
    assertThat(frames.has(PageFrames.ZERO_PAGE, PageFlag.RESERVED)).isTrue();
    assertThat(frames.has(PageFrames.ZERO_PAGE, PageFlag.UPTODATE)).isTrue();
    assertThat(frames.count(PageFrames.ZERO_PAGE)).isEqualTo(1);
    assertThat(frames.pageToNid(PageFrames.ZERO_PAGE)).isZero();
  }

  @Test
  void segmentsGoToWhoComesNextWhateverTheirNode() {
    assertThat(frames.segments()).isEqualTo(4);
    assertThat(frames.end()).isEqualTo(3 * FIRST);
    assertThat(frames.pageToNid(FIRST)).isEqualTo(2);
    assertThat(frames.pageToNid(2 * FIRST - 1)).isEqualTo(2);
    assertThat(frames.pageToNid(2 * FIRST)).isZero();
    frames.count(FIRST, 5);
    assertThat(frames.populate(1, 0)).isEqualTo(3 * FIRST);
    assertThat(frames.pageToNid(3 * FIRST)).isEqualTo(1);
    assertThat(frames.end()).isEqualTo(4 * FIRST);
    assertThat(frames.count(FIRST)).as("more room changes nothing").isEqualTo(5);
  }

  @Test
  void aFrameKnowsItsPlaceInItsZone() {
    assertThat(frames.placeOf(FIRST)).isZero();
    assertThat(frames.placeOf(2 * FIRST - 1)).isEqualTo(FIRST - 1);
    assertThat(frames.placeOf(2 * FIRST + 7)).isEqualTo(5 * FIRST + 7);
  }

  @Test
  void roomIsAnEighthMoreThanIsUsedAtMost() {
    PageFrames many = new PageFrames(200);
    for (int segment = 1; segment < 200; segment++) {
      many.populate(0, 0);
      assertThat(many.room()).isBetween(segment + 1, segment + 1 + segment / 8);
    }
    assertThat(many.room()).isEqualTo(200);
  }

  @Test
  void moreThanThereCanBeRecordsOfIsRefused() {
    PageFrames few = new PageFrames(9, null, 3);
    few.populate(0, 0);
    few.populate(0, FIRST);
    assertThatThrownBy(() -> few.populate(0, 2 * FIRST)).isInstanceOf(IllegalStateException.class).hasMessageContaining("12 MiB");
    assertThat(few.end()).isEqualTo(3 * FIRST);
    assertThat(few.room()).isEqualTo(3);
  }

  @Test
  void roomGrowsToTheLastSegment() {
    PageFrames many = new PageFrames(11);
    for (int segment = 1; segment <= 10; segment++) {
      int first = many.populate(0, segment * FIRST);
      assertThat(first).isEqualTo(segment * FIRST);
      many.index(first + FIRST - 1, segment);
    }
    for (int segment = 1; segment <= 10; segment++) {
      assertThat(many.index(segment * FIRST + FIRST - 1)).isEqualTo(segment);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {FIRST, FIRST + 1, 2 * FIRST - 1, 2 * FIRST + 7})
  void everyFieldIsThePagesOwn(int page) {
    int other = page == FIRST ? FIRST + 1 : FIRST;
    frames.flags(page, 1);
    frames.count(page, 2);
    frames.mapcount(page, 3);
    frames.mapping(page, 4);
    frames.index(page, 5);
    frames.content(page, 6);
    frames.privateOf(page, 7);
    frames.lruNext(page, 8);
    frames.lruPrev(page, 9);
    assertThat(frames.flags(page)).isEqualTo(1);
    assertThat(frames.count(page)).isEqualTo(2);
    assertThat(frames.mapcount(page)).isEqualTo(3);
    assertThat(frames.mapping(page)).isEqualTo(4);
    assertThat(frames.index(page)).isEqualTo(5);
    assertThat(frames.content(page)).isEqualTo(6);
    assertThat(frames.privateOf(page)).isEqualTo(7);
    assertThat(frames.lruNext(page)).isEqualTo(8);
    assertThat(frames.lruPrev(page)).isEqualTo(9);
    assertThat(frames.flags(other)).isZero();
    assertThat(frames.count(other)).isZero();
    assertThat(frames.mapcount(other)).isZero();
    assertThat(frames.mapping(other)).isZero();
    assertThat(frames.index(other)).isZero();
    assertThat(frames.content(other)).isZero();
    assertThat(frames.privateOf(other)).isZero();
    assertThat(frames.lruNext(other)).isZero();
    assertThat(frames.lruPrev(other)).isZero();
  }

  @Test
  void flagsAreSetClearedAndTested() {
    int page = FIRST + 3;
    frames.set(page, PageFlag.DIRTY);
    frames.set(page, PageFlag.LRU);
    assertThat(frames.flags(page)).isEqualTo(PageFlag.DIRTY | PageFlag.LRU);
    assertThat(frames.has(page, PageFlag.DIRTY | PageFlag.ACTIVE)).as("any of them").isTrue();
    assertThat(frames.has(page, PageFlag.ACTIVE)).isFalse();
    frames.clear(page, PageFlag.DIRTY);
    assertThat(frames.flags(page)).isEqualTo(PageFlag.LRU);
    assertThat(frames.testAndSet(page, PageFlag.ACTIVE)).isFalse();
    assertThat(frames.testAndSet(page, PageFlag.ACTIVE)).isTrue();
    assertThat(frames.flags(page)).isEqualTo(PageFlag.LRU | PageFlag.ACTIVE);
    assertThat(frames.testAndClear(page, PageFlag.ACTIVE)).isTrue();
    assertThat(frames.testAndClear(page, PageFlag.ACTIVE)).isFalse();
    assertThat(frames.flags(page)).isEqualTo(PageFlag.LRU);
  }

  @Test
  void referencesAreTakenAndDropped() {
    int page = FIRST;
    assertThat(frames.getUnlessZero(page)).isFalse();
    assertThat(frames.count(page)).isZero();
    frames.count(page, 1);
    assertThat(frames.getUnlessZero(page)).isTrue();
    frames.get(page);
    assertThat(frames.count(page)).isEqualTo(3);
    assertThat(frames.putTestzero(page)).isFalse();
    assertThat(frames.putTestzero(page)).isFalse();
    assertThat(frames.putTestzero(page)).isTrue();
    assertThat(frames.count(page)).isZero();
  }

  @Test
  void aFreePageHasNoReferenceToTakeOrDrop() {
    assertThatThrownBy(() -> frames.get(FIRST)).isInstanceOf(KernelBug.class).hasMessageContaining("free page " + FIRST);
    frames.count(FIRST, 0);
    assertThatThrownBy(() -> frames.putTestzero(FIRST)).isInstanceOf(KernelBug.class).hasMessageContaining("put_page()");
  }

  @Test
  void freezingTakesExactlyAsManyReferences() {
    frames.count(FIRST, 3);
    assertThat(frames.freezeRefs(FIRST, 2)).isFalse();
    assertThat(frames.freezeRefs(FIRST, 4)).isFalse();
    assertThat(frames.count(FIRST)).isEqualTo(3);
    assertThat(frames.freezeRefs(FIRST, 3)).isTrue();
    assertThat(frames.count(FIRST)).isZero();
    frames.unfreezeRefs(FIRST, 3);
    assertThat(frames.count(FIRST)).isEqualTo(3);
    assertThatThrownBy(() -> frames.unfreezeRefs(FIRST, 3)).isInstanceOf(KernelBug.class);
  }

  @Test
  void aMappingSaysWhatItIs() {
    frames.mapping(FIRST, 8);
    assertThat(frames.anon(FIRST)).isFalse();
    assertThat(frames.ksm(FIRST)).isFalse();
    frames.mapping(FIRST, 8 | PageFrames.MAPPING_ANON);
    assertThat(frames.anon(FIRST)).isTrue();
    assertThat(frames.ksm(FIRST)).isFalse();
    frames.mapping(FIRST, 8 | PageFrames.MAPPING_FLAGS);
    assertThat(frames.anon(FIRST)).isTrue();
    assertThat(frames.ksm(FIRST)).isTrue();
    frames.mapping(FIRST, 8 | PageFrames.MAPPING_KSM);
    assertThat(frames.ksm(FIRST)).isFalse();
  }

  @Test
  void aPageIsMappedFromOneEntryOn() {
    assertThat(frames.mapped(FIRST)).isFalse();
    frames.mapcount(FIRST, 1);
    assertThat(frames.mapped(FIRST)).isTrue();
  }

  @Test
  void privateDataCountOnceOfEitherKind() {
    assertThat(frames.hasPrivate(FIRST)).isZero();
    frames.set(FIRST, PageFlag.PRIVATE);
    assertThat(frames.hasPrivate(FIRST)).isEqualTo(1);
    frames.set(FIRST, PageFlag.PRIVATE_2);
    assertThat(frames.hasPrivate(FIRST)).isEqualTo(1);
    frames.clear(FIRST, PageFlag.PRIVATE);
    assertThat(frames.hasPrivate(FIRST)).isEqualTo(1);
  }

  @Test
  void thePrivateColumnIsThereOnlyWhereItIsUsed() {
    frames.privateOf(FIRST, 0);
    assertThat(frames.privateOf(FIRST)).isZero();
    frames.privateOf(FIRST + 5, 3);
    frames.privateOf(FIRST + 5, 0);
    assertThat(frames.privateOf(FIRST + 5)).isZero();
  }
}
