package io.github.pageferry.sim.mm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries of page tables: present ones and those of {@code swapops.h}. */
class PteTest {

  private static final int LAST_FRAME = Integer.MAX_VALUE;

  @ParameterizedTest
  @ValueSource(ints = {1, 1024, 1 << 20, LAST_FRAME})
  void aPresentEntryLeadsToItsFrame(int page) {
    long pte = Pte.of(page, Pte.PAGE_SHARED);
    assertThat(Pte.pfn(pte)).isEqualTo(page);
    assertThat(Pte.present(pte)).isTrue();
    assertThat(Pte.write(pte)).isTrue();
    assertThat(Pte.young(pte)).isTrue();
    assertThat(Pte.dirty(pte)).isFalse();
    assertThat(Pte.special(pte)).isFalse();
    assertThat(Pte.isSwap(pte)).isFalse();
    assertThat(Pte.isMigration(pte)).isFalse();
    assertThat(Pte.isWriteMigration(pte)).isFalse();
  }

  @Test
  void withoutAccessAPageIsThereAllTheSame() {
    long pte = Pte.of(5, Pte.PAGE_NONE);
    assertThat(Pte.present(pte)).isTrue();
    assertThat(pte & Pte.PRESENT).isZero();
    assertThat(Pte.isSwap(pte)).isFalse();
    assertThat(Pte.protnone(pte)).isTrue();
    assertThat(Pte.protnone(Pte.of(5, Pte.PAGE_READONLY))).isFalse();
    assertThat(Pte.protnone(0)).isFalse();
  }

  @Test
  void noneIsNothing() {
    assertThat(Pte.present(0)).isFalse();
    assertThat(Pte.isSwap(0)).isFalse();
    assertThat(Pte.isMigration(0)).isFalse();
    assertThat(Pte.isWriteMigration(0)).isFalse();
  }

  @Test
  void eachBitSaysItsOwn() {
    assertThat(Pte.dirty(Pte.DIRTY)).isTrue();
    assertThat(Pte.dirty(~Pte.DIRTY)).isFalse();
    assertThat(Pte.young(Pte.ACCESSED)).isTrue();
    assertThat(Pte.young(~Pte.ACCESSED)).isFalse();
    assertThat(Pte.write(Pte.WRITE)).isTrue();
    assertThat(Pte.write(~Pte.WRITE)).isFalse();
    assertThat(Pte.special(Pte.SPECIAL)).isTrue();
    assertThat(Pte.special(~Pte.SPECIAL)).isFalse();
  }

  @Test
  void anotherProtectionKeepsFrameDirtyAndAccessed() {
    long pte = Pte.of(77, Pte.PAGE_SHARED) | Pte.DIRTY;
    long now = Pte.modify(pte, Pte.PAGE_READONLY & ~Pte.ACCESSED);
    assertThat(Pte.pfn(now)).isEqualTo(77);
    assertThat(Pte.write(now)).isFalse();
    assertThat(Pte.dirty(now)).isTrue();
    assertThat(Pte.young(now)).isTrue();
    assertThat(Pte.modify(pte, Pte.PAGE_NONE)).isEqualTo(77L << 12 | Pte.PROTNONE | Pte.DIRTY | Pte.ACCESSED);
    assertThat(Pte.modify(Pte.of(1, 0) | Pte.SPECIAL, Pte.PAGE_SHARED)).isEqualTo(1L << 12 | Pte.SPECIAL | Pte.PAGE_SHARED & ~Pte.ACCESSED);
  }

  @Test
  void aSwapEntryHasATypeAndAnOffset() {
    long pte = Pte.swap(3, 0x1234_5678L);
    assertThat(Pte.isSwap(pte)).isTrue();
    assertThat(Pte.present(pte)).isFalse();
    assertThat(Pte.swapType(pte)).isEqualTo(3);
    assertThat(Pte.swapOffset(pte)).isEqualTo(0x1234_5678L);
    assertThat(Pte.isMigration(pte)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1024, LAST_FRAME})
  void aMigrationEntryLeadsToTheOldPage(int page) {
    long read = Pte.migration(page, false);
    long write = Pte.migration(page, true);
    assertThat(Pte.migrationPage(read)).isEqualTo(page);
    assertThat(Pte.migrationPage(write)).isEqualTo(page);
    assertThat(Pte.isMigration(read)).isTrue();
    assertThat(Pte.isMigration(write)).isTrue();
    assertThat(Pte.isWriteMigration(read)).isFalse();
    assertThat(Pte.isWriteMigration(write)).isTrue();
    assertThat(Pte.present(read) || Pte.present(write)).isFalse();
  }
}
