package io.github.pageferry.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.it.bench.SimulatorBenchmarks.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The machine that is measured does what the figures say of it. */
class FullMachineTest {

  private static final int BATCH = 256;
  private static final long BYTES = 16L << 20;

  @ParameterizedTest
  @EnumSource
  void everyPageOfEveryBatchMovesAgainAndAgain(Order order) {
    FullMachine machine = new FullMachine(BYTES, BATCH, order);
    for (int batch = 0; batch < 4 * (BYTES >> 12) / BATCH; batch++) {
      machine.nextBatch();
      assertThat(machine.move()).isZero();
      machine.requireMoved();
      assertThat(machine.query()).isZero();
      machine.requireFound();
    }
  }

  @ParameterizedTest
  @EnumSource
  void pagesThatAreThereAlreadyStay(Order order) {
    FullMachine machine = new FullMachine(BYTES, BATCH, order);
    machine.nextBatch();
    machine.stay();
    assertThat(machine.move()).isZero();
    machine.requireFound();
  }

  @Test
  void pagesThatDoNotMoveAreNoticed() {
    FullMachine machine = new FullMachine(BYTES, BATCH, Order.SEQUENTIAL);
    machine.nextBatch();
    machine.query();
    assertThatThrownBy(machine::requireMoved).isInstanceOf(IllegalStateException.class).hasMessageContaining("not all pages moved");
    machine.nextBatch();
    machine.move();
    assertThatThrownBy(machine::requireFound).isInstanceOf(IllegalStateException.class).hasMessageContaining("is told to be on");
  }

  @Test
  void theCorpusHasWorkloadsThatRunOnASimulatedMachine() {
    assertThat(SimulatorBenchmarks.workloads()).hasSizeGreaterThan(150);
  }
}
