package io.github.pageferry.sim.mm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTableTest {

  private static final long PAGE = PageTable.PAGE_SIZE;
  private static final long TABLE = PageTable.PMD_SIZE;
  private static final long GIB = 1L << 30;
  private static final long PGD = 1L << 39;

  private final PageTable table = new PageTable();

  private Map<Long, Long> entries() {
    Map<Long, Long> entries = new LinkedHashMap<>();
    table.forEach(entries::put);
    return entries;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, PAGE, TABLE, GIB, PGD, PageTable.TASK_SIZE - PAGE, (1L << 48) - PAGE, TABLE - PAGE, GIB - PAGE, PGD - PAGE})
  void anEntryIsFoundAgainAndNothingElseIs(long address) {
    assertThat(table.find(address)).isNull();
    assertThat(table.get(address)).isZero();
    table.set(address, 7);
    assertThat(table.get(address)).isEqualTo(7);
    assertThat(table.get(address + 4095)).isEqualTo(7);
    assertThat(table.find(address)[PageTable.slot(address)]).isEqualTo(7);
    assertThat(entries()).containsExactly(Map.entry(address, 7L));
    assertThat(table.find(address ^ PGD)).isNull();
    assertThat(table.find(address ^ GIB)).isNull();
    assertThat(table.find(address ^ TABLE)).isNull();
  }

  @Test
  void entriesAreVisitedInOrderOfAddresses() {
    long[] addresses = {5 * PGD, PAGE, GIB + 3 * PAGE, TABLE - PAGE, TABLE, 2 * GIB};
    for (long address : addresses) {
      table.set(address, address | 1);
    }
    assertThat(entries().keySet()).containsExactly(PAGE, TABLE - PAGE, TABLE, GIB + 3 * PAGE, 2 * GIB, 5 * PGD);
    assertThat(entries()).allSatisfy((address, pte) -> assertThat(pte).isEqualTo(address | 1));
  }

  @Test
  void aTableIsMadeOnce() {
    long[] first = table.alloc(GIB);
    assertThat(table.alloc(GIB + PAGE)).isSameAs(first);
    assertThat(table.alloc(GIB + TABLE)).isNotSameAs(first);
    assertThat(table.alloc(GIB + TABLE - PAGE)).isSameAs(first);
  }

  @Test
  void freeingARangeTakesItsTables() {
    for (int i = 0; i < 4; i++) {
      table.set(GIB + i * TABLE, 1);
    }
    table.freeRange(GIB + TABLE, GIB + 3 * TABLE, 0, 0);
    assertThat(entries().keySet()).containsExactly(GIB, GIB + 3 * TABLE);
    assertThat(table.find(GIB + TABLE)).isNull();
  }

  @Test
  void aTableThatTheMappingBelowReachesIntoStays() {
    table.set(GIB, 1);
    table.freeRange(GIB + 8 * PAGE, GIB + 16 * PAGE, GIB + 4 * PAGE, 0);
    assertThat(table.find(GIB)).isNotNull();
    table.freeRange(GIB + 8 * PAGE, GIB + 16 * PAGE, GIB, 0);
    assertThat(table.find(GIB)).isNull();
  }

  @Test
  void aTableThatTheMappingAboveBeginsInStays() {
    table.set(GIB, 1);
    table.freeRange(GIB, GIB + 8 * PAGE, 0, GIB + 9 * PAGE);
    assertThat(table.find(GIB)).isNotNull();
    table.freeRange(GIB, GIB + 8 * PAGE, 0, GIB + TABLE);
    assertThat(table.find(GIB)).isNull();
  }

  @Test
  void ofALongRangeOnlyTheLastTableIsTheMappingsAbove() {
    for (int i = 0; i < 3; i++) {
      table.set(GIB + i * TABLE, 1);
    }
    table.freeRange(GIB, GIB + 2 * TABLE + PAGE, 0, GIB + 2 * TABLE + 2 * PAGE);
    assertThat(entries().keySet()).containsExactly(GIB + 2 * TABLE);
  }

  @Test
  void whatWasNeverThereIsSkippedInGreatStrides() {
    table.set(200 * PGD, 1);
    table.set(3 * PGD + 5 * GIB, 1);
    table.freeRange(0, PageTable.TASK_SIZE, 0, 0);
    assertThat(entries()).isEmpty();
  }

  @Test
  void aTableThatIsFreedIsForgottenByTheCacheOfTheLastWalk() {
    long[] old = table.alloc(GIB);
    table.freeRange(GIB, GIB + TABLE, 0, 0);
    assertThat(table.find(GIB)).isNull();
    assertThat(table.alloc(GIB)).isNotSameAs(old);
  }
}
