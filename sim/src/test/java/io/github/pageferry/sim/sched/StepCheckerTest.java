package io.github.pageferry.sim.sched;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.SimulatedMachine;
import io.github.pageferry.sim.SimulatedProcess;
import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.PageFlag;
import io.github.pageferry.sim.mm.Pte;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds at every point is missed at once. */
class StepCheckerTest {

  private static final long AT = 1L << 32;

  private final SimulatedMachine machine = Machines.boot();
  private final Kernel k = machine.kernel();
  private int page;

  @BeforeEach
  void writePages() {
    SimulatedProcess self = machine.self();
    self.mapPrivate(AT, 2, SimulatedProcess.PROT_READ_WRITE);
    self.write(AT, 1);
    self.write(AT + 4096, 2);
    page = Pte.pfn(k.current.mm().pageTable().get(AT));
    assertThatCode(new StepChecker(k)::check).doesNotThrowAnyException();
  }

  private void assertMissed(String message) {
    Machines.expectViolations();
    assertThatThrownBy(new StepChecker(k)::check).hasMessageContaining(message);
  }

  @Test
  void anEntryThatLeadsToAFreePage() {
    k.frames.count(page, 0);
    assertMissed("places lead to it");
  }

  @Test
  void aMapCountThatEntriesDoNotBear() {
    k.frames.mapcount(page, 2);
    assertMissed("entries map it");
  }

  @Test
  void aMigrationEntryOfAPageThatIsNotLocked() {
    k.current.mm().pageTable().set(AT, Pte.migration(page, true));
    assertMissed("not locked");
  }

  @Test
  void aFlagThatNamesAListThatThePageIsNotOn() {
    k.frames.set(page, PageFlag.LRU);
    assertMissed("pagevec");
  }

  @Test
  void aListWithAPageThatIsNotMarked() {
    k.migrate.migratePrep();
    k.frames.clear(page, PageFlag.LRU);
    assertMissed("two lists");
  }
}
