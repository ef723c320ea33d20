package io.github.pageferry.sim.sched;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pageferry.sim.MachineSpec;
import io.github.pageferry.sim.Machines;
import io.github.pageferry.sim.kernel.Kernel;
import io.github.pageferry.sim.mm.KernelBug;
import io.github.pageferry.sim.mm.Scheduler.At;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tasks that hand the baton to each other. */
class InterleaverTest {

  private static final MachineSpec SMALL = new MachineSpec(1, 1 << 20, 1);

  private final List<Carrier> carriers = new ArrayList<>();

  @AfterEach
  void endThreads() {
    carriers.forEach(carrier -> {
      carrier.assign(null);
      carrier.pass();
    });
  }

  /** A machine with two pages in use, and two tasks that lock them in these orders. */
  private Throwable lockInOrders(long schedule, boolean sameOrder) {
    Interleaver sched = new Interleaver(carriers, false);
    Kernel k = Machines.boot(SMALL, "2.6.36", sched).kernel();
    sched.attach(k);
    int a = k.pageAlloc.allocPagesExactNode(0, 0);
    int b = k.pageAlloc.allocPagesExactNode(0, 0);
    sched.spawn("first", () -> lockBoth(k, a, b));
    sched.spawn("second", () -> lockBoth(k, sameOrder ? a : b, sameOrder ? b : a));
    Throwable failure = sched.run(new Chooser(schedule, 2, 10));
    if (failure == null) {
      k.swap.putPage(a);
      k.swap.putPage(b);
    }
    return failure;
  }

  private static void lockBoth(Kernel k, int one, int other) {
    k.filemap.lockPage(one);
    k.filemap.lockPage(other);
    k.filemap.unlockPage(other);
    k.filemap.unlockPage(one);
  }

  @Test
  void aDeadlockIsReportedWithWhoWaitsForWhat() {
    Throwable failure = LongStream.range(0, 200).mapToObj(schedule -> lockInOrders(schedule, false))
        .filter(found -> found != null).findFirst().orElseThrow();
    assertThat(failure).isInstanceOf(DeadlockException.class)
        .hasMessageContaining("first waits in lock_page() for page ").hasMessageContaining("second waits in lock_page() for page ");
    Machines.expectCrash();
  }

  @Test
  void locksTakenInOneOrderNeverDeadlock() {
    assertThat(LongStream.range(0, 200).mapToObj(schedule -> lockInOrders(schedule, true))).containsOnlyNulls();
  }

  @Test
  void aTaskThatFailsEndsTheOthersAndIsNamed() {
    Interleaver sched = new Interleaver(carriers, false);
    Kernel k = Machines.boot(SMALL, "2.6.36", sched).kernel();
    sched.attach(k);
    List<String> ended = new ArrayList<>();
    sched.spawn("waiting", () -> {
      sched.waitUntil(At.USER, 0, () -> false, "nothing");
      ended.add("waiting");
    });
    sched.spawn("failing", () -> {
      throw new IllegalStateException("on purpose");
    });
    assertThat(sched.run(new Chooser(1, 2, 10))).hasMessage("failing: on purpose");
    assertThat(ended).isEmpty();
  }

  @Test
  void sleepingWithASpinlockHeldIsAMistake() {
    Interleaver sched = new Interleaver(carriers, false);
    Kernel k = Machines.boot(SMALL, "2.6.36", sched).kernel();
    sched.attach(k);
    int page = k.pageAlloc.allocPagesExactNode(0, 0);
    sched.spawn("atomic", () -> {
      sched.preemptDisable();
      k.filemap.lockPage(page);
    });
    assertThat(sched.run(new Chooser(1, 1, 10))).hasCauseInstanceOf(KernelBug.class).hasMessageContaining("spinlock");
    Machines.expectCrash();
  }

  @Test
  void whoWaitsOutsideOfARunForWhatNobodyDoesIsTold() {
    Interleaver sched = new Interleaver(carriers, false);
    Kernel k = Machines.boot(SMALL, "2.6.36", sched).kernel();
    sched.attach(k);
    int page = k.pageAlloc.allocPagesExactNode(0, 0);
    k.filemap.lockPage(page);
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> k.filemap.lockPage(page)))
        .isInstanceOf(KernelBug.class).hasMessageContaining("waits for ever");
    k.filemap.unlockPage(page);
    k.swap.putPage(page);
  }
}
