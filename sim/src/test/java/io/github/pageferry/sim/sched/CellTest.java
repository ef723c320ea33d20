package io.github.pageferry.sim.sched;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a page may hold. */
class CellTest {

  private final Cell cell = new Cell(0);

  @Test
  void holdsWhatWasWrittenLast() {
    cell.written(1);
    cell.written(2);
    assertThat(cell.read(1)).isFalse();
    assertThat(cell.read(2)).isTrue();
  }

  @Test
  void mayHoldZeroesFromTheTimeItIsGivenUp() {
    cell.written(1);
    cell.beginGivingUp();
    assertThat(cell.read(1)).isTrue();
    assertThat(cell.read(0)).isTrue();
    cell.endGivingUp();
    assertThat(cell.read(0)).isTrue();
    assertThat(cell.read(1)).isFalse();
  }

  @Test
  void isCertainAgainOnceWrittenAfterItWasGivenUp() {
    cell.beginGivingUp();
    cell.endGivingUp();
    cell.written(3);
    assertThat(cell.read(0)).isFalse();
    assertThat(cell.read(3)).isTrue();
  }

  @Test
  void aChildMayHaveWhatWasWrittenDuringItsForkButNotAfter() {
    cell.written(1);
    Cell child = cell.beginCopy();
    cell.written(2);
    cell.endCopy(child);
    cell.written(3);
    assertThat(child.read(3)).isFalse();
    assertThat(child.read(2)).isTrue();
    assertThat(child.read(1)).isFalse();
  }
}
